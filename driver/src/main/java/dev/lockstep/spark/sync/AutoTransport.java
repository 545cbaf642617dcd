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
 * Two ways to take the same steps, of which the faster one is kept: the first rounds of the training go by turns one
 * way and the other, and are measured until neither becomes faster by itself any more, which is when the compiler is
 * done. The state has the same bits whichever way each step went, so nothing is lost by trying.
 *
 * <p>When the chosen way has run for some seconds more and is warm, it says so if the choice saves the rest of the
 * training more than some seconds, and if Spark does not help at all: one rank alone would have to compute what all P
 * ranks compute and would wait for nobody, so
 *
 * <pre>{@code
 * step of one rank = P * mean over the ranks of their time to compute in a step
 * }</pre>
 *
 * <p>which is too much rather than too little where ranks share cores, because their time runs while others compute.
 */
public final class AutoTransport implements Synchronizer {
    /** Least rounds each way; the first one, which waits most for the compiler, is not counted. */
    private static final int TRIALS = 3;

    private static final int UNCOUNTED = 1;

    /** Most rounds each way. */
    private static final int MOST_TRIALS = 20;

    /**
     * A round that takes less than this part of the fastest one before is a sign that the compiler is still at work.
     */
    private static final double STILL_WARMING = 0.8;

    /** So many rounds in turn without such a sign; one where they take as long as this. */
    private static final int STEADY = 2;

    private static final long LONG_NANOS = 2_000_000_000L;

    /** How long the chosen way runs until its time is told: the compiler is done then. */
    private static final long WARM_NANOS = 3_000_000_000L;

    /** What a note has to save to be worth reading. */
    private static final double WORTH_SAYING_MILLIS = 5_000;

    private final Trial driver;
    private final Trial allReduce;
    private final IntSupplier ranks;
    private final long steps;
    private final Supplier<StepTimes> times;
    private final Consumer<String> notices;
    private final LongSupplier nanoTime;
    private double computeMillisAStep = Double.POSITIVE_INFINITY;
    private @Nullable Trial chosen;
    private boolean told;

    /** One of the ways, and how fast it has been. */
    private final class Trial {
        final Synchronizer synchronizer;
        int rounds;
        double millisAStep = Double.POSITIVE_INFINITY;
        long nanos;
        int steady;

        Trial(Synchronizer synchronizer) {
            this.synchronizer = synchronizer;
        }

        TrainState round(TrainState state) {
            long start = nanoTime.getAsLong();
            TrainState next = synchronizer.round(state);
            long took = nanoTime.getAsLong() - start;
            rounds++;
            nanos += took;
            if (counts()) {
                double millis = millisAStep(took, state, next);
                steady = millis > STILL_WARMING * millisAStep ? steady + 1 : 0;
                millisAStep = Math.min(millisAStep, millis);
            }
            return next;
        }

        /** Whether it has been tried for long enough. */
        boolean isMeasured() {
            return rounds >= MOST_TRIALS || rounds >= TRIALS && steady >= (nanos < LONG_NANOS ? STEADY : 1);
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
     * @param steps how many the whole training has
     * @param notices receives what is worth knowing
     */
    public AutoTransport(
            Synchronizer driver, Synchronizer allReduce, RankTasks<Rank> tasks, long steps, Consumer<String> notices) {
        this(
                driver,
                allReduce,
                () -> tasks.assignment().ranks(),
                steps,
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
            long steps,
            Supplier<StepTimes> times,
            Consumer<String> notices,
            LongSupplier nanoTime) {
        this.driver = new Trial(driver);
        this.allReduce = new Trial(allReduce);
        this.ranks = ranks;
        this.steps = steps;
        this.times = times;
        this.notices = notices;
        this.nanoTime = nanoTime;
    }

    @Override
    public TrainState round(TrainState state) {
        Trial way = chosen;
        if (way != null && told) {
            return way.synchronizer.round(state);
        }
        if (way == null) {
            way = driver.rounds <= allReduce.rounds ? driver : allReduce;
        }
        TrainState next = way == driver ? driver.round(state) : allReduceRound(state);
        if (chosen != null) {
            told = chosen.nanos >= WARM_NANOS;
            if (told) {
                tell(next.step());
            }
        } else if (way == allReduce && driver.isMeasured() && allReduce.isMeasured()) {
            chosen = allReduce.millisAStep <= driver.millisAStep ? allReduce : driver;
            chosen.nanos = 0;
        }
        return next;
    }

    private TrainState allReduceRound(TrainState state) {
        StepTimes before = times.get();
        TrainState next = allReduce.round(state);
        if (allReduce.counts()) {
            long nanos = times.get().since(before).computeNanos();
            computeMillisAStep = Math.min(computeMillisAStep, millisAStep(nanos, state, next));
        }
        return next;
    }

    private static double millisAStep(long nanos, TrainState from, TrainState to) {
        return nanos / 1e6 / (to.step() - from.step());
    }

    private void tell(long step) {
        boolean between = chosen == allReduce;
        Trial faster = between ? allReduce : driver;
        Trial slower = between ? driver : allReduce;
        long left = Math.max(0, steps - step);
        if (left * (slower.millisAStep - faster.millisAStep) > WORTH_SAYING_MILLIS) {
            notices.accept(String.format(
                    Locale.ROOT,
                    "sync.transport: %s; a step takes %.1f ms with allreduce, %.1f ms with driver",
                    between ? "allreduce" : "driver",
                    allReduce.millisAStep,
                    driver.millisAStep));
        }
        int count = ranks.getAsInt();
        double alone = count * computeMillisAStep;
        if (count > 1 && left * (faster.millisAStep - alone) > WORTH_SAYING_MILLIS) {
            notices.accept(String.format(
                    Locale.ROOT,
                    "Distributing does not pay off here: a step takes %.2f ms with %d ranks, and would take about"
                            + " %.2f ms with one rank alone (%d times the %.2f ms that a rank computes);"
                            + " --master 'local[1]' is one rank, with the same bits",
                    faster.millisAStep,
                    count,
                    alone,
                    count,
                    computeMillisAStep));
        }
    }
}
