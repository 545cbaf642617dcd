package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A layer at work in one thread: the formula, its output and the scratch memory it needs, allocated once. */
public interface LayerReplica {

    /**
     * Computes the output.
     *
     * @param pass rows, shards and randomness
     * @param parameters read
     * @param x read: the input; stays untouched until the backward pass
     * @return the output, owned by this replica and valid until the next call; the same object for the same input
     */
    Tensor forward(Pass pass, Parameters parameters, Tensor x);

    /**
     * Computes the gradients of the pass that {@link #forward} computed last.
     *
     * @param pass the forward pass
     * @param parameters read: the same as in the forward pass
     * @param x read: the same input
     * @param dy read, and destroyed: gradient of the loss sum by the output
     * @param wanted whether the gradient by the input is wanted; it is not where no layer before this one learns
     * @param gradient this layer's ranges are overwritten in every node
     * @return the gradient of the loss sum by the input, in one of the workspace's {@link InputGradient} buffers or in
     *     {@code dy}'s own memory; null where not wanted
     */
    @Nullable
    Tensor backward(Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient);
}
