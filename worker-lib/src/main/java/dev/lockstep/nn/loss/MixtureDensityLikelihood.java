package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.GaussianFit;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RegressionErrors;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers with a mixture of {@code K} Gaussians each. Of {@code 3 K d} outputs a step the first {@code K d} are the
 * logits of the components' weights, then come their means, then what their variances are made from. Predicted are the
 * mean and the variance of each number.
 *
 * @param components {@code K}
 */
record MixtureDensityLikelihood(int components) implements NumberLikelihood {

    @Override
    public Activation link() {
        return new Activation.Linear();
    }

    @Override
    public boolean takesPlainOutputs() {
        return true;
    }

    @Override
    public String outputsObstacle() {
        return "mixtureDensity, whose predictions come of several outputs each";
    }

    @Override
    public boolean allowsScaledTargets() {
        return true;
    }

    @Override
    public int targets(Shape output) {
        return Steps.width(output) / (3 * components);
    }

    @Override
    public MetricSet metrics(Shape output) {
        int numbers = targets(output);
        return new MetricSet(List.of(new RegressionErrors(numbers), new GaussianFit(numbers)));
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        return PredictionColumn.ofDistributions(names, targets(output), mixed);
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(components, output, targets(output), mixedRows, scaling);
    }

    /**
     * All components of all samples and members together, {@code M K} of them: the mean {@code m = sum w m_i}, of which
     * each has the share {@code w = p_k / M}; the variance of the samples' means (epistemic) plus the mean of the
     * variances within each (aleatoric). For losses, a single sample stands for itself, several for the Gaussian with
     * their moments.
     */
    private static final class Mixture extends NumberMixture {
        private static final double LEAST_SOFTPLUS = 1e-30;
        private static final Noise.Gaussian GAUSSIAN = new Noise.Gaussian();

        /** No quantile that is asked for is further from a component's mean, in deviations. */
        private static final double REACH = 9;

        private final int k;
        private final int width;
        private final int numbers;
        private final int steps;
        private @Nullable Tensor moments;

        Mixture(int components, Shape output, int numbers, int mixedRows, @Nullable Scaling scaling) {
            super(output, numbers, mixedRows, scaling);
            k = components;
            width = output.last();
            this.numbers = numbers;
            steps = output.size() / width;
        }

        /** What a sample says before the link, in the units that the network predicts in. */
        private float[] values(int part) {
            return isMixture() ? part(part) : outputs().array();
        }

        /** Where the first logit of a number stands; predictions are {@code 2 d} a step. */
        private int at(int row, int index) {
            int place = index / (2 * numbers) * width + index % (2 * numbers);
            return (isMixture() ? row * size() : outputs().rowOffset(row)) + place;
        }

        private double logWeight(int part, int row, int index, int component) {
            float[] y = values(part);
            int at = at(row, index);
            return y[at + component * numbers] - MixtureDensity.logSum(y, at, numbers, k);
        }

        private double weight(int part, int row, int index, int component) {
            return StrictMath.exp(logWeight(part, row, index, component));
        }

        private double mean(int part, int row, int index, int component) {
            return unscaledMean(values(part)[at(row, index) + (k + component) * numbers], index);
        }

        private double variance(int part, int row, int index, int component) {
            double s = values(part)[at(row, index) + (2 * k + component) * numbers];
            return unscaled(MixtureDensity.variance(s), index);
        }

        private double partMean(int part, int row, int index) {
            double mean = 0;
            for (int i = 0; i < k; i++) {
                mean += weight(part, row, index, i) * mean(part, row, index, i);
            }
            return mean;
        }

        private double partVariance(int part, int row, int index) {
            double own = partMean(part, row, index);
            double variance = 0;
            for (int i = 0; i < k; i++) {
                double distance = mean(part, row, index, i) - own;
                variance += weight(part, row, index, i) * (variance(part, row, index, i) + distance * distance);
            }
            return variance;
        }

        private double mixedMean(int row, int index) {
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                sum += partMean(part, row, index);
            }
            return sum / partCount();
        }

        @Override
        public double aleatoricVariance(int row, int index) {
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                sum += partVariance(part, row, index);
            }
            return sum / partCount();
        }

        @Override
        public double epistemicVariance(int row, int index) {
            double mean = mixedMean(row, index);
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                double distance = partMean(part, row, index) - mean;
                sum += distance * distance;
            }
            return sum / partCount();
        }

        @Override
        double output(int row, int index) {
            if (components() == 1) {
                return part(0)[row * size() + index];
            }
            int group = index % width / numbers / k;
            int place = index / width * 2 * numbers + index % width % numbers;
            if (group == 0) {
                return 0;
            }
            return group == 1
                    ? scaledMean(mixedMean(row, place), place)
                    : beforeSoftplus(scaled(variance(row, place), place));
        }

        private static double beforeSoftplus(double variance) {
            double v = Math.max(variance - Activation.MeanAndVariance.FLOOR, LEAST_SOFTPLUS);
            return v > 30 ? v : StrictMath.log(StrictMath.expm1(v));
        }

        @Override
        Tensor described(Tensor linked) {
            Tensor described = moments;
            if (described == null || described.array().length < rows() * steps * 2 * numbers) {
                Shape shape = steps == 1 ? Shape.of(2 * numbers) : Shape.of(steps, 2 * numbers);
                described = Tensor.allocate(Math.max(1, linked.array().length / size()), shape);
                moments = described;
            }
            for (int row = 0; row < rows(); row++) {
                for (int i = 0; i < steps * numbers; i++) {
                    int index = i / numbers * 2 * numbers + i % numbers;
                    int at = described.rowOffset(row) + index;
                    described.array()[at] = (float) mixedMean(row, index);
                    described.array()[at + numbers] = (float) variance(row, index);
                }
            }
            return described;
        }

        @Override
        double partLogDensity(int part, int row, int index, double value) {
            double log = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < k; i++) {
                double term = logWeight(part, row, index, i)
                        + GAUSSIAN.logDensity(value - mean(part, row, index, i), variance(part, row, index, i));
                double greater = Math.max(log, term);
                log = greater + StrictMath.log1p(StrictMath.exp(Math.min(log, term) - greater));
            }
            return log;
        }

        @Override
        public double cumulative(int row, int index, double value) {
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                for (int i = 0; i < k; i++) {
                    sum += weight(part, row, index, i)
                            * GAUSSIAN.cumulative(value - mean(part, row, index, i), variance(part, row, index, i));
                }
            }
            return Math.min(1, sum / partCount());
        }

        /** {@code sum_i w_i A(t - m_i, v_i) - 1/2 sum_ij w_i w_j A(m_i - m_j, v_i + v_j)} (Grimit et al. 2006). */
        @Override
        public double rankedScore(int row, int index, double value) {
            int all = partCount() * k;
            double near = 0;
            double apart = 0;
            for (int i = 0; i < all; i++) {
                double weight = weight(i / k, row, index, i % k);
                double mean = mean(i / k, row, index, i % k);
                double variance = variance(i / k, row, index, i % k);
                near += weight * Normal.meanDistance(value - mean, variance);
                for (int j = 0; j < all; j++) {
                    apart += weight
                            * weight(j / k, row, index, j % k)
                            * Normal.meanDistance(
                                    mean - mean(j / k, row, index, j % k),
                                    variance + variance(j / k, row, index, j % k));
                }
            }
            double parts = partCount();
            return near / parts - apart / (2 * parts * parts);
        }

        @Override
        public double lower95(int row, int index) {
            return quantile(row, index, GaussianFit.TAIL);
        }

        @Override
        public double upper95(int row, int index) {
            return quantile(row, index, 1 - GaussianFit.TAIL);
        }

        private double quantile(int row, int index, double probability) {
            double from = Double.POSITIVE_INFINITY;
            double to = Double.NEGATIVE_INFINITY;
            for (int part = 0; part < partCount(); part++) {
                for (int i = 0; i < k; i++) {
                    double reach = REACH * Math.sqrt(variance(part, row, index, i));
                    from = Math.min(from, mean(part, row, index, i) - reach);
                    to = Math.max(to, mean(part, row, index, i) + reach);
                }
            }
            return quantile(row, index, probability, from, to);
        }
    }
}
