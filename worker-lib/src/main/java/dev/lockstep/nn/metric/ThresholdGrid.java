package dev.lockstep.nn.metric;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where to draw the line between two classes so that a criterion is greatest: weights of both classes are counted in
 * bins of the logit {@code z = log(p / (1 - p))} of the second, 1/64 wide, and the line, {@code thresholdLogit}, is the
 * beginning of one of them; of equals the nearest to 0, where both are equally probable.
 *
 * @param criterion what is to be great
 */
public record ThresholdGrid(Criterion criterion) implements Metric {

    /** What a threshold can be chosen for; the second class is the positive one. */
    public enum Criterion {
        /** Share of rows that are right. */
        ACCURACY,
        /** Mean of both classes' shares of rows that are right, {@code (TP / P + TN / N) / 2}. */
        BALANCED_ACCURACY,
        /** {@code 2 TP / (2 TP + FP + FN)}. */
        F1,
        /** Matthews' correlation coefficient, {@code (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))}. */
        MATTHEWS;

        private double of(double truePositive, double falsePositive, double positives, double negatives) {
            double falseNegative = positives - truePositive;
            double trueNegative = negatives - falsePositive;
            return switch (this) {
                case ACCURACY -> (truePositive + trueNegative) / (positives + negatives);
                case BALANCED_ACCURACY -> (truePositive / positives + trueNegative / negatives) / 2;
                case F1 -> new BinaryCounts(truePositive, falsePositive, falseNegative).f1();
                case MATTHEWS -> {
                    double said = truePositive + falsePositive;
                    double product = said * positives * negatives * (trueNegative + falseNegative);
                    yield product == 0
                            ? 0
                            : (truePositive * trueNegative - falsePositive * falseNegative) / Math.sqrt(product);
                }
            };
        }
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(2 * ScoreBins.COUNT);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                double logit = rows.width() == 1
                        ? rows.output(row, step, 0)
                        : (double) rows.output(row, step, 1) - rows.output(row, step, 0);
                boolean positive = rows.target(row, step, 0) >= 0.5f;
                sum.add(2 * ScoreBins.of(logit) + (positive ? 1 : 0), rows.weight(row));
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("thresholdLogit", logit(sum));
        return figures;
    }

    /** The logit from which on the second class is best predicted; 0 where only one class occurs. */
    public double logit(MetricSum sum) {
        double positives = 0;
        double negatives = 0;
        for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
            negatives += sum.get(2 * bin);
            positives += sum.get(2 * bin + 1);
        }
        if (positives == 0 || negatives == 0) {
            return 0;
        }
        double best = Double.NEGATIVE_INFINITY;
        double logit = 0;
        double truePositive = 0;
        double falsePositive = 0;
        for (int bin = ScoreBins.COUNT - 1; bin > 0; bin--) {
            falsePositive += sum.get(2 * bin);
            truePositive += sum.get(2 * bin + 1);
            double value = criterion.of(truePositive, falsePositive, positives, negatives);
            double lower = ScoreBins.lower(bin);
            if (value > best || value == best && Math.abs(lower) < Math.abs(logit)) {
                best = value;
                logit = lower;
            }
        }
        return logit;
    }
}
