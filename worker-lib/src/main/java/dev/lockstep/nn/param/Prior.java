package dev.lockstep.nn.param;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;

/**
 * The distribution of a weight before any data. Each weight has the posterior {@code q(w) = N(m, s^2)}; training adds
 * {@code KL(q || p)} to the loss so that it counts once for the whole training set.
 */
public sealed interface Prior extends Serializable {

    /**
     * Whether the divergence is estimated from a drawn weight; otherwise it has a closed form and {@code noise} is not
     * read.
     */
    boolean drawn();

    /**
     * The divergence of one weight, in nats.
     *
     * @param mean {@code m}
     * @param sigma {@code s}, above 0
     * @param noise a standard normal number: the weight is {@code m + s noise}
     */
    double divergence(double mean, double sigma, double noise);

    /** Its derivative by {@code m}. */
    double byMean(double mean, double sigma, double noise);

    /** Its derivative by {@code s}. */
    double bySigma(double mean, double sigma, double noise);

    /**
     * This prior for the weights of one tensor.
     *
     * @param fanIn how many of them add up in one unit
     */
    default Prior of(int fanIn) {
        return this;
    }

    /** Whether {@link #fitted} is another prior. */
    default boolean learned() {
        return false;
    }

    /**
     * This prior with the scale from which the weights of one tensor diverge least, if it is learned.
     *
     * @param meanSquare the mean of {@code m^2 + s^2} over these weights
     */
    default Prior fitted(double meanSquare) {
        return this;
    }

    /**
     * {@code p(w) = N(0, d^2)}; {@code KL = ln(d / s) + (s^2 + m^2) / (2 d^2) - 1/2}.
     *
     * @param sigma above 0; 1 unless given
     * @param scale whether {@code d} is {@code sigma} or follows from it; fixed unless given
     */
    @SpecName("gaussian")
    record Gaussian(Double sigma, Scale scale) implements Prior {
        /** The meaning of the deviation {@code d}. */
        public enum Scale {
            /** {@code d = sigma}. */
            FIXED,
            /**
             * {@code d = sigma / sqrt(n)} for weights of which n add up in one unit (Neal 1996): then what a unit sums
             * up is as wide in layers of any width. In a table of vectors n is 1, as a token takes one of them.
             */
            FAN_IN
        }

        public Gaussian {
            sigma = sigma == null ? 1.0 : Expect.positive("sigma", sigma);
            scale = scale == null ? Scale.FIXED : scale;
        }

        /** A prior of a fixed deviation. */
        @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
        public Gaussian(Double sigma) {
            this(sigma, null);
        }

        @Override
        public Prior of(int fanIn) {
            return scale == Scale.FAN_IN ? new Gaussian(sigma / Math.sqrt(fanIn)) : this;
        }

        @Override
        public boolean drawn() {
            return false;
        }

        @Override
        public double divergence(double mean, double s, double noise) {
            return StrictMath.log(sigma / s) + (s * s + mean * mean) / (2 * sigma * sigma) - 0.5;
        }

        @Override
        public double byMean(double mean, double s, double noise) {
            return mean / (sigma * sigma);
        }

        @Override
        public double bySigma(double mean, double s, double noise) {
            return s / (sigma * sigma) - 1 / s;
        }
    }

    /**
     * {@code p(w) = N(0, d^2)} with the {@code d} of the greatest evidence lower bound, {@code d^2 = mean of m^2 + s^2}
     * over the weights of a tensor, found again in each step (empirical Bayes; Graves 2011). At that {@code d} the
     * divergence of k weights is {@code k ln(d) - sum of ln(s)}, and its derivative by {@code d} is 0, so that those by
     * m and s are those from a fixed {@code d}. The methods that take one weight are those of a tensor of one.
     */
    @SpecName("learned")
    record Learned() implements Prior {
        @Override
        public boolean learned() {
            return true;
        }

        @Override
        public Prior fitted(double meanSquare) {
            // Not finite where training has diverged, which the check of the parameters will say.
            boolean finite = meanSquare > 0 && meanSquare < Double.POSITIVE_INFINITY;
            return new Gaussian(finite ? Math.sqrt(meanSquare) : 1.0);
        }

        @Override
        public boolean drawn() {
            return false;
        }

        @Override
        public double divergence(double mean, double s, double noise) {
            return fitted(mean * mean + s * s).divergence(mean, s, noise);
        }

        @Override
        public double byMean(double mean, double s, double noise) {
            return fitted(mean * mean + s * s).byMean(mean, s, noise);
        }

        @Override
        public double bySigma(double mean, double s, double noise) {
            return fitted(mean * mean + s * s).bySigma(mean, s, noise);
        }
    }

    /**
     * {@code p(w) = pi N(0, sigma1^2) + (1 - pi) N(0, sigma2^2)} (Blundell et al. 2015): a wide and a narrow Gaussian.
     * There is no closed form; the divergence is estimated as {@code log q(w) - log p(w)} at one drawn weight {@code w
     * = m + s noise}, whose gradient is unbiased.
     *
     * @param pi share of the first, in [0, 1); 0.5 unless given
     * @param sigma1 standard deviation of the first; 1 unless given
     * @param sigma2 standard deviation of the second; 0.0025 (e^-6) unless given
     */
    @SpecName("scaleMixture")
    record ScaleMixture(Double pi, Double sigma1, Double sigma2) implements Prior {
        private static final double LOG_ROOT_TWO_PI = 0.5 * StrictMath.log(2 * Math.PI);

        public ScaleMixture {
            pi = pi == null ? 0.5 : Expect.inRange("pi", pi, 0, 1);
            sigma1 = sigma1 == null ? 1.0 : Expect.positive("sigma1", sigma1);
            sigma2 = sigma2 == null ? 0.0025 : Expect.positive("sigma2", sigma2);
        }

        @Override
        public boolean drawn() {
            return true;
        }

        @Override
        public double divergence(double mean, double s, double noise) {
            double w = mean + s * noise;
            double logQ = -0.5 * noise * noise - StrictMath.log(s) - LOG_ROOT_TWO_PI;
            double first = logShare(pi, sigma1, w);
            double second = logShare(1 - pi, sigma2, w);
            double greater = Math.max(first, second);
            return logQ - greater - StrictMath.log(StrictMath.exp(first - greater) + StrictMath.exp(second - greater));
        }

        @Override
        public double byMean(double mean, double s, double noise) {
            double w = mean + s * noise;
            double odds = logShare(1 - pi, sigma2, w) - logShare(pi, sigma1, w);
            double share = 1 / (1 + StrictMath.exp(odds));
            return w * (share / (sigma1 * sigma1) + (1 - share) / (sigma2 * sigma2));
        }

        @Override
        public double bySigma(double mean, double s, double noise) {
            return noise * byMean(mean, s, noise) - 1 / s;
        }

        private static double logShare(double share, double sigma, double w) {
            return StrictMath.log(share) - StrictMath.log(sigma) - LOG_ROOT_TWO_PI - 0.5 * (w / sigma) * (w / sigma);
        }
    }
}
