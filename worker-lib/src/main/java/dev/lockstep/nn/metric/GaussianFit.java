package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether targets lie where the predicted distributions say: {@code logLikelihood}, the weighted mean of the logarithm
 * of their density a target (of a mixture that of the mean density of its components); {@code momentLogLikelihood}, the
 * same for the Gaussian with the predicted mean and variance; {@code crps}, the mean of the continuous ranked
 * probability score; and {@code coverage}, the weighted share of targets inside the central 95 % interval, {@code 0.025
 * <= F(t) <= 0.975}, which should be 0.95.
 *
 * <p>{@code coverageByLevel} is the coverage of the central interval of each level from 1 % to 99 %, and {@code pit}
 * has the shares of {@code F(t)} (the probability integral transform) in {@value #PIT_BINS} bins of equal width, which
 * are alike where distributions are calibrated: a U says too narrow, a hill too wide, a slope shifted (Dawid 1984).
 *
 * @param outputs numbers predicted in a step; the predictions are their means, then their variances
 */
public record GaussianFit(int outputs) implements Metric {
    /** Half the width of the central 95 % of a standard normal distribution. */
    public static final double HALF_WIDTH = 1.959963984540054;

    /** What is below the central 95 %, and above it. */
    public static final double TAIL = 0.025;

    private static final double LOG_TWO_PI = StrictMath.log(2 * Math.PI);
    private static final int DENSITY = 0;
    private static final int COVERED = 1;
    private static final int WEIGHT = 2;
    private static final int MOMENTS = 3;
    private static final int RANKED = 4;
    private static final int PIT = 5;
    private static final int PIT_BINS = 20;
    /** Weight of the targets that an interval of so many percent holds, and the one before did not. */
    private static final int PERCENT = PIT + PIT_BINS;

    private static final int LEVELS = 100;

    public GaussianFit {
        Expect.atLeast("outputs", outputs, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(PERCENT + LEVELS);
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
        double error = rows.prediction(row, step, number) - rows.target(row, step, number);
        double variance = rows.prediction(row, step, outputs + number);
        double cumulative = rows.cumulative(row, step, number);
        sum.add(DENSITY, weight * rows.logDensity(row, step, number));
        sum.add(COVERED, cumulative >= TAIL && cumulative <= 1 - TAIL ? weight : 0);
        sum.add(WEIGHT, weight);
        sum.add(MOMENTS, -weight / 2 * (LOG_TWO_PI + StrictMath.log(variance) + error * error / variance));
        sum.add(RANKED, weight * rows.rankedScore(row, step, number));
        sum.add(PIT + Math.min(PIT_BINS - 1, (int) (cumulative * PIT_BINS)), weight);
        double level = Math.abs(2 * cumulative - 1);
        sum.add(PERCENT + Math.min(LEVELS - 1, (int) (level * LEVELS)), weight);
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double weight = sum.get(WEIGHT);
        double[] pit = new double[PIT_BINS];
        for (int bin = 0; bin < PIT_BINS; bin++) {
            pit[bin] = sum.get(PIT + bin) / weight;
        }
        double[] coverageByLevel = new double[LEVELS - 1];
        double covered = 0;
        for (int percent = 1; percent < LEVELS; percent++) {
            covered += sum.get(PERCENT + percent - 1);
            coverageByLevel[percent - 1] = covered / weight;
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("logLikelihood", sum.get(DENSITY) / weight);
        figures.put("momentLogLikelihood", sum.get(MOMENTS) / weight);
        figures.put("crps", sum.get(RANKED) / weight);
        figures.put("coverage", sum.get(COVERED) / weight);
        figures.put("coverageByLevel", coverageByLevel);
        figures.put("pit", pit);
        return figures;
    }
}
