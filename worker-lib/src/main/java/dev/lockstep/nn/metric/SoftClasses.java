package dev.lockstep.nn.metric;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How near predicted probabilities of classes are to those of the targets: {@code accuracy}, the weighted share of rows
 * whose most probable class is that of the target; {@code negativeLogLikelihood}, the mean of {@code -sum_k t_k log
 * p_k} in nats; {@code divergence}, that without the targets' entropy, {@code sum_k t_k log(t_k / p_k)} (Kullback and
 * Leibler 1951); and {@code brierScore}, the mean of {@code sum_k (p_k - t_k)^2}.
 */
public record SoftClasses() implements Metric {
    private static final int WEIGHT = 0;
    private static final int RIGHT = 1;
    private static final int CROSSED = 2;
    private static final int ENTROPY = 3;
    private static final int BRIER = 4;
    private static final int FIELDS = 5;

    /** A probability of 0 has no logarithm; this one's is that of the least normal float. */
    private static final double LEAST = Float.MIN_NORMAL;

    @Override
    public MetricSum empty() {
        return new MetricSum(FIELDS);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        Tensor targets = rows.targets();
        for (int row = 0; row < rows.rows(); row++) {
            double weight = rows.weight(row);
            for (int step = 0; step < rows.steps(row); step++) {
                int classes = rows.width();
                int best = Kernels.get()
                        .reductions()
                        .argMax(targets.array(), targets.rowOffset(row) + step * classes, classes);
                sum.add(WEIGHT, weight);
                sum.add(RIGHT, rows.decided(row, step) == best ? weight : 0);
                for (int k = 0; k < classes; k++) {
                    double t = rows.target(row, step, k);
                    double p = rows.prediction(row, step, k);
                    sum.add(CROSSED, -weight * t * StrictMath.log(Math.max(p, LEAST)));
                    sum.add(ENTROPY, t > 0 ? -weight * t * StrictMath.log(t) : 0);
                    sum.add(BRIER, weight * (p - t) * (p - t));
                }
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double weight = sum.get(WEIGHT);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("accuracy", sum.get(RIGHT) / weight);
        figures.put("negativeLogLikelihood", sum.get(CROSSED) / weight);
        figures.put("divergence", (sum.get(CROSSED) - sum.get(ENTROPY)) / weight);
        figures.put("brierScore", sum.get(BRIER) / weight);
        return figures;
    }
}
