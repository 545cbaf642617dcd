package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * The place to which a layer writes the gradient by its input: whichever of the workspace's two gradient buffers does
 * not hold the gradient by its output. It stays valid until the preceding layer's backward pass has read it; a caller
 * that needs it longer copies it.
 */
public final class InputGradient {
    private final Workspace workspace;
    private final Shape shape;
    private final Tensor[] views = new Tensor[2];

    /** A place for gradients by inputs of the given shape. */
    public InputGradient(Workspace workspace, Shape shape) {
        this.workspace = workspace;
        this.shape = shape;
    }

    /** The tensor to write to. */
    public Tensor besides(Tensor dy) {
        // Only here, since there is no gradient by the input of the first layer that learns, which may be very wide.
        workspace.announceGradient(shape);
        int index = dy.array() == workspace.gradientBuffer(0) ? 1 : 0;
        float[] buffer = workspace.gradientBuffer(index);
        if (views[index] == null || views[index].array() != buffer) {
            views[index] = new Tensor(buffer, 0, shape);
        }
        return views[index];
    }
}
