package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The greatest value of each channel over a whole image or over the valid steps of a sequence, {@code y_c = max over t
 * of x_tc} (max over time: Collobert et al. 2011).
 *
 * <p>Shapes: {@code x [h, w, channels]} or {@code [steps, features]}, {@code y [channels]}. The gradient goes to the
 * first greatest one. A row without steps gives 0. Keeps the winners' places.
 */
@SpecName("globalMaxPool")
public record GlobalMaxPool() implements LayerSpec {
    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.global("globalMaxPool", PoolingLayer.Kind.MAX, input, layout);
    }
}
