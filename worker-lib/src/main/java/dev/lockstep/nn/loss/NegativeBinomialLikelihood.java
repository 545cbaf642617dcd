package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.CountFit;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RegressionErrors;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts with a mean {@code m} and an overdispersion {@code a} each, whose variance is {@code m + a m^2}. Of {@code 2
 * d} outputs a step the first {@code d} are the logarithms of the means, the others those of the overdispersions.
 */
record NegativeBinomialLikelihood() implements NumberLikelihood {

    @Override
    public Activation link() {
        return new Activation.Exponential();
    }

    @Override
    public boolean allowsScaledTargets() {
        return false;
    }

    @Override
    public int targets(Shape output) {
        return Steps.width(output) / 2;
    }

    @Override
    public MetricSet metrics(Shape output) {
        int counts = targets(output);
        return new MetricSet(List.of(new RegressionErrors(counts), new CountFit(counts)));
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        return PredictionColumn.ofDistributions(names, targets(output), mixed);
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(output, targets(output), mixedRows);
    }

    /**
     * Mean {@code m = 1/M sum_i m_i} and variance {@code v = 1/M sum_i (m_i - m)^2 + 1/M sum_i (m_i + a_i m_i^2)}; the
     * negative binomial distribution with these moments stands for the mixture, {@code a = (v - m) / m^2}.
     */
    private static final class Mixture extends NumberMixture {
        private static final double LEAST = Float.MIN_NORMAL;

        /** What lies beyond has no share in an interval. */
        private static final double REST = 1e-9;

        private final int width;
        private final int counts;

        Mixture(Shape output, int counts, int mixedRows) {
            super(output, counts, mixedRows, null);
            this.width = output.last();
            this.counts = counts;
        }

        @Override
        double output(int row, int index) {
            if (index % width < counts) {
                return StrictMath.log(Math.max(average(row, index), LEAST));
            }
            int at = index - counts;
            double mean = Math.max(average(row, at), LEAST);
            double excess = spread(row, at) + scatter(row, at) - mean;
            return StrictMath.log(Math.max(excess / (mean * mean), LEAST));
        }

        /** The mean of the components' variances. */
        private double scatter(int row, int index) {
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                double mean = partMean(part, row, index);
                sum += mean + partDispersion(part, row, index) * mean * mean;
            }
            return sum / partCount();
        }

        private double partMean(int part, int row, int index) {
            return isMixture() ? part(part, row, index) : prediction(row, index);
        }

        private double partDispersion(int part, int row, int index) {
            return partMean(part, row, index + counts);
        }

        @Override
        public double aleatoricVariance(int row, int index) {
            return scatter(row, index);
        }

        @Override
        double partLogDensity(int part, int row, int index, double value) {
            return NegativeBinomial.logProbability(value, partMean(part, row, index), partDispersion(part, row, index));
        }

        /** Adds up the probabilities of the counts. */
        @Override
        public double cumulative(int row, int index, double value) {
            double sum = 0;
            for (int part = 0; part < partCount(); part++) {
                Counts each = counts(part, row, index);
                double below = each.probability;
                while (each.count < value) {
                    below += each.next();
                }
                sum += below;
            }
            return Math.min(1, sum / partCount());
        }

        /** {@code sum over k of (F(k) - [k >= t])^2}, up to where F is 1. */
        @Override
        public double rankedScore(int row, int index, double value) {
            List<Counts> each = new ArrayList<>();
            double reached = 0;
            for (int part = 0; part < partCount(); part++) {
                each.add(counts(part, row, index));
                reached += each.get(part).probability / partCount();
            }
            double score = 0;
            for (int k = 0; k < value || reached < 1 - REST && k < MOST_TERMS; k++) {
                double distance = reached - (k >= value ? 1 : 0);
                score += distance * distance;
                for (Counts component : each) {
                    reached += component.next() / partCount();
                }
            }
            return score;
        }

        private static final int MOST_TERMS = 1_000_000;

        private Counts counts(int part, int row, int index) {
            return new Counts(partMean(part, row, index), partDispersion(part, row, index));
        }

        /** The probabilities of a component's counts, one after the other. */
        private static final class Counts {
            private final double mean;
            private final double dispersion;
            private int count;
            private double log;
            private double probability;

            Counts(double mean, double dispersion) {
                this.mean = mean;
                this.dispersion = dispersion;
                log = NegativeBinomial.logProbability(0, mean, dispersion);
                probability = StrictMath.exp(log);
            }

            double next() {
                log += StrictMath.log((1 + dispersion * count) / (1 + dispersion * mean) * (mean / (count + 1)));
                count++;
                probability = StrictMath.exp(log);
                return probability;
            }
        }

        @Override
        public double lower95(int row, int index) {
            return quantile(row, index, 0.025);
        }

        @Override
        public double upper95(int row, int index) {
            return quantile(row, index, 0.975);
        }

        /** The least count whose cumulative probability is not below a level. */
        private double quantile(int row, int index, double level) {
            double from = -1;
            double to = 1;
            while (to < MOST_TERMS && cumulative(row, index, to) < level) {
                from = to;
                to *= 2;
            }
            while (to - from > 1) {
                double middle = Math.floor((from + to) / 2);
                if (cumulative(row, index, middle) < level) {
                    from = middle;
                } else {
                    to = middle;
                }
            }
            return to;
        }

        @Override
        double least() {
            return 0;
        }
    }
}
