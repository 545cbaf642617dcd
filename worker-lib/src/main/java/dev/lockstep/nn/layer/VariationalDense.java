package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer whose weights are distributions (Bayes by backprop; Graves 2011, Blundell et al. 2015): each
 * weight has the posterior {@code N(m, s^2)}, {@code s = softplus(rho)}, and {@code y = f(x w + b)} for weights that
 * are drawn again in each training step and in each predictive sample. A pass outside training that draws nothing uses
 * the means. Biases are numbers, as usual.
 *
 * <p>Shapes as those of {@link Dense}: {@code m, rho [in, units]}, {@code b [units]}. Training minimises the negative
 * evidence lower bound, {@code -log p(t | x) + KL(q || prior)} of the training set, in the unit of the mean loss (see
 * {@link dev.lockstep.nn.optim.KlWeight}); the loss that is reported is the first term alone. Noise: with local
 * reparameterisation a stream for each row, with flipout signs for each row and one draw of the weights for all; in a
 * predictive sample one draw of the weights. Gradients: {@code dm = x^T dz}; for rho see {@link Posterior}.
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
        prior = VariationalLayer.Settings.prior(prior);
        initialSigma = VariationalLayer.Settings.initialSigma(initialSigma);
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
    public Layer bind(Shape input, ParameterLayout layout) {
        return VariationalLayer.bind(
                layout.nameLayer("variationalDense"),
                input,
                LinearMap.Product.of(input, units),
                new VariationalLayer.Settings(estimator, prior, initialSigma, initializer),
                activation,
                layout);
    }
}
