package dev.lockstep.spark.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.nn.model.LayerProbe;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.TrainingListener;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adds to what the training knows what a clock knows, and hands both to those who report it. */
final class ProgressReporter implements RoundListener {
    private final Network network;
    private final Supplier<StepTimes> stepTimes;
    private final Supplier<List<StepTimes>> rankTimes;
    private final @Nullable LayerProbe probe;
    private final TrainingListener listener;
    private long stepsPerEpoch;
    private LossSum epochLosses = LossSum.ZERO;
    private long epochStartNanos;
    private long epochStartRows;
    private long trainingNanos;
    private long bytesSentBefore;
    private StepTimes stepTimesBefore = StepTimes.ZERO;
    private Map<String, Double> headMetrics = Map.of();
    private LayerFigures layers = LayerFigures.NONE;

    /**
     * A reporter.
     *
     * @param network which is trained
     * @param stepTimes where the time of all steps has gone so far
     * @param rankTimes the same a rank
     * @param probe measures the layers; null: nobody does
     * @param listener who receives the progress
     */
    ProgressReporter(
            Network network,
            Supplier<StepTimes> stepTimes,
            Supplier<List<StepTimes>> rankTimes,
            @Nullable LayerProbe probe,
            TrainingListener listener) {
        this.network = network;
        this.stepTimes = stepTimes;
        this.rankTimes = rankTimes;
        this.probe = probe;
        this.listener = listener;
    }

    @Override
    public void started(TrainingPlan plan, TrainState state) {
        stepsPerEpoch = plan.stepsPerEpoch();
        epochLosses = state.epochLosses();
        epochStartRows = epochLosses.rows();
        epochStartNanos = System.nanoTime();
        // Within an epoch it is not known where its parameters began.
        if (probe != null && state.stepInEpoch() == 0) {
            probe.begin(state.parameters().theta());
        }
    }

    @Override
    public void round(TrainState state) {
        trainingNanos = System.nanoTime() - epochStartNanos;
        LossSum losses = state.epochLosses();
        double weight = losses.weight() - epochLosses.weight();
        // A round without rows has no loss to show.
        if (weight > 0) {
            double loss = (losses.loss() - epochLosses.loss()) / weight;
            listener.step(state.epoch() + 1, state.stepInEpoch(), stepsPerEpoch, loss);
        }
        List<StepTimes> ranks = rankTimes.get();
        if (!ranks.isEmpty()) {
            listener.ranks(ranks);
        }
        epochLosses = losses;
        if (probe != null && state.stepInEpoch() == stepsPerEpoch) {
            layers = probe.measure(state.parameters());
        }
    }

    @Override
    public void validated(Map<String, Object> figures) {
        headMetrics = Measures.ofHeads(figures);
    }

    @Override
    public void epoch(EpochMetrics metrics, long bytesSent) {
        StepTimes times = stepTimes.get();
        Score score = network.likelihood().score();
        listener.epoch(new EpochReport(
                metrics.epoch(),
                metrics.step(),
                metrics.loss(),
                Map.of(score.label(), metrics.score()),
                metrics.validated() ? metrics.validationLoss() : null,
                metrics.validated() ? Map.of(score.label(), metrics.validationScore()) : Map.of(),
                headMetrics,
                metrics.bayesian() ? metrics.divergence() : null,
                metrics.learningRate(),
                seconds(System.nanoTime() - epochStartNanos),
                (epochLosses.rows() - epochStartRows) / seconds(trainingNanos),
                bytesSent - bytesSentBefore,
                times.equals(stepTimesBefore) ? null : times.since(stepTimesBefore),
                layers));
        stepTimesBefore = times;
        bytesSentBefore = bytesSent;
        epochLosses = LossSum.ZERO;
        epochStartRows = 0;
        epochStartNanos = System.nanoTime();
    }

    @Override
    public void settled(TrainState state) {
        if (state.stepInEpoch() == 0) {
            listener.learned(state.step(), network, state.parameters().theta());
        }
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
