package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Counts, one an output, with the rate {@code r_j = exp(z_j)}: {@code p(t_j | z) = r_j^t_j exp(-r_j) / t_j!}. The rate
 * is mean and variance.
 */
record PoissonLikelihood() implements NumberLikelihood {

    @Override
    public Activation link() {
        return new Activation.Exponential();
    }

    @Override
    public boolean allowsScaledTargets() {
        return false;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(output, targets(output), mixedRows);
    }

    /** The rate {@code 1/M sum_i r_i}, which its logarithm stands for. */
    private static final class Mixture extends PredictiveDistribution {
        private static final double LEAST_RATE = Float.MIN_NORMAL;

        Mixture(Shape output, int targets, int mixedRows) {
            super(output, targets, mixedRows, null);
        }

        @Override
        double output(int row, int index) {
            return StrictMath.log(Math.max(average(row, index), LEAST_RATE));
        }

        /** A count varies by its rate. */
        @Override
        public double aleatoricVariance(int row, int index) {
            return prediction(row, index);
        }

        @Override
        double least() {
            return 0;
        }
    }
}
