package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The greatest input over windows of an image, each channel on its own (LeCun et al. 1998 pool; the maximum: Ranzato et
 * al. 2007).
 *
 * <p>Shapes: {@code x [h, w, channels]}, {@code y [oh, ow, channels]}. Padding takes no part. The gradient goes to the
 * first greatest input of each window. Keeps the winners' places.
 *
 * @param size of a window
 * @param stride distance between windows; the size unless given
 * @param padding valid unless given
 */
@SpecName("maxPool2d")
public record MaxPool2d(@JsonProperty(required = true) Extent size, Extent stride, Padding padding)
        implements LayerSpec {
    public MaxPool2d {
        Expect.present("size", size);
        stride = stride == null ? size : stride;
        padding = padding == null ? Padding.VALID : padding;
    }

    /** Windows that lie side by side. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public MaxPool2d(int size) {
        this(Extent.of(size), null, null);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.image(layout.nameLayer("maxPool2d"), PoolingLayer.Kind.MAX, input, size, stride, padding);
    }
}
