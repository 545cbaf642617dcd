package dev.lockstep.nn.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether predicted probabilities are as often right as they say. {@code brierScore} is the weighted mean of
 * {@code sum_k (p_k - q_k)^2} with {@code q} 1 for the true class (Brier 1950); {@code expectedCalibrationError} sorts
 * rows by the probability of their most probable class into {@value #BINS} bins of equal width and sums {@code share of
 * the bin |accuracy - mean probability|} (Guo et al. 2017); {@code reliability} is the table behind it, a line
 * {@code [mean probability, accuracy, share of the weight]} for each bin that has rows; {@code predictiveEntropy} is
 * the weighted mean of {@code -sum_k p_k log p_k}, in nats, which needs no true class: how unsure the predictions are.
 *
 * @param binary whether the one output is the probability of the second of two classes, the target being 0 or 1
 */
public record Calibration(boolean binary) implements Metric {
    private static final int BINS = 15;
    private static final int BRIER = 0;
    private static final int WEIGHT = 1;
    private static final int ENTROPY = 2;
    /** Where the bins begin: weight, right weight and weighted probability each. */
    private static final int FIRST = 3;

    private static final int FIELDS = 3;

    @Override
    public MetricSum empty() {
        return new MetricSum(FIRST + BINS * FIELDS);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                addStep(sum, rows, row, step);
            }
        }
    }

    private void addStep(MetricSum sum, MetricRows rows, int row, int step) {
        int classes = binary ? 2 : rows.width();
        int label = (int) rows.target(row, step, 0);
        double weight = rows.weight(row);
        double distance = 0;
        double entropy = 0;
        double greatest = -1;
        int best = 0;
        for (int k = 0; k < classes; k++) {
            double p = probability(rows, row, step, k);
            double error = p - (k == label ? 1 : 0);
            distance += error * error;
            entropy -= p > 0 ? p * StrictMath.log(p) : 0;
            if (p > greatest) {
                greatest = p;
                best = k;
            }
        }
        sum.add(BRIER, weight * distance);
        sum.add(WEIGHT, weight);
        sum.add(ENTROPY, weight * entropy);
        int at = FIRST + FIELDS * Math.min(BINS - 1, (int) (greatest * BINS));
        sum.add(at, weight);
        sum.add(at + 1, best == label ? weight : 0);
        sum.add(at + 2, weight * greatest);
    }

    private double probability(MetricRows rows, int row, int step, int index) {
        if (!binary) {
            return rows.prediction(row, step, index);
        }
        double second = rows.prediction(row, step, 0);
        return index == 1 ? second : 1 - second;
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double error = 0;
        List<double[]> reliability = new ArrayList<>();
        for (int bin = 0; bin < BINS; bin++) {
            int at = FIRST + FIELDS * bin;
            error += Math.abs(sum.get(at + 1) - sum.get(at + 2));
            double weight = sum.get(at);
            if (weight > 0) {
                reliability.add(
                        new double[] {sum.get(at + 2) / weight, sum.get(at + 1) / weight, weight / sum.get(WEIGHT)});
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("brierScore", sum.get(BRIER) / sum.get(WEIGHT));
        figures.put("expectedCalibrationError", error / sum.get(WEIGHT));
        figures.put("predictiveEntropy", sum.get(ENTROPY) / sum.get(WEIGHT));
        figures.put("reliability", reliability.toArray(double[][]::new));
        return figures;
    }
}
