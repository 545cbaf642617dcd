package dev.lockstep.nn.optim;

/** Brings together the squares of whole tensors, the parts of which lie with several owners. */
@FunctionalInterface
public interface TensorSquares {
    /**
     * Returns two sums for each part, one after the other: of the squares of all its tensor's parameters, and of all
     * that now stands in place of its tensor's gradient. Every owner has to ask; until then all of them wait.
     */
    double[] sums();
}
