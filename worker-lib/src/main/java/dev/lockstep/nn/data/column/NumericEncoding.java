package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of numbers: {@code z = (f(x) - shift) / divide}, a 1 in the bin that holds {@code x}, how much of each
 * piece lies below {@code x}, or waves of {@code z}.
 *
 * @param spec what the job wanted
 * @param fill what stands for a missing number; null: nothing does
 * @param shift what is subtracted, 0 unless given
 * @param divide what is divided by, not 0; 1 unless given
 * @param edges the least number of each bin but the first, or the ends of all pieces, increasing; empty unless given
 * @param constant whether the training rows all have the same number
 */
@SpecName("number")
public record NumericEncoding(
        @JsonProperty(required = true) Numeric spec,
        @Nullable Double fill,
        Double shift,
        Double divide,
        List<Double> edges,
        Boolean constant)
        implements ColumnEncoding {
    public NumericEncoding {
        Expect.present("spec", spec);
        shift = shift == null ? 0 : shift;
        divide = divide == null ? 1 : Expect.positive("divide", divide);
        edges = edges == null ? List.of() : List.copyOf(edges);
        constant = constant != null && constant;
        if (spec.pieces() != null && edges.size() < 2) {
            throw new IllegalArgumentException("edges: expected the ends of at least one piece, got " + edges);
        }
    }

    private boolean indicates() {
        return spec.missing() == Missing.Named.INDICATOR;
    }

    private int values() {
        if (spec.pieces() != null) {
            return edges.size() - 1;
        }
        if (spec.periodic() != null) {
            return 2 * spec.periodic();
        }
        return spec.bins() == null ? 1 : edges.size() + 1;
    }

    @Override
    public int width() {
        return values() + (indicates() ? 1 : 0);
    }

    @Override
    public String text(float[] features, int at) {
        if (indicates() && features[at + values()] == 1) {
            return CellText.MISSING;
        }
        if (spec.periodic() != null) {
            return "(waves)";
        }
        if (spec.pieces() != null) {
            double x = edges.get(0);
            for (int i = 0; i < values(); i++) {
                x += features[at + i] * (edges.get(i + 1) - edges.get(i));
            }
            return CellText.number(x);
        }
        if (spec.bins() != null) {
            return bin(features, at);
        }
        double scaled = features[at] * divide + shift;
        return CellText.number(spec.scale() == NumberScale.LOG1P ? StrictMath.expm1(scaled) : scaled);
    }

    private String bin(float[] features, int at) {
        int bin = 0;
        while (bin < edges.size() && features[at + bin] == 0) {
            bin++;
        }
        String from = bin == 0 ? "" : "from " + CellText.number(edges.get(bin - 1));
        String to = bin == edges.size() ? "" : "below " + CellText.number(edges.get(bin));
        return (from + " " + to).strip();
    }

    @Override
    public boolean isConstant() {
        return constant;
    }

    @Override
    public CellEncoder encoder() {
        double[] bounds = edges.stream().mapToDouble(edge -> edge).toArray();
        return (cell, out, at) -> encode(cell, bounds, out, at);
    }

    private void encode(@Nullable Object cell, double[] bounds, float[] out, int at) throws CellException {
        Double present = cell == null ? fill : (Double) cell;
        if (present == null) {
            throw ColumnSpec.missing("a number");
        }
        double x = spec.clipped(present);
        if (spec.pieces() != null) {
            for (int i = 0; i < values(); i++) {
                double below = (x - bounds[i]) / (bounds[i + 1] - bounds[i]);
                double from = i == 0 ? below : Math.max(0, below);
                out[at + i] = CellEncoder.rounded(i == values() - 1 ? from : Math.min(1, from), x);
            }
        } else if (spec.periodic() != null) {
            double z = (spec.scale().transform(x) - shift) / divide;
            for (int i = 0; i < spec.periodic(); i++) {
                double angle = 2 * Math.PI * spec.frequency(i) * z;
                out[at + 2 * i] = CellEncoder.rounded(StrictMath.sin(angle), x);
                out[at + 2 * i + 1] = CellEncoder.rounded(StrictMath.cos(angle), x);
            }
        } else if (spec.bins() == null) {
            out[at] = CellEncoder.rounded((spec.scale().transform(x) - shift) / divide, x);
        } else {
            for (int i = 0; i < values(); i++) {
                boolean above = i == 0 || x >= bounds[i - 1];
                boolean below = i == bounds.length || x < bounds[i];
                out[at + i] = above && below ? 1 : 0;
            }
        }
        if (indicates()) {
            out[at + values()] = cell == null ? 1 : 0;
        }
    }
}
