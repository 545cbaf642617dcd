package dev.lockstep.nn.optim;

import java.io.Serializable;
import java.util.List;

/**
 * A first-order update rule. A value without state: what it remembers of a parameter are {@link #slots()} floats in an
 * array that is passed in, so that it can be averaged, split by slices and checkpointed like the parameters themselves.
 */
public sealed interface Optimizer extends Serializable permits ElementwiseOptimizer, Lamb {

    /** The learning rate before any schedule. */
    Double learningRate();

    /** Floats of state for each parameter. */
    int slots();

    /** Whether a parameter's step follows from its own gradient and state alone, so that no slice waits for others. */
    boolean elementwise();

    /** Whether each parameter has a rate of its own, which follows from the gradients that it has had. */
    default boolean adaptive() {
        return true;
    }

    /**
     * Takes one step over parts of parameter tensors. The result for a parameter does not depend on how the tensors are
     * divided.
     *
     * @param parts the parts; their gradients are read, or destroyed where the rule is not {@link #elementwise}
     * @param squares of the whole tensors; asked exactly once where the rule is not {@link #elementwise}
     */
    void step(List<TensorPart> parts, TensorSquares squares);
}
