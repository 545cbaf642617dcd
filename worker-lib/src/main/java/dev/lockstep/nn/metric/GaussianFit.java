package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether targets lie where the predicted distributions say: {@code logLikelihood}, the weighted mean of the logarithm
 * of their density a target (of a mixture that of the mean density of its components); {@code momentLogLikelihood}, the
 * same for the Gaussian with the predicted mean and variance; and {@code coverage}, the weighted share of targets
 * inside the central 95 % interval, {@code 0.025 <= F(t) <= 0.975}, which should be 0.95.
 *
 * @param outputs numbers predicted in a step; the predictions are their means, then their variances
 */
public record GaussianFit(int outputs) implements Metric {
    /** Half the width of the central 95 % of a standard normal distribution. */
    public static final double HALF_WIDTH = 1.959963984540054;

    /** What is below the central 95 %, and above it. */
    public static final double TAIL = 0.025;

    private static final double LOG_TWO_PI = StrictMath.log(2 * Math.PI);

    public GaussianFit {
        Expect.atLeast("outputs", outputs, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(4);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            double weight = rows.weight(row);
            for (int step = 0; step < rows.steps(row); step++) {
                for (int j = 0; j < outputs; j++) {
                    double error = rows.prediction(row, step, j) - rows.target(row, step, j);
                    double variance = rows.prediction(row, step, outputs + j);
                    double cumulative = rows.cumulative(row, step, j);
                    sum.add(0, weight * rows.logDensity(row, step, j));
                    sum.add(1, cumulative >= TAIL && cumulative <= 1 - TAIL ? weight : 0);
                    sum.add(2, weight);
                    sum.add(3, -weight / 2 * (LOG_TWO_PI + StrictMath.log(variance) + error * error / variance));
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
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("logLikelihood", sum.get(0) / sum.get(2));
        figures.put("momentLogLikelihood", sum.get(3) / sum.get(2));
        figures.put("coverage", sum.get(1) / sum.get(2));
        return figures;
    }
}
