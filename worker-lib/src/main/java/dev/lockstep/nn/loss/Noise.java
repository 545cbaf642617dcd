package dev.lockstep.nn.loss;

import java.io.Serializable;

/**
 * The shape of the noise around a mean, by its density {@code p(e; v)} of an error {@code e} where the variance is v.
 */
sealed interface Noise extends Serializable permits Noise.Gaussian, Noise.Laplace, Noise.StudentT {

    /** {@code log p(e; v)}. */
    double logDensity(double error, double variance);

    /** {@code -d log p / d e}. */
    double byError(double error, double variance);

    /** {@code -d log p / d v}. */
    double byVariance(double error, double variance);

    /** Probability of an error that is not above this one. */
    double cumulative(double error, double variance);

    /** {@code log p = -1/2 (log(2 pi v) + e^2 / v)}. */
    record Gaussian() implements Noise {
        private static final double LOG_TWO_PI = StrictMath.log(2 * Math.PI);

        @Override
        public double logDensity(double error, double variance) {
            return -0.5 * (LOG_TWO_PI + StrictMath.log(variance) + error * error / variance);
        }

        @Override
        public double byError(double error, double variance) {
            return error / variance;
        }

        @Override
        public double byVariance(double error, double variance) {
            return 0.5 * (1 - error * error / variance) / variance;
        }

        @Override
        public double cumulative(double error, double variance) {
            return Normal.cumulative(error / Math.sqrt(variance));
        }
    }

    /** {@code log p = -log(2 b) - |e| / b} with the scale {@code b = sqrt(v / 2)}. */
    record Laplace() implements Noise {
        @Override
        public double logDensity(double error, double variance) {
            return -0.5 * StrictMath.log(2 * variance) - Math.abs(error) * Math.sqrt(2 / variance);
        }

        @Override
        public double byError(double error, double variance) {
            return Math.signum(error) * Math.sqrt(2 / variance);
        }

        @Override
        public double byVariance(double error, double variance) {
            return 0.5 * (1 - Math.abs(error) * Math.sqrt(2 / variance)) / variance;
        }

        @Override
        public double cumulative(double error, double variance) {
            double tail = 0.5 * StrictMath.exp(-Math.abs(error) * Math.sqrt(2 / variance));
            return error < 0 ? tail : 1 - tail;
        }
    }

    /**
     * Student's t distribution with {@code n} degrees of freedom: {@code log p = log(G((n + 1)/2) / G(n/2)) - 1/2
     * log(pi c) - (n + 1)/2 log(1 + e^2 / c)} with {@code c = v (n - 2)}, the degrees times the squared scale, and G
     * the gamma function.
     *
     * @param degrees n, from 3 on: with fewer there is no variance
     */
    record StudentT(int degrees) implements Noise {

        @Override
        public double logDensity(double error, double variance) {
            double c = variance * (degrees - 2);
            return StrictMath.log(gammaRatio())
                    - 0.5 * StrictMath.log(Math.PI * c)
                    - 0.5 * (degrees + 1) * StrictMath.log1p(error * error / c);
        }

        /** {@code G((n + 1)/2) / G(n/2)}: that of n + 2 is {@code (n + 1) / n} times that of n. */
        private double gammaRatio() {
            double ratio = degrees % 2 == 0 ? Math.sqrt(Math.PI) / 2 : 1 / Math.sqrt(Math.PI);
            for (int n = degrees % 2 == 0 ? 2 : 1; n < degrees; n += 2) {
                ratio *= (n + 1.0) / n;
            }
            return ratio;
        }

        @Override
        public double byError(double error, double variance) {
            return (degrees + 1) * error / (variance * (degrees - 2) + error * error);
        }

        @Override
        public double byVariance(double error, double variance) {
            double square = error * error;
            return 0.5 * (1 - (degrees + 1) * square / (variance * (degrees - 2) + square)) / variance;
        }

        /**
         * A finite sum (Abramowitz and Stegun 26.7.3 and 26.7.4): with {@code tan a = e / sqrt(c)}, for even n
         * {@code 1/2 + sin a / 2 (1 + 1/2 cos^2 a + (1 3)/(2 4) cos^4 a + ...)}, for odd n {@code 1/2 + 1/pi (a + sin a
         * (cos a + 2/3 cos^3 a + (2 4)/(3 5) cos^5 a + ...))}.
         */
        @Override
        public double cumulative(double error, double variance) {
            double c = variance * (degrees - 2);
            double hypotenuse = Math.sqrt(c + error * error);
            double sine = error / hypotenuse;
            double cosine = Math.sqrt(c) / hypotenuse;
            boolean even = degrees % 2 == 0;
            double term = even ? 1 : cosine;
            double sum = term;
            for (int k = even ? 1 : 2; k < degrees - 2; k += 2) {
                term *= cosine * cosine * k / (k + 1);
                sum += term;
            }
            return even ? 0.5 + sine * sum / 2 : 0.5 + (StrictMath.atan(error / Math.sqrt(c)) + sine * sum) / Math.PI;
        }
    }
}
