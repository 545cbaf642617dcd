package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * The greatest input over windows of steps, each feature on its own (LeCun et al. 1998 pool; the maximum: Ranzato et
 * al. 2007).
 *
 * <p>Shapes: {@code x [steps, features]}, {@code y [outSteps, features]}. Padding takes no part. The gradient goes to
 * the first greatest input of each window. Keeps the winners' places. Steps beyond the end of a row are padding.
 *
 * @param size of a window
 * @param stride distance between windows; the size unless given
 * @param padding valid unless given
 */
@SpecName("maxPool1d")
public record MaxPool1d(@JsonProperty(required = true) Integer size, Integer stride, Padding padding)
        implements LayerSpec {
    public MaxPool1d {
        Expect.atLeast("size", Expect.present("size", size), 1);
        stride = stride == null ? size : Expect.atLeast("stride", stride, 1);
        padding = padding == null ? Padding.VALID : padding;
    }

    /** Windows that lie side by side. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public MaxPool1d(int size) {
        this(Integer.valueOf(size), null, null);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return PoolingLayer.sequence(
                layout.nameLayer("maxPool1d"), PoolingLayer.Kind.MAX, input, size, stride, padding);
    }
}
