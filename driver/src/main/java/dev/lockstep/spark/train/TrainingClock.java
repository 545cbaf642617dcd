package dev.lockstep.spark.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import dev.lockstep.spark.report.TimeSpent.Work;
import dev.lockstep.spark.sync.Traffic;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures where a training's time goes, in the thread that trains. What is measured within something else counts for
 * itself alone.
 */
final class TrainingClock {
    private final LongSupplier nanoTime;
    private final long start;
    private final Map<Work, Long> nanos = new EnumMap<>(Work.class);
    private long rounds;
    private long within;

    /** A clock that runs from now on. */
    TrainingClock() {
        this(System::nanoTime);
    }

    TrainingClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    /** All time until now that is not known to be something else counts as a kind of work. */
    void untilNow(Work work) {
        long known = nanos.values().stream().mapToLong(each -> each).sum() + rounds;
        nanos.merge(work, nanoTime.getAsLong() - start - known, Long::sum);
    }

    /** Does some work. */
    <T extends @Nullable Object> T measure(Work work, Supplier<T> job) {
        long begin = nanoTime.getAsLong();
        long before = within;
        try {
            return job.get();
        } finally {
            long all = nanoTime.getAsLong() - begin;
            nanos.merge(work, all - (within - before), Long::sum);
            within = before + all;
        }
    }

    /** Work of the ranks over the training rows; where its time goes is known later. */
    private <T extends @Nullable Object> T ofRanks(Supplier<T> work) {
        long begin = nanoTime.getAsLong();
        try {
            return work.get();
        } finally {
            long all = nanoTime.getAsLong() - begin;
            rounds += all;
            within += all;
        }
    }

    /** The same rounds. */
    Synchronizer rounds(Synchronizer synchronizer) {
        return new Synchronizer() {
            @Override
            public TrainState round(TrainState state) {
                return ofRanks(() -> synchronizer.round(state));
            }

            @Override
            public boolean outerMomentum() {
                return synchronizer.outerMomentum();
            }
        };
    }

    /** The same rounds, after a wait for the turn of each. */
    Synchronizer waiting(Synchronizer turns) {
        return new Synchronizer() {
            @Override
            public TrainState round(TrainState state) {
                return TrainingClock.this.measure(Work.OTHERS, () -> turns.round(state));
            }

            @Override
            public boolean outerMomentum() {
                return turns.outerMomentum();
            }
        };
    }

    /** Workers whose measurements count as validation. */
    Workers measuring(Workers workers) {
        return new Workers() {
            @Override
            public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
                return workers.gradients(state);
            }

            @Override
            public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
                return workers.localSteps(state, steps);
            }

            @Override
            public @Nullable LossSum validate(Parameters parameters) {
                return TrainingClock.this.measure(Work.VALIDATION, () -> workers.validate(parameters));
            }

            @Override
            public @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
                return TrainingClock.this.measure(Work.VALIDATION, () -> workers.measure(parameters, metrics));
            }

            @Override
            public @Nullable CurvatureSum curvature(Parameters parameters) {
                return ofRanks(() -> workers.curvature(parameters));
            }

            @Override
            public long bytesSent() {
                return workers.bytesSent();
            }
        };
    }

    /** A writer of checkpoints, whose time counts as theirs. */
    RoundListener checkpoints(RoundListener checkpoints) {
        return new RoundListener() {
            @Override
            public void settled(TrainState state) {
                time(() -> checkpoints.settled(state));
            }

            @Override
            public void finished(TrainState state) {
                time(() -> checkpoints.finished(state));
            }

            private void time(Runnable work) {
                TrainingClock.this.<@Nullable Object>measure(Work.CHECKPOINTS, () -> {
                    work.run();
                    return null;
                });
            }
        };
    }

    /**
     * Seconds of each kind of work until now.
     *
     * @param traffic of the ranks, which says what the rounds did
     */
    Map<Work, Double> seconds(Traffic traffic) {
        untilNow(Work.REST);
        long compute = Math.min(rounds, traffic.stepTimes().computeNanos());
        long slowest = traffic.rankTimes().stream()
                .mapToLong(StepTimes::computeNanos)
                .max()
                .orElse(0);
        long mean = (long) traffic.rankTimes().stream()
                .mapToLong(StepTimes::computeNanos)
                .average()
                .orElse(0);
        long waiting = Math.max(
                0, Math.min(Math.min(slowest - mean, traffic.stepTimes().waitNanos()), rounds - compute));
        Map<Work, Double> seconds = new EnumMap<>(Work.class);
        nanos.forEach((work, spent) -> seconds.put(work, spent / 1e9));
        seconds.put(Work.COMPUTE, compute / 1e9);
        seconds.put(Work.WAITING, waiting / 1e9);
        seconds.put(Work.EXCHANGE, (rounds - compute - waiting) / 1e9);
        return seconds;
    }
}
