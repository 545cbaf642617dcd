package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The mean of each channel over a whole image or over the valid steps of a sequence, {@code y_c = 1/n sum over t of
 * x_tc} (Lin et al. 2014).
 *
 * <p>Shapes: {@code x [h, w, channels]} or {@code [steps, features]}, {@code y [channels]}. Each of the {@code n}
 * positions gets {@code dy / n}. A row without steps gives 0.
 */
@SpecName("globalAveragePool")
public record GlobalAveragePool() implements LayerSpec {
    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.global("globalAveragePool", PoolingLayer.Kind.AVERAGE, input, layout);
    }
}
