package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * Where a layer writes the gradient by its input: whichever of the workspace's two gradient buffers does not hold the
 * gradient by its output. It stays valid until the preceding layer's backward pass has read it; a caller that needs it
 * longer copies it.
 */
public final class InputGradient {
    private final Workspace workspace;
    private final Shape shape;
    private final Tensor[] views = new Tensor[2];

    /** A place for gradients by inputs of the given shape. */
    public InputGradient(Workspace workspace, Shape shape) {
        this.workspace = workspace;
        this.shape = shape;
        workspace.announceGradient(shape);
    }

    /** The tensor to write to. */
    public Tensor besides(Tensor dy) {
        int index = dy.array() == workspace.gradientBuffer(0) ? 1 : 0;
        if (views[index] == null) {
            views[index] = new Tensor(workspace.gradientBuffer(index), 0, shape);
        }
        return views[index];
    }
}
