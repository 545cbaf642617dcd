package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution whose weights are distributions: {@link VariationalDense} for images. With flipout a
 * row has a sign for each channel and for each filter, the same at all places. Local reparameterisation, which draws
 * each output by itself (Shridhar et al. 2019), is not that of one set of weights for all places, and refused unless
 * the kernel covers the image; then it is the default.
 *
 * <p>Shapes as those of {@link Conv2d}: {@code m, rho [kh, kw, in, filters]}, {@code b [filters]}.
 *
 * @param filters channels of the output
 * @param kernel size of a window
 * @param stride distance between windows; 1 unless given
 * @param padding valid unless given
 * @param activation {@code f}; linear unless given
 * @param estimator how it draws in training; flipout unless given (local reparameterisation for a single place)
 * @param prior of each weight; {@code gaussian: {sigma: 1}} unless given
 * @param initialSigma {@code s} before training; 0.02 unless given
 * @param initializer {@code m} before training; Glorot uniform unless given
 */
@SpecName("variationalConv2d")
public record VariationalConv2d(
        int filters,
        @JsonProperty(required = true) Extent kernel,
        Extent stride,
        Padding padding,
        Activation activation,
        @Nullable Estimator estimator,
        Prior prior,
        Double initialSigma,
        Initializer initializer)
        implements LayerSpec, Activated {
    public VariationalConv2d {
        Expect.atLeast("filters", filters, 1);
        Expect.present("kernel", kernel);
        stride = stride == null ? Extent.ONE : stride;
        padding = padding == null ? Padding.VALID : padding;
        activation = activation == null ? new Activation.Linear() : activation;
        prior = VariationalLayer.Settings.prior(prior);
        initialSigma = VariationalLayer.Settings.initialSigma(initialSigma);
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A layer with stride 1 and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public VariationalConv2d(int filters, int kernel, Padding padding, Activation activation, Estimator estimator) {
        this(filters, Extent.of(kernel), null, padding, activation, estimator, null, null, null);
    }

    @Override
    public VariationalConv2d withActivation(Activation other) {
        return new VariationalConv2d(
                filters, kernel, stride, padding, other, estimator, prior, initialSigma, initializer);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("variationalConv2d");
        Extent.ImageShape image = Extent.ImageShape.image(name, input);
        ConvolutionShape shape = new ConvolutionShape(
                padding.axis(name, input, image.height(), kernel.height(), stride.height(), 1),
                padding.axis(name, input, image.width(), kernel.width(), stride.width(), 1),
                image.channels(),
                filters,
                1);
        return VariationalLayer.bind(
                name,
                input,
                LinearMap.Windows.image(name, input, shape),
                new VariationalLayer.Settings(estimator, prior, initialSigma, initializer),
                activation,
                layout);
    }
}
