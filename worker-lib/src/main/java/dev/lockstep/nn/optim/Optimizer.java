package dev.lockstep.nn.optim;

import java.io.Serializable;

/**
 * A first-order update rule. A value without state: what it remembers of a parameter are {@link #slots()} floats in an
 * array that is passed in, so that it can be averaged, split by slices and checkpointed like the parameters themselves.
 */
public sealed interface Optimizer extends Serializable permits ElementwiseOptimizer, Lamb {

    /** The learning rate before any schedule. */
    Double learningRate();

    /** Floats of state for each parameter. */
    int slots();
}
