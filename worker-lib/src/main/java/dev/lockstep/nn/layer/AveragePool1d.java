package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The mean of the inputs over windows of steps, each feature on its own (LeCun et al. 1998).
 *
 * <p>Shapes: {@code x [steps, features]}, {@code y [outSteps, features]}. Padding takes no part: the mean is that of
 * the inputs that exist. Each of a window's {@code n} inputs gets {@code dy / n}. Steps beyond the end of a row are
 * padding.
 *
 * @param size of a window
 * @param stride distance between windows; the size unless given
 * @param padding valid unless given
 */
@SpecName("averagePool1d")
public record AveragePool1d(@JsonProperty(required = true) Integer size, Integer stride, Padding padding)
        implements LayerSpec {
    public AveragePool1d {
        Expect.atLeast("size", Expect.present("size", size), 1);
        stride = stride == null ? size : Expect.atLeast("stride", stride, 1);
        padding = padding == null ? Padding.VALID : padding;
    }

    /** Windows that lie side by side. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public AveragePool1d(int size) {
        this(Integer.valueOf(size), null, null);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.sequence(
                layout.nameLayer("averagePool1d"), PoolingLayer.Kind.AVERAGE, input, size, stride, padding);
    }
}
