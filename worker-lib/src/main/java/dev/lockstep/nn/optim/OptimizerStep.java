package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.UpdateStep;

/**
 * The arguments of an optimiser for one step over one tensor.
 *
 * @param number number of this step, from 1 (Adam's {@code t})
 * @param learningRate the rate after the schedule
 * @param gradientScale factor that turns the gradient sum into the gradient: one over the total weight, times the
 *     clipping factor
 * @param l2 L2 penalty of the tensor, added as {@code l2 * theta} to the gradient; 0 for none
 * @param decayed whether the tensor takes part in decoupled weight decay: weights do, biases and gains do not
 */
public record OptimizerStep(long number, double learningRate, float gradientScale, float l2, boolean decayed) {

    /** The kernels' arguments. */
    UpdateStep update() {
        return new UpdateStep(gradientScale, l2, (float) learningRate);
    }

    /**
     * {@code 1 / (1 - beta^t)}: undoes the pull towards zero of a mean that began at zero. The beta is the float that
     * the mean decays with: for 0.999 the double's first correction would be off by 5e-5.
     */
    float biasCorrection(double beta) {
        return (float) (1 / (1 - StrictMath.pow((float) beta, number)));
    }
}
