package dev.lockstep.nn.param;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;

/**
 * What is believed of a weight before any data are seen. Each weight has the posterior {@code q(w) = N(m, s^2)};
 * training adds {@code KL(q || p)} to the loss so that it counts once for the whole training set.
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
     * {@code p(w) = N(0, sigma^2)}; {@code KL = ln(sigma / s) + (s^2 + m^2) / (2 sigma^2) - 1/2}.
     *
     * @param sigma its standard deviation, above 0; 1 unless given
     */
    @SpecName("gaussian")
    record Gaussian(Double sigma) implements Prior {
        public Gaussian {
            sigma = sigma == null ? 1.0 : Expect.positive("sigma", sigma);
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
