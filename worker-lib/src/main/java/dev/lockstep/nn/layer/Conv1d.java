package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * A convolution along the steps of a sequence (time-delay networks: Waibel et al. 1989), {@code y = f(x * W + b)}:
 * {@link Conv2d} on an image of height 1, {@code z[o, f] = b[f] + sum over k, c of x[o s - p + k d, c] W[k, c, f]}.
 *
 * <p>Shapes: {@code x [steps, in]}, {@code W [kernel, in / groups, filters]}, {@code b [filters]}, {@code y [outSteps,
 * filters]}. Steps beyond the end of a row are padding.
 *
 * @param filters features of the output
 * @param kernel steps that a window sees
 * @param stride distance between windows; 1 unless given
 * @param padding valid unless given
 * @param dilation distance between the steps of a window; 1 unless given
 * @param groups into how many independent parts features and filters are cut; 1 unless given
 * @param activation {@code f}; linear unless given
 * @param bias whether there is a {@code b}; true unless given
 * @param initializer initial weights; Glorot uniform unless given. Biases begin at 0
 */
@SpecName("conv1d")
public record Conv1d(
        int filters,
        @JsonProperty(required = true) int kernel,
        Integer stride,
        Padding padding,
        Integer dilation,
        Integer groups,
        Activation activation,
        Boolean bias,
        Initializer initializer)
        implements LinearMap.Spec, Activated {
    public Conv1d {
        Expect.atLeast("filters", filters, 1);
        Expect.atLeast("kernel", kernel, 1);
        stride = stride == null ? 1 : Expect.atLeast("stride", stride, 1);
        padding = padding == null ? Padding.VALID : padding;
        dilation = dilation == null ? 1 : Expect.atLeast("dilation", dilation, 1);
        groups = groups == null ? 1 : Expect.atLeast("groups", groups, 1);
        activation = activation == null ? new Activation.Linear() : activation;
        bias = bias == null || bias;
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A convolution with stride 1 and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Conv1d(int filters, int kernel, Padding padding, Activation activation) {
        this(filters, kernel, null, padding, null, null, activation, null, null);
    }

    @Override
    public Conv1d withActivation(Activation other) {
        return new Conv1d(filters, kernel, stride, padding, dilation, groups, other, bias, initializer);
    }

    @Override
    public LinearMap map(String name, Shape input) {
        Extent.ImageShape sequence = Extent.ImageShape.sequence(name, input);
        ConvolutionShape shape = new ConvolutionShape(
                WindowAxis.ONE,
                padding.axis(name, input, sequence.width(), kernel, stride, dilation),
                sequence.channels(),
                filters,
                groups);
        return LinearMap.Windows.sequence(name, input, shape);
    }
}
