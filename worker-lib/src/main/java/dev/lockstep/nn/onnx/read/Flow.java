package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of a graph that depends on the rows: the layers that make it, and how it lies there.
 *
 * @param last the last layer before it; null: it is the input
 * @param shape of a row in Lockstep
 */
record Flow(@Nullable Step last, Shape shape, Layout layout) {
    /** Numbers of a layer without any. */
    static final float[] NONE = {};

    /** The value behind one more layer without numbers, in the same layout. */
    Flow then(LayerSpec layer) {
        return then(layer, List.of(), NONE, layout);
    }

    Flow then(LayerSpec layer, List<float[]> tensors, float[] statistics, Layout after) {
        Step step = Step.after(this, layer, tensors, statistics);
        return new Flow(step, step.output(), after);
    }

    /** The same with another last layer. */
    Flow with(Step step) {
        return new Flow(step, step.output(), layout);
    }

    Flow in(Layout other) {
        return new Flow(last, shape, other);
    }

    /** As a vector, in the order of Lockstep; the graph's order stays in the layout. */
    Flow flat() {
        return shape.rank() == 1 ? this : then(new Flatten());
    }

    /** Whether it is {@code [channels, places...]}, with so many axes of places. */
    boolean isChannelsFirst(int places) {
        return shape.rank() == places + 1 && layout.equals(Layout.channelsFirst(shape));
    }

    /**
     * The value as what comes out of the network: a vector is one in Lockstep too, and an image or a sequence has its
     * channels last.
     *
     * @throws IllegalArgumentException if its elements lie in another order than Lockstep has them in
     */
    Flow result() {
        boolean image = layout.equals(Layout.channelsFirst(shape));
        if (!isPlain() && !image) {
            throw new IllegalArgumentException(
                    "expected outputs in the order of their axes, with the rows first, got" + " axes that are turned");
        }
        return layout.rank() == 1 && !image ? flat() : this;
    }

    /** Whether the rows come first and elements lie as in Lockstep. */
    boolean isPlain() {
        return layout.rowsAxis() == 0 && layout.inOrder();
    }
}
