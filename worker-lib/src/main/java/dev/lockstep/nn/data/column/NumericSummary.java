package dev.lockstep.nn.data.column;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is measured of a column of numbers: no more than its encoding needs. */
final class NumericSummary extends ColumnSummary {
    private static final long serialVersionUID = 1L;

    private final Numeric spec;
    private long present;
    private long missing;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;
    /** Of the clipped numbers; null where their mean is not asked for. */
    private final @Nullable ExactMoments clipped;
    /** Of the numbers that are shifted and divided; null where they are not standardised. */
    private final @Nullable ExactMoments transformed;
    /** How often the clipped numbers occur; null where no median, bin or mode is asked for. */
    private final @Nullable ValueCounts counts;

    NumericSummary(Numeric spec) {
        this.spec = spec;
        boolean mean = spec.missing() == Missing.Named.MEAN || spec.missing() == Missing.Named.INDICATOR;
        boolean order = spec.missing() == Missing.Named.MEDIAN || spec.missing() == Missing.Named.MOST_FREQUENT;
        clipped = mean ? new ExactMoments() : null;
        transformed = isStandardised() ? new ExactMoments() : null;
        counts = order || spec.quantiles() > 0 ? new ValueCounts() : null;
    }

    private boolean isStandardised() {
        return spec.scale() == NumberScale.STANDARDISE || spec.scale() == NumberScale.LOG1P;
    }

    @Override
    public void add(@Nullable Object cell) throws CellException {
        if (cell == null) {
            if (spec.missing() == Missing.Named.ERROR) {
                throw ColumnSpec.missing("a number");
            }
            missing++;
            return;
        }
        double x = spec.clipped((Double) cell);
        double y = spec.scale().transform(x);
        present++;
        least = Math.min(least, x);
        greatest = Math.max(greatest, x);
        if (clipped != null) {
            clipped.add(x);
        }
        if (transformed != null) {
            transformed.add(y);
        }
        if (counts != null) {
            counts.add(x);
        }
    }

    @Override
    public ColumnSummary merge(ColumnSummary other) {
        NumericSummary right = (NumericSummary) other;
        present = Math.addExact(present, right.present);
        missing = Math.addExact(missing, right.missing);
        least = Math.min(least, right.least);
        greatest = Math.max(greatest, right.greatest);
        if (clipped != null && right.clipped != null) {
            clipped.merge(right.clipped);
        }
        if (transformed != null && right.transformed != null) {
            transformed.merge(right.transformed);
        }
        if (counts != null && right.counts != null) {
            counts.merge(right.counts);
        }
        return this;
    }

    @Override
    public ColumnEncoding encoding() {
        if (present == 0 && (spec.measuresFill() || isStandardised() || spec.quantiles() > 0)) {
            throw new IllegalArgumentException("no training row has a number to measure; leave the column out");
        }
        Double fill = fill();
        double low = least;
        double high = greatest;
        if (missing > 0 && fill != null) {
            low = Math.min(low, spec.clipped(fill));
            high = Math.max(high, spec.clipped(fill));
        }
        double shift = 0;
        double divide = 1;
        if (transformed != null) {
            if (missing > 0 && fill != null) {
                transformed.add(transform(spec.clipped(fill)), missing);
            }
            shift = transformed.mean();
            divide = Math.sqrt(transformed.variance());
        } else if (spec.scale() == NumberScale.MIN_MAX && low <= high) {
            shift = low;
            divide = high - low;
        }
        return new NumericEncoding(spec, fill, shift, divide > 0 ? divide : 1, edges(), low == high);
    }

    private double transform(double x) {
        try {
            return spec.scale().transform(x);
        } catch (CellException e) {
            throw new IllegalArgumentException("what stands for a missing number: " + e.complaint(), e);
        }
    }

    private @Nullable Double fill() {
        if (spec.missing() instanceof Missing.Constant constant) {
            return constant.value();
        }
        if (spec.missing() == Missing.Named.MEDIAN && counts != null) {
            return counts.median();
        }
        if (spec.missing() == Missing.Named.MOST_FREQUENT && counts != null) {
            return counts.mostFrequent();
        }
        return clipped == null ? null : Double.valueOf(clipped.mean());
    }

    private List<Double> edges() {
        List<Double> edges = new ArrayList<>();
        if (spec.pieces() != null) {
            edges.add(least);
        }
        if (spec.quantiles() > 0 && counts != null) {
            for (int bin = 1; bin < spec.quantiles(); bin++) {
                double edge = counts.quantile(bin, spec.quantiles());
                // Bins without numbers of their own fall together.
                if (edge > least && (edges.isEmpty() || edge > edges.get(edges.size() - 1))) {
                    edges.add(edge);
                }
            }
        }
        if (spec.pieces() != null) {
            closePieces(edges);
        }
        return edges;
    }

    /** The last piece ends with the greatest number; where all are the same, the only one is as long as 1. */
    private void closePieces(List<Double> edges) {
        if (greatest > edges.get(edges.size() - 1)) {
            edges.add(greatest);
        } else if (edges.size() == 1) {
            edges.add(greatest + Math.max(1, Math.ulp(greatest)));
        }
    }
}
