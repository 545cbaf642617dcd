package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * Adam (Kingma and Ba 2015): {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code theta -= lr (m / (1
 * - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)}, with {@code t} from 1. Slots: {@code m}, {@code v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.001 unless given
 * @param beta1 decay of the mean; 0.9 unless given
 * @param beta2 decay of the uncentred variance; 0.999 unless given
 * @param epsilon added to the root after the bias correction; 1e-8 unless given
 */
@SpecName("adam")
public record Adam(Double learningRate, Double beta1, Double beta2, Double epsilon)
        implements ElementwiseOptimizer, AdamMoments {
    public Adam {
        learningRate = AdamMoments.learningRate(learningRate);
        beta1 = AdamMoments.beta1(beta1);
        beta2 = AdamMoments.beta2(beta2);
        epsilon = AdamMoments.epsilon(epsilon, 1e-8);
    }

    /** With the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Adam() {
        this(null, null, null, null);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        Kernels.get().optimizers().adam(adamStep(step, 0), theta, gradient, state);
    }
}
