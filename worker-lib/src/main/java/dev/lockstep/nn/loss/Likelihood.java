package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.TemperatureGrid;
import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a network's outputs: the distribution {@code p(t | y)} of a row's targets given the outputs. A loss
 * says it once ({@link Loss#likelihood()}); prediction, uncertainty, metrics, scaling and the columns of predictions
 * follow from it. The kinds are known in this package alone, so that nobody else can ask which one it is; what depends
 * on the kind is a method here.
 *
 * <p>Outputs are {@code [width]}, or {@code [steps, width]} where each step has a distribution of its own.
 */
public sealed interface Likelihood extends Serializable
        permits CategoricalLikelihood,
                SoftCategoricalLikelihood,
                BernoulliLikelihood,
                Hinge.Margins,
                NumberLikelihood,
                HeadsLikelihood {

    /**
     * The activation that turns the network's last linear output into the distribution's parameters, which are the
     * predictions. Where the last layer already ends in it, the loss takes its place in training (from logits: exact
     * and stable), so either way of writing a network means the same.
     */
    Activation link();

    /** Whether the last layer's outputs have to come without an activation of that layer. */
    default boolean takesPlainOutputs() {
        return !link().equals(new Activation.Linear());
    }

    /** Why an output after the link is not what is predicted, for messages; null where it is. */
    default @Nullable String outputsObstacle() {
        return null;
    }

    /** The figure reported beside the loss. */
    Score score();

    /**
     * Whether a row's target is a class, known by its label, rather than numbers.
     *
     * @param labelColumns how many columns hold the target
     */
    boolean classifies(int labelColumns);

    /** Whether targets may be shifted and scaled, which moves and scales their distribution and leaves its kind. */
    boolean allowsScaledTargets();

    /**
     * What of a scaling of all targets is done: that of targets which cannot be scaled is not.
     *
     * @param all one number for all targets, or one each
     */
    default Scaling scalable(Scaling all) {
        return all;
    }

    /**
     * How many targets the outputs of one step describe, which is how many a loss averages over.
     *
     * @param output shape of the network's output
     */
    int targets(Shape output);

    /**
     * The figures that say how good predictions are.
     *
     * @param output shape of the network's output
     */
    MetricSet metrics(Shape output);

    /** Those of them that are worth a look after each epoch, beside loss and score: those of heads, but for curves. */
    default MetricSet epochMetrics() {
        return new MetricSet(List.of());
    }

    /** Finds the temperature of a {@link Decision}; null where outputs are not those of probabilities. */
    default @Nullable TemperatureGrid temperatures() {
        return null;
    }

    /**
     * Finds the threshold of a {@link Decision}; null where there are not two classes.
     *
     * @param output shape of the network's output
     * @param classes whether the target is a class
     */
    default @Nullable ThresholdGrid thresholds(Shape output, boolean classes, ThresholdGrid.Criterion criterion) {
        return null;
    }

    /**
     * The columns that a row's prediction comes as, in order.
     *
     * @param names what the targets are called
     * @param output shape of the network's output, of one dimension
     * @param mixed whether predictions are mixtures, of samples or of an ensemble, which say how sure they are
     */
    List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed);

    /**
     * Room for the predictive distributions of the rows of a pass.
     *
     * @param output shape of the network's output
     * @param mixedRows the most rows of a mixture; 0 where there is only ever one component
     * @param scaling what the network sees the targets through, null: as they are; only where the likelihood
     *     {@linkplain #allowsScaledTargets() allows it}
     */
    PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling);
}
