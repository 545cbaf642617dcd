package dev.lockstep.nn.layer;

import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The mean of each channel over a whole image or sequence (Lin et al. 2014).
 *
 * <p>Shapes: {@code x [h, w, channels]} or {@code [steps, features]}, {@code y [channels]}. Each of the {@code n} positions gets {@code dy / n}.
 */
@SpecName("globalAveragePool")
public record GlobalAveragePool() implements LayerSpec {
    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.global(layout.nameLayer("globalAveragePool"), PoolingLayer.Kind.AVERAGE, input);
    }
}
