package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution whose weights are distributions: short for a {@link Variational} {@link Conv2d} without
 * dilation and groups. With flipout a row has a sign for each channel and for each filter, the same at all places.
 * Local reparameterisation, which draws each output by itself (Shridhar et al. 2019), is not that of one set of weights
 * for all places, and refused unless the kernel covers the image; then it is the default.
 *
 * <p>Shapes: {@code m, rho [kh, kw, in, filters]}, {@code b [filters]}.
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
        prior = Variational.givenOr(prior);
        initialSigma = Variational.givenOr(initialSigma);
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
    public Variational longForm() {
        Conv2d conv = new Conv2d(filters, kernel, stride, padding, Extent.ONE, 1, activation, true, initializer);
        return new Variational(conv, estimator, prior, initialSigma);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return longForm().bind(input, layout);
    }
}
