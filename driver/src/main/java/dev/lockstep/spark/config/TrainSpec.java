package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.posterior.WeightTrace;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.train.DecisionFit;
import dev.lockstep.nn.train.EarlyStopping;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The length of a training and the size of its steps.
 *
 * @param epochs how often training uses each row; 10 unless given
 * @param batchSize rows per step over all shards; 128 unless given
 * @param seed decides initial weights, the order of rows and every other random number; 0 unless given
 * @param schedule the learning rate over time; constant unless given
 * @param clipNorm see {@link GradientClipping#norm}; null: none
 * @param clipValue see {@link GradientClipping#value}; null: none
 * @param klWeight how much the divergence of distributions over weights counts; null: as it is
 * @param earlyStopping when to end early; null: never
 * @param weightAverage which average over the weights of the steps the model is; null: the weights themselves
 * @param posterior how the parameters of the trained network are distributed; null: they are what was learned
 * @param lazyUpdate whether a step leaves rows of first layers alone that it does not use; null: not
 * @param temperatureScaling see {@link DecisionFit#temperature}; null: not
 * @param threshold see {@link DecisionFit#threshold}; null: one half
 * @param decisionSamples predictive samples of the predictions that temperature and threshold are fitted to; null: none
 */
public record TrainSpec(
        Integer epochs,
        Integer batchSize,
        Long seed,
        Schedule schedule,
        @Nullable Double clipNorm,
        @Nullable Double clipValue,
        @Nullable KlWeight klWeight,
        @Nullable EarlyStopping earlyStopping,
        @Nullable WeightAverage weightAverage,
        @Nullable WeightPosterior posterior,
        @Nullable Boolean lazyUpdate,
        @Nullable Boolean temperatureScaling,
        ThresholdGrid.@Nullable Criterion threshold,
        @Nullable Integer decisionSamples) {
    /** What an absent {@code train} means. */
    @SuppressWarnings("NullAway") // what is absent is null to the constructor, which applies the default
    public static final TrainSpec DEFAULTS =
            new TrainSpec(null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** Applies the defaults and checks. */
    public TrainSpec {
        epochs = Expect.atLeast("epochs", requireNonNullElse(epochs, 10), 1);
        batchSize = Expect.atLeast("batchSize", requireNonNullElse(batchSize, 128), 1);
        seed = requireNonNullElse(seed, 0L);
        schedule = requireNonNullElseGet(schedule, Schedule.Constant::new);
        GradientClipping checked = new GradientClipping(clipNorm, clipValue);
        clipNorm = checked.norm();
        clipValue = checked.value();
        if (decisionSamples != null) {
            decisionSamples = Expect.atLeast("decisionSamples", decisionSamples, 1);
            if (threshold == null && !Boolean.TRUE.equals(temperatureScaling)) {
                throw new IllegalArgumentException(
                        "decisionSamples: there is nothing to fit; add temperatureScaling or threshold");
            }
        }
        if (weightAverage != null && posterior != null && posterior.trace() != null) {
            throw new IllegalArgumentException(
                    "posterior: it already averages the weights of the steps; remove weightAverage");
        }
    }

    /** The schedules, each with its key below {@code train}. */
    public Map<String, Schedule> schedules() {
        Map<String, Schedule> schedules = new TreeMap<>(Map.of("schedule", schedule));
        if (klWeight != null) {
            schedules.put("klWeight.schedule", klWeight.schedule());
        }
        return schedules;
    }

    /** What is remembered of the weights of the steps; null: nothing. */
    public @Nullable WeightTrace trace() {
        return posterior == null || posterior.trace() == null ? WeightTrace.of(weightAverage) : posterior.trace();
    }

    /** What is fitted on the validation rows after training. */
    public DecisionFit decision() {
        return new DecisionFit(Boolean.TRUE.equals(temperatureScaling), threshold);
    }

    /** Bounds on the gradient. */
    public GradientClipping clipping() {
        return new GradientClipping(clipNorm, clipValue);
    }
}
