package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Two ways to take the same steps, of which the faster one is kept: the first steps of the training go some one way, some the other, and
 * are measured. The state has the same bits whichever way each step went, so nothing is lost by trying.
 */
public final class FasterTransport implements Synchronizer {
    /** Rounds each way; the first one, which waits most for the compiler, is not counted. */
    private static final int TRIALS = 3;

    private static final int UNCOUNTED = 1;

    private final Trial driver;
    private final Trial allReduce;
    private final Consumer<String> notices;
    private Synchronizer chosen;

    /** One of the ways, and how fast it has been. */
    private static final class Trial {
        final Synchronizer synchronizer;
        int rounds;
        double millisecondsAStep = Double.POSITIVE_INFINITY;

        Trial(Synchronizer synchronizer) {
            this.synchronizer = synchronizer;
        }

        TrainState round(TrainState state) {
            long start = System.nanoTime();
            TrainState next = synchronizer.round(state);
            double milliseconds = (System.nanoTime() - start) / 1e6;
            rounds++;
            if (rounds > UNCOUNTED) {
                millisecondsAStep = Math.min(millisecondsAStep, milliseconds / (next.step() - state.step()));
            }
            return next;
        }
    }

    /**
     * A choice to be made.
     *
     * @param driver a Spark job a step
     * @param allReduce many steps a job
     * @param notices is told the choice
     */
    public FasterTransport(Synchronizer driver, Synchronizer allReduce, Consumer<String> notices) {
        this.driver = new Trial(driver);
        this.allReduce = new Trial(allReduce);
        this.notices = notices;
    }

    @Override
    public TrainState round(TrainState state) {
        if (chosen != null) {
            return chosen.round(state);
        }
        TrainState next = (driver.rounds < TRIALS ? driver : allReduce).round(state);
        if (allReduce.rounds == TRIALS) {
            boolean between = allReduce.millisecondsAStep <= driver.millisecondsAStep;
            chosen = (between ? allReduce : driver).synchronizer;
            notices.accept(String.format(
                    Locale.ROOT,
                    "sync.transport: %s; a step takes %.1f ms with allreduce, %.1f ms with driver",
                    between ? "allreduce" : "driver",
                    allReduce.millisecondsAStep,
                    driver.millisecondsAStep));
        }
        return next;
    }
}
