package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fold over rounds, {@code state = synchronizer.round(state)}: counts epochs, validates after each, keeps the
 * history, the best epoch's parameters if wanted, stops early, and averages the weights if wanted. Knows neither layers
 * nor clusters.
 *
 * @param setup how rows become steps, the learning rate to report, the score that belongs to the loss
 * @param synchronizer what a round does
 * @param workers who validates
 * @param earlyStopping when to stop early; null: never
 * @param listener receives the progress
 */
public record Trainer(
        TrainingSetup setup,
        Synchronizer synchronizer,
        Workers workers,
        @Nullable EarlyStopping earlyStopping,
        RoundListener listener) {

    /**
     * Trains to the end.
     *
     * @param initial where to begin; consumed
     * @return the last state; {@link TrainState#learned()} is the model
     * @throws TrainingException if a loss, a parameter or a running statistic stops being finite
     */
    public TrainState train(TrainState initial) {
        if (keepsBest() && setup.update().averages()) {
            throw new IllegalArgumentException("restoreBest: the model is the average of the weights, which no"
                    + " epoch has measured; expected false");
        }
        TrainState state = keepsBest() && !initial.keepsBest() ? initial.keepingBest() : initial;
        TrainingPlan plan = setup.plan();
        ParameterUpdate update = setup.update();
        update.checkFinite(state);
        listener.started(plan, state);
        while (state.epoch() < plan.epochs() && !stopped(state)) {
            state = synchronizer.round(state);
            if (synchronizer.outerMomentum()) {
                // An outer step can exceed the bounds that the shards' own steps keep.
                update.boundWeights(state.parameters().theta());
            }
            update.checkFinite(state);
            listener.round(state);
            if (state.stepInEpoch() == plan.stepsPerEpoch()) {
                EpochMetrics metrics = metrics(state);
                List<EpochMetrics> history = new ArrayList<>(state.history());
                history.add(metrics);
                state = state.nextEpoch(history);
                keepIfBest(state);
                listener.epoch(metrics, workers.bytesSent());
            }
            listener.settled(state);
        }
        listener.finished(state);
        return update.averages() ? new AveragedWeights(setup, workers).of(state) : state;
    }

    private boolean keepsBest() {
        return earlyStopping != null && earlyStopping.restoreBest();
    }

    /** After an epoch. */
    private void keepIfBest(TrainState state) {
        if (earlyStopping != null
                && earlyStopping.restoreBest()
                && earlyStopping.best(state.history()) == state.epoch()) {
            state.keepAsBest();
        }
    }

    private boolean stopped(TrainState state) {
        return earlyStopping != null && state.stepInEpoch() == 0 && earlyStopping.shouldStop(state.history());
    }

    private static void checkWeight(String rows, LossSum losses) {
        if (losses.weight() == 0) {
            throw new TrainingException("the " + rows + " rows weigh nothing: row weights times class weights of all "
                    + losses.rows() + " are 0");
        }
    }

    /** Measures the validation rows, and gives the listener the other figures of the epoch. */
    private @Nullable LossSum validate(Parameters parameters) {
        MetricSet metrics = setup.evaluation().model().likelihood().epochMetrics();
        if (metrics.metrics().isEmpty()) {
            return workers.validate(parameters);
        }
        EvaluationSum sum = workers.measure(parameters, metrics);
        if (sum == null) {
            return null;
        }
        listener.validated(metrics.figures(sum.sums()));
        return sum.losses();
    }

    private EpochMetrics metrics(TrainState state) {
        Score score = setup.evaluation().model().likelihood().score();
        LossSum training = state.epochLosses();
        LossSum validation = validate(state.parameters());
        checkWeight("training", training);
        if (validation != null) {
            checkWeight("validation", validation);
            if (!Double.isFinite(validation.meanLoss())) {
                throw TrainingException.notFinite(
                        "the validation loss", validation.meanLoss(), "after epoch " + (state.epoch() + 1));
            }
        }
        return new EpochMetrics(
                state.epoch() + 1,
                state.step(),
                training.meanLoss(),
                score.of(training),
                validation == null ? Double.NaN : validation.meanLoss(),
                validation == null ? Double.NaN : score.of(validation),
                setup.update().divergence(state.step(), state.parameters().theta(), training),
                setup.update().learningRate(state.step() - 1, state.history()));
    }
}
