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
 * A fully connected layer whose weights are distributions: short for a {@link Variational} {@link Dense}, {@code y =
 * f(x w + b)}. Shapes: {@code m, rho [in, units]}, {@code b [units]}.
 *
 * @param units size of the output
 * @param activation {@code f}; linear unless given
 * @param estimator how it draws in training; local reparameterisation unless given, flipout for a sequence, whose steps
 *     share the weights
 * @param prior of each weight; {@code gaussian: {sigma: 1}} unless given
 * @param initialSigma {@code s} before training; 0.02 unless given
 * @param initializer {@code m} before training; Glorot uniform unless given
 */
@SpecName("variationalDense")
public record VariationalDense(
        @JsonProperty(required = true) int units,
        Activation activation,
        @Nullable Estimator estimator,
        Prior prior,
        Double initialSigma,
        Initializer initializer)
        implements LayerSpec, Activated {
    public VariationalDense {
        Expect.atLeast("units", units, 1);
        activation = activation == null ? new Activation.Linear() : activation;
        prior = Variational.givenOr(prior);
        initialSigma = Variational.givenOr(initialSigma);
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A layer with an activation, an estimator and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public VariationalDense(int units, Activation activation, Estimator estimator) {
        this(units, activation, estimator, null, null, null);
    }

    @Override
    public VariationalDense withActivation(Activation other) {
        return new VariationalDense(units, other, estimator, prior, initialSigma, initializer);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public Variational longForm() {
        return new Variational(new Dense(units, activation, true, initializer), estimator, prior, initialSigma);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return longForm().bind(input, layout);
    }
}
