package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The mean of the inputs over windows of an image, each channel on its own (LeCun et al. 1998).
 *
 * <p>Shapes: {@code x [h, w, channels]}, {@code y [oh, ow, channels]}. Padding takes no part: the mean is that of the
 * inputs that exist. Each of a window's {@code n} inputs gets {@code dy / n}.
 *
 * @param size of a window
 * @param stride distance between windows; the size unless given
 * @param padding valid unless given
 */
@SpecName("averagePool2d")
public record AveragePool2d(@JsonProperty(required = true) Extent size, Extent stride, Padding padding)
        implements LayerSpec {
    public AveragePool2d {
        Expect.present("size", size);
        stride = stride == null ? size : stride;
        padding = padding == null ? Padding.VALID : padding;
    }

    /** Windows that lie side by side. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public AveragePool2d(int size) {
        this(Extent.of(size), null, null);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.image(
                layout.nameLayer("averagePool2d"), PoolingLayer.Kind.AVERAGE, input, size, stride, padding);
    }
}
