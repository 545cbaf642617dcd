package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether targets lie below predicted quantiles as often as these say: {@code pinball}, the weighted mean over targets
 * and levels of the quantile loss; {@code coverageByQuantile}, the weighted share of targets not above the quantile of
 * each level, which should be the level; {@code coverage}, that of targets between the outermost two, both included;
 * {@code crossed}, the share of targets two of whose quantiles are in the wrong order; and {@code rmse} and {@code mae}
 * of the level that is the prediction.
 *
 * @param outputs numbers predicted in a step; the predictions are their quantiles of the first level, and so on
 * @param levels the levels, in increasing order
 * @param middle number of the level that is the prediction
 */
public record QuantileFit(int outputs, List<Double> levels, int middle) implements Metric {
    private static final int WEIGHT = 0;
    private static final int PINBALL = 1;
    private static final int COVERED = 2;
    private static final int CROSSED = 3;
    private static final int SQUARES = 4;
    private static final int DISTANCES = 5;
    private static final int BELOW = 6;

    public QuantileFit {
        Expect.atLeast("outputs", outputs, 1);
        levels = List.copyOf(levels);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(BELOW + levels.size());
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                for (int j = 0; j < outputs; j++) {
                    add(sum, rows, row, step, j);
                }
            }
        }
    }

    private void add(MetricSum sum, MetricRows rows, int row, int step, int number) {
        double weight = rows.weight(row);
        double target = rows.target(row, step, number);
        double pinball = 0;
        boolean crossed = false;
        for (int k = 0; k < levels.size(); k++) {
            double quantile = quantile(rows, row, step, number, k);
            double error = target - quantile;
            pinball += error > 0 ? levels.get(k) * error : (levels.get(k) - 1) * error;
            crossed |= k > 0 && quantile < quantile(rows, row, step, number, k - 1);
            sum.add(BELOW + k, error <= 0 ? weight : 0);
        }
        boolean covered = target >= quantile(rows, row, step, number, 0)
                && target <= quantile(rows, row, step, number, levels.size() - 1);
        double error = quantile(rows, row, step, number, middle) - target;
        sum.add(WEIGHT, weight);
        sum.add(PINBALL, weight * pinball / levels.size());
        sum.add(COVERED, covered ? weight : 0);
        sum.add(CROSSED, crossed ? weight : 0);
        sum.add(SQUARES, weight * error * error);
        sum.add(DISTANCES, weight * Math.abs(error));
    }

    private double quantile(MetricRows rows, int row, int step, int number, int level) {
        return rows.prediction(row, step, level * outputs + number);
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double weight = sum.get(WEIGHT);
        double[] below = new double[levels.size()];
        for (int k = 0; k < below.length; k++) {
            below[k] = sum.get(BELOW + k) / weight;
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rmse", Math.sqrt(sum.get(SQUARES) / weight));
        figures.put("mae", sum.get(DISTANCES) / weight);
        figures.put("pinball", sum.get(PINBALL) / weight);
        figures.put("coverage", sum.get(COVERED) / weight);
        figures.put("crossed", sum.get(CROSSED) / weight);
        figures.put("coverageByQuantile", below);
        return figures;
    }
}
