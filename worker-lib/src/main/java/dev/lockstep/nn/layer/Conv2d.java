package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * A two-dimensional convolution (cross-correlation; LeCun et al. 1998), {@code y = f(x * W + b)}:
 *
 * <pre>{@code
 * z[oh, ow, f] = b[f] + sum over kh, kw, c of x[oh s - p + kh d, ow s - p + kw d, c] W[kh, kw, c, f]
 * }</pre>
 *
 * <p>Shapes: {@code x [h, w, in]} (or {@code [h, w]}, one channel), {@code W [kh, kw, in / groups, filters]}, {@code b
 * [filters]}, {@code y [oh, ow, filters]}; padding counts as 0. Gradients: {@code dz = f'(z) dy}, {@code dW} = the sum
 * of {@code x dz} over rows and positions, {@code db} = the sum of dz, {@code dx} = the sum of {@code dz W} over the
 * windows that see the element; the order of each sum stands with {@link dev.lockstep.nn.kernel.Convolution}. Keeps its
 * output; z too where the derivative needs it.
 *
 * @param filters channels of the output
 * @param kernel size of a window
 * @param stride distance between windows; 1 unless given
 * @param padding valid unless given
 * @param dilation distance between the inputs of a window; 1 unless given
 * @param groups into how many independent parts channels and filters are cut; 1 unless given
 * @param activation {@code f}; linear unless given
 * @param bias whether there is a {@code b}; true unless given
 * @param initializer initial weights; Glorot uniform unless given. Biases begin at 0
 */
@SpecName("conv2d")
public record Conv2d(
        int filters,
        @JsonProperty(required = true) Extent kernel,
        Extent stride,
        Padding padding,
        Extent dilation,
        Integer groups,
        Activation activation,
        Boolean bias,
        Initializer initializer)
        implements LinearMap.Spec, Activated {
    public Conv2d {
        Expect.atLeast("filters", filters, 1);
        Expect.present("kernel", kernel);
        stride = stride == null ? Extent.ONE : stride;
        padding = padding == null ? Padding.VALID : padding;
        dilation = dilation == null ? Extent.ONE : dilation;
        groups = groups == null ? 1 : Expect.atLeast("groups", groups, 1);
        activation = activation == null ? new Activation.Linear() : activation;
        bias = bias == null || bias;
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A convolution with stride 1 and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Conv2d(int filters, int kernel, Padding padding, Activation activation) {
        this(filters, Extent.of(kernel), null, padding, null, null, activation, null, null);
    }

    @Override
    public Conv2d withActivation(Activation other) {
        return new Conv2d(filters, kernel, stride, padding, dilation, groups, other, bias, initializer);
    }

    @Override
    public LinearMap map(String name, Shape input) {
        Extent.ImageShape image = Extent.ImageShape.image(name, input);
        ConvolutionShape shape = new ConvolutionShape(
                padding.axis(name, input, image.height(), kernel.height(), stride.height(), dilation.height()),
                padding.axis(name, input, image.width(), kernel.width(), stride.width(), dilation.width()),
                image.channels(),
                filters,
                groups);
        return LinearMap.Windows.image(name, input, shape);
    }
}
