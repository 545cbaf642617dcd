package dev.lockstep.nn.optim;

import java.io.Serializable;

/**
 * A first-order update rule. A value without state: what it remembers of a parameter are {@link #slots()} floats in an
 * array that is passed in, so that it can be averaged, split by slices and checkpointed like the parameters themselves.
 */
public sealed interface Optimizer extends Serializable permits Sgd, Adam {

    /** The learning rate before any schedule. */
    Double learningRate();

    /** Floats of state for each parameter. */
    int slots();

    /**
     * Takes one step over a range of parameters. Element-wise: the result for a parameter does not depend on the range.
     *
     * @param step the step
     * @param theta updated
     * @param thetaOffset first parameter of the range
     * @param gradient read: gradient sums
     * @param gradientOffset the gradient of the first parameter
     * @param state updated: slot {@code k} of the first parameter lies at {@code stateOffset + k * stateStride}
     * @param stateOffset slot 0 of the first parameter
     * @param stateStride distance between the slots of a parameter
     * @param length parameters in the range
     */
    void update(
            OptimizerStep step,
            float[] theta,
            int thetaOffset,
            float[] gradient,
            int gradientOffset,
            float[] state,
            int stateOffset,
            int stateStride,
            int length);
}
