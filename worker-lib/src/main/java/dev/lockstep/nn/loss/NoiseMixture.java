package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.GaussianFit;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The predictive distribution of a {@link NoiseLikelihood}: mean {@code 1/M sum_i m_i} and variance {@code 1/M sum_i
 * (m_i - m)^2 + 1/M sum_i v_i}, which are the mixture's moments. Of scaled targets it is unscaled after the link.
 */
final class NoiseMixture extends NumberMixture {
    private static final double LEAST_SOFTPLUS = 1e-30;
    /** No quantile that is asked for is further from a component's mean, in deviations. */
    private static final double REACH = 9;

    /** Of the rule that integrates, on either side of a value. */
    private static final int INTERVALS = 128;

    private final Noise noise;
    private final int width;
    private final int numbers;

    NoiseMixture(Noise noise, Shape output, int numbers, int mixedRows, @Nullable Scaling scaling) {
        super(output, numbers, mixedRows, scaling);
        this.noise = noise;
        this.width = output.last();
        this.numbers = numbers;
    }

    private boolean isMean(int index) {
        return index % width < numbers;
    }

    @Override
    double output(int row, int index) {
        // Still scaled: in the targets' own units a variance may be less than an output can express.
        return isMean(index) ? average(row, index) : beforeSoftplus(scaledVariance(row, index - numbers));
    }

    private double scaledVariance(int row, int index) {
        return spread(row, index) + average(row, index + numbers);
    }

    private static double beforeSoftplus(double variance) {
        double v = Math.max(variance - Activation.MeanAndVariance.FLOOR, LEAST_SOFTPLUS);
        return v > 30 ? v : StrictMath.log(StrictMath.expm1(v));
    }

    @Override
    void unscale(Tensor linked) {
        for (int row = 0; row < rows(); row++) {
            for (int i = 0; i < size(); i++) {
                double value = isMean(i) ? mean(row, i) : variance(row, i - numbers);
                linked.array()[linked.rowOffset(row) + i] = (float) value;
            }
        }
    }

    @Override
    public double aleatoricVariance(int row, int index) {
        int at = index + numbers;
        return isMixture() ? unscaled(average(row, at), index) : prediction(row, at);
    }

    private double partMean(int part, int row, int index) {
        return isMixture() ? unscaledMean(part(part, row, index), index) : prediction(row, index);
    }

    private double partVariance(int part, int row, int index) {
        int at = index + numbers;
        return isMixture() ? unscaled(part(part, row, at), index) : prediction(row, at);
    }

    @Override
    double partLogDensity(int part, int row, int index, double value) {
        return noise.logDensity(value - partMean(part, row, index), partVariance(part, row, index));
    }

    /** {@code 1/M sum_i F(t - m_i; v_i)}. */
    @Override
    public double cumulative(int row, int index, double value) {
        double sum = 0;
        for (int part = 0; part < partCount(); part++) {
            sum += noise.cumulative(value - partMean(part, row, index), partVariance(part, row, index));
        }
        return sum / partCount();
    }

    /**
     * Of Gaussian noise {@code 1/M sum_i A(t - m_i, v_i) - 1/(2 M^2) sum_ij A(m_i - m_j, v_i + v_j)} with {@code A(e,
     * v) = 2 s phi(e/s) + e (2 Phi(e/s) - 1)}, {@code s = sqrt(v)} (Grimit et al. 2006). Of other noise the integral,
     * by Simpson's rule.
     */
    @Override
    public double rankedScore(int row, int index, double value) {
        return noise instanceof Noise.Gaussian
                ? gaussianScore(row, index, value)
                : tail(row, index, value, -1) + tail(row, index, value, 1);
    }

    /**
     * {@code integral F(x)^2 dx} below a value, {@code integral (1 - F(x))^2 dx} above: {@code x = t -+ s u/(1 - u)}.
     */
    private double tail(int row, int index, double value, int side) {
        double deviation = 0;
        for (int part = 0; part < partCount(); part++) {
            deviation = Math.max(
                    deviation,
                    Math.sqrt(partVariance(part, row, index)) + Math.abs(value - partMean(part, row, index)));
        }
        double sum = 0;
        for (int i = 0; i < INTERVALS; i++) {
            double u = (double) i / INTERVALS;
            double beyond = cumulative(row, index, value + side * deviation * u / (1 - u));
            double share = side < 0 ? beyond : 1 - beyond;
            // At u = 1, where x is infinite, the integrand is 0.
            sum += (i == 0 ? 1 : i % 2 == 1 ? 4 : 2) * share * share / ((1 - u) * (1 - u));
        }
        return sum * deviation / (3 * INTERVALS);
    }

    private double gaussianScore(int row, int index, double value) {
        int parts = partCount();
        double near = 0;
        double apart = 0;
        for (int i = 0; i < parts; i++) {
            double mean = partMean(i, row, index);
            double variance = partVariance(i, row, index);
            near += Normal.meanDistance(value - mean, variance);
            apart += Normal.meanDistance(0, 2 * variance);
            for (int j = 0; j < i; j++) {
                apart +=
                        2 * Normal.meanDistance(mean - partMean(j, row, index), variance + partVariance(j, row, index));
            }
        }
        return near / parts - apart / (2.0 * parts * parts);
    }

    @Override
    public double lower95(int row, int index) {
        return isOneGaussian() ? super.lower95(row, index) : quantile(row, index, GaussianFit.TAIL);
    }

    @Override
    public double upper95(int row, int index) {
        return isOneGaussian() ? super.upper95(row, index) : quantile(row, index, 1 - GaussianFit.TAIL);
    }

    private boolean isOneGaussian() {
        return partCount() == 1 && noise instanceof Noise.Gaussian;
    }

    /** Where the cumulative distribution reaches a probability. */
    private double quantile(int row, int index, double probability) {
        double from = Double.POSITIVE_INFINITY;
        double to = Double.NEGATIVE_INFINITY;
        for (int part = 0; part < partCount(); part++) {
            double reach = REACH * Math.sqrt(partVariance(part, row, index));
            from = Math.min(from, partMean(part, row, index) - reach);
            to = Math.max(to, partMean(part, row, index) + reach);
        }
        return quantile(row, index, probability, from, to);
    }
}
