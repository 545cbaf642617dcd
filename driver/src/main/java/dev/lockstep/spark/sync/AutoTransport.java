package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two ways to take the same steps, of which the faster one is kept: the first steps of the training go some one way,
 * some the other, and are measured. The state has the same bits whichever way each step went, so nothing is lost by
 * trying.
 *
 * <p>It also says if Spark does not help at all: one rank alone would have to compute what all P ranks compute and
 * would wait for nobody, so
 *
 * <pre>{@code
 * step of one rank = P * mean over the ranks of their time to compute in a step
 * }</pre>
 *
 * <p>which is too much rather than too little where ranks share cores, since their time goes on while others compute.
 */
public final class AutoTransport implements Synchronizer {
    /** Rounds each way; the first one, which waits most for the compiler, is not counted. */
    private static final int TRIALS = 3;

    private static final int UNCOUNTED = 1;

    private final Trial driver;
    private final Trial allReduce;
    private final IntSupplier ranks;
    private final Supplier<StepTimes> times;
    private final Consumer<String> notices;
    private final LongSupplier nanoTime;
    private double computeMillisAStep = Double.POSITIVE_INFINITY;
    private @Nullable Synchronizer chosen;

    /** One of the ways, and how fast it has been. */
    private final class Trial {
        final Synchronizer synchronizer;
        int rounds;
        double millisAStep = Double.POSITIVE_INFINITY;

        Trial(Synchronizer synchronizer) {
            this.synchronizer = synchronizer;
        }

        TrainState round(TrainState state) {
            long start = nanoTime.getAsLong();
            TrainState next = synchronizer.round(state);
            long nanos = nanoTime.getAsLong() - start;
            rounds++;
            if (counts()) {
                millisAStep = Math.min(millisAStep, millisAStep(nanos, state, next));
            }
            return next;
        }

        /** Whether the last round counts. */
        boolean counts() {
            return rounds > UNCOUNTED;
        }
    }

    /**
     * A choice to be made.
     *
     * @param driver a Spark job a step
     * @param allReduce many steps a job
     * @param tasks whose ranks take the steps
     * @param notices is told the choice
     */
    public AutoTransport(Synchronizer driver, Synchronizer allReduce, RankTasks<Rank> tasks, Consumer<String> notices) {
        this(
                driver,
                allReduce,
                () -> tasks.assignment().ranks(),
                tasks.traffic()::stepTimes,
                notices,
                System::nanoTime);
    }

    /**
     * The same with another clock.
     *
     * @param ranks how many ranks there are
     * @param times where the time of all steps by all-reduce has gone so far, the mean over the ranks
     */
    AutoTransport(
            Synchronizer driver,
            Synchronizer allReduce,
            IntSupplier ranks,
            Supplier<StepTimes> times,
            Consumer<String> notices,
            LongSupplier nanoTime) {
        this.driver = new Trial(driver);
        this.allReduce = new Trial(allReduce);
        this.ranks = ranks;
        this.times = times;
        this.notices = notices;
        this.nanoTime = nanoTime;
    }

    @Override
    public TrainState round(TrainState state) {
        if (chosen != null) {
            return chosen.round(state);
        }
        if (driver.rounds < TRIALS) {
            return driver.round(state);
        }
        StepTimes before = times.get();
        TrainState next = allReduce.round(state);
        if (allReduce.counts()) {
            long nanos = times.get().since(before).computeNanos();
            computeMillisAStep = Math.min(computeMillisAStep, millisAStep(nanos, state, next));
        }
        if (allReduce.rounds == TRIALS) {
            choose();
        }
        return next;
    }

    private static double millisAStep(long nanos, TrainState from, TrainState to) {
        return nanos / 1e6 / (to.step() - from.step());
    }

    private void choose() {
        boolean between = allReduce.millisAStep <= driver.millisAStep;
        Trial faster = between ? allReduce : driver;
        chosen = faster.synchronizer;
        notices.accept(String.format(
                Locale.ROOT,
                "sync.transport: %s; a step takes %.1f ms with allreduce, %.1f ms with driver",
                between ? "allreduce" : "driver",
                allReduce.millisAStep,
                driver.millisAStep));
        int count = ranks.getAsInt();
        double alone = count * computeMillisAStep;
        if (count > 1 && alone < faster.millisAStep) {
            notices.accept(String.format(
                    Locale.ROOT,
                    "Distributing does not pay off here: a step takes %.2f ms with %d ranks, and would take some"
                            + " %.2f ms with one rank alone, which has the same bits (%d times the %.2f ms that"
                            + " a rank computes)",
                    faster.millisAStep,
                    count,
                    alone,
                    count,
                    computeMillisAStep));
        }
    }
}
