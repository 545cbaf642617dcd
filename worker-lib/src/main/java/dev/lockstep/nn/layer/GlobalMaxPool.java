package dev.lockstep.nn.layer;

import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The greatest value of each channel over a whole image or sequence.
 *
 * <p>Shapes: {@code x [h, w, channels]} or {@code [steps, features]}, {@code y [channels]}. The gradient goes to the first greatest one.
 */
@SpecName("globalMaxPool")
public record GlobalMaxPool() implements LayerSpec {
    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.global(layout.nameLayer("globalMaxPool"), PoolingLayer.Kind.MAX, input);
    }
}
