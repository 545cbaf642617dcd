package dev.lockstep.spark.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/** A training among others of its application: each of its rounds and measurements waits for its turn. */
final class TakesTurns {
    /** How long a wait is not worth a word. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Turns turns;
    private final Runnable check;
    private final Consumer<String> notices;
    private boolean said;

    /**
     * A training.
     *
     * @param check throws when the training has been cancelled
     * @param notices receives one line after a wait of some seconds
     */
    TakesTurns(SparkContext context, Runnable check, Consumer<String> notices) {
        turns = Turns.of(context);
        this.check = check;
        this.notices = notices;
    }

    /** The same rounds, in turn. */
    Synchronizer rounds(Synchronizer synchronizer) {
        return new Synchronizer() {
            @Override
            public TrainState round(TrainState state) {
                return take(() -> synchronizer.round(state));
            }

            @Override
            public boolean outerMomentum() {
                return synchronizer.outerMomentum();
            }
        };
    }

    /** Workers whose work is taken in turn where no round does it, which has a turn of its own. */
    Workers measuring(Workers workers) {
        return new Workers() {
            @Override
            public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
                return take(() -> workers.gradients(state));
            }

            @Override
            public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
                return workers.localSteps(state, steps);
            }

            @Override
            public @Nullable LossSum validate(Parameters parameters) {
                return take(() -> workers.validate(parameters));
            }

            @Override
            public @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
                return take(() -> workers.measure(parameters, metrics));
            }

            @Override
            public @Nullable CurvatureSum curvature(Parameters parameters) {
                return take(() -> workers.curvature(parameters));
            }

            @Override
            public long bytesSent() {
                return workers.bytesSent();
            }
        };
    }

    /** Does some work in turn. */
    <T extends @Nullable Object> T take(Supplier<T> work) {
        return turns.take(this::onWaiting, work);
    }

    private void onWaiting(int before, long nanos) {
        check.run();
        if (!said && nanos > QUIET_NANOS) {
            said = true;
            notices.accept(String.format(
                    Locale.ROOT,
                    "trainings of this application take turns, and %s before this one; the bits do not depend on the"
                            + " order",
                    before == 1 ? "one is" : before + " are"));
        }
    }
}
