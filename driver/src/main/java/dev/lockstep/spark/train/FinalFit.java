package dev.lockstep.spark.train;

import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.TemperatureGrid;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import dev.lockstep.spark.config.TrainSpec;
import dev.lockstep.spark.sync.SparkEvaluation;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is fitted when the last step has been taken: the distribution over the weights that follows from all training
 * rows, and the temperature and threshold that follow from the validation rows.
 *
 * @param train what the job wants
 * @param setup of the training
 * @param workers that hold the rows
 * @param sampled measures the validation rows by so many predictive samples
 * @param turns of the training
 * @param notice receives a line about each fit
 */
record FinalFit(
        TrainSpec train,
        TrainingSetup setup,
        Workers workers,
        IntFunction<SparkEvaluation> sampled,
        TakesTurns turns,
        Consumer<String> notice) {

    /**
     * What came of it.
     *
     * @param end the last state, which has learned a distribution if one is wanted
     * @param decision how predictions become decisions
     */
    record Fitted(TrainState end, Decision decision) {}

    /** Fits, after the last state. */
    Fitted of(TrainState last) {
        if (setup.update().averages()) {
            compare(last);
        }
        TrainState end = distributed(last);
        return new Fitted(end, decide(end));
    }

    /** Figures of the epochs are those of the weights that were trained, not of their average. */
    private void compare(TrainState end) {
        LossSum averaged = workers.validate(end.learned());
        if (averaged != null && !end.history().isEmpty()) {
            notice.accept(String.format(
                    Locale.ROOT,
                    "%s: validation loss of the average %.4f, that of the last weights %.4f",
                    train.posterior() == null ? "train.weightAverage" : "train.posterior",
                    averaged.meanLoss(),
                    end.history().get(end.history().size() - 1).validationLoss()));
        }
    }

    private TrainState distributed(TrainState end) {
        WeightPosterior posterior = train.posterior();
        if (posterior == null) {
            return end;
        }
        WeightPosterior.Fitted fitted = posterior.fit(setup.network(), workers::curvature, end.learned());
        if (!fitted.notice().isEmpty()) {
            notice.accept(fitted.notice());
        }
        return end.withLearned(fitted.parameters());
    }

    private Decision decide(TrainState end) {
        Decision fitted = train.decision().fit(setup.network(), this::measure, end.learned());
        if (train.decision().temperature()) {
            notice.accept(String.format(
                    Locale.ROOT,
                    fitted.temperature() > TemperatureGrid.LEAST
                            ? "train.temperatureScaling: temperature %.4f"
                            : "train.temperatureScaling: the predictions of all validation rows are correct, so no"
                                    + " temperature is best; Lockstep uses the least one, %.4f",
                    fitted.temperature()));
        }
        if (train.threshold() != null) {
            notice.accept(String.format(Locale.ROOT, "train.threshold: %.4f", fitted.threshold()));
        }
        return fitted;
    }

    /** The validation rows by the predictions that temperature and threshold are for. */
    private @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        Integer samples = train.decisionSamples();
        if (samples == null) {
            return workers.measure(parameters, metrics);
        }
        try (SparkEvaluation evaluation = sampled.apply(samples)) {
            return turns.take(() -> evaluation.measure(parameters, metrics));
        }
    }
}
