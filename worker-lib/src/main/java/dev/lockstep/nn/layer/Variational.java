package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose weights are distributions (Bayes by backprop; Graves 2011, Blundell et al. 2015): each weight has the
 * posterior {@code N(m, s^2)}, {@code s = softplus(rho)}, and {@code y = g(x; w)} is what the layer computes from
 * weights that are drawn again in each training step and in each predictive sample. A pass outside training that draws
 * nothing uses the means. Biases are numbers, as usual.
 *
 * <p>A recurrent layer draws its weights once for all rows and steps (Fortunato, Blundell and Vinyals 2017), an
 * embedding its table. Dense layers and convolutions have a choice, see {@link Estimator}: for these, {@code y = f(L(x,
 * w) + b)}, and training may draw for each row by itself.
 *
 * <p>Training minimises the negative evidence lower bound, {@code -log p(t | x) + KL(q || prior)} of the training set,
 * in the unit of the mean loss (see {@link dev.lockstep.nn.optim.KlWeight}); the loss that is reported is the first
 * term alone. Gradients: {@code dm} is the layer's own by its weights; for rho see
 * {@link dev.lockstep.nn.param.Posterior}.
 *
 * <p>Shapes as those of the layer, with {@code m} and {@code rho} of the shape of each tensor of weights.
 *
 * @param layer what computes
 * @param estimator how it draws in training: for dense layers and convolutions local reparameterisation unless given,
 *     or flipout where steps or places share the weights; other layers draw their weights (reparameterisation)
 * @param prior of each weight; {@code gaussian: {sigma: 1}} unless given
 * @param initialSigma {@code s} before training; 0.02 unless given
 */
@SpecName("variational")
public record Variational(
        @JsonProperty(required = true) LayerSpec.LayerWithWeights layer,
        @Nullable Estimator estimator,
        Prior prior,
        Double initialSigma)
        implements LayerSpec, Activated {
    /** Small beside Glorot's initial means, so that training begins almost as that of a plain layer. */
    private static final double INITIAL_SIGMA = 0.02;

    public Variational {
        Expect.present("layer", layer);
        prior = givenOr(prior);
        initialSigma = givenOr(initialSigma);
    }

    /** A layer with the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Variational(LayerSpec.LayerWithWeights layer) {
        this(layer, null, null, null);
    }

    /** A layer with an estimator and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Variational(LayerSpec.LayerWithWeights layer, Estimator estimator) {
        this(layer, estimator, null, null);
    }

    @SuppressWarnings("NullAway") // a setting that is absent is null to the constructor, which applies the default
    static Prior givenOr(@Nullable Prior prior) {
        return prior == null ? new Prior.Gaussian(null) : prior;
    }

    static double givenOr(@Nullable Double sigma) {
        return sigma == null ? INITIAL_SIGMA : Expect.positive("initialSigma", sigma);
    }

    /** That of the layer; linear if it has none that is applied last. */
    @Override
    public Activation activation() {
        return layer instanceof Activated activated ? activated.activation() : new Activation.Linear();
    }

    @Override
    public Variational withActivation(Activation other) {
        LayerSpec changed = ((Activated) layer).withActivation(other);
        return new Variational((LayerSpec.LayerWithWeights) changed, estimator, prior, initialSigma);
    }

    @Override
    public boolean readsStepByStep() {
        return layer.readsStepByStep();
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return layer instanceof LinearMap.Spec linear
                ? VariationalLayer.bind(input, this, linear, layout)
                : DrawnLayer.bind(input, this, layout);
    }

    /**
     * What a distribution's part is called for a tensor of weights: {@code weight} has a {@code mean} and a
     * {@code rho}, {@code recurrentWeight} a {@code recurrentMean} and a {@code recurrentRho}.
     */
    static String tensor(String name, String part) {
        String stem = name.replaceFirst("(w|W)eight$", "");
        return stem.isEmpty() ? part : stem + Character.toUpperCase(part.charAt(0)) + part.substring(1);
    }

    /** Where {@code rho} begins. */
    float initialRho() {
        return (float) StrictMath.log(StrictMath.expm1(initialSigma));
    }
}
