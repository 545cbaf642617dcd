package dev.lockstep.nn.optim;

/** A rule that moves each parameter by its own gradient and state alone. */
public sealed interface ElementwiseOptimizer extends Optimizer
        permits Sgd, Momentum, Nesterov, Adagrad, RmsProp, Adam, AdamW {

    /**
     * Takes one step over a range of one parameter tensor. The result for a parameter does not depend on the range.
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
