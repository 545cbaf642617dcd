package dev.lockstep.spark.sync;

import java.util.concurrent.TimeUnit;

/**
 * How many steps a round of all-reduce has: so many that it takes about two seconds, which makes what a Spark job costs small and
 * still lets progress be seen. Measured, so rounds differ from run to run; nothing that is computed depends on it.
 */
final class RoundLength {
    private static final double TARGET_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Steps of the first round, which mostly measures how fast it goes. */
    private static final int FIRST = 16;

    /** How much longer than the one before a round may be; the first ones also wait for the compiler. */
    private static final int GROWTH = 4;

    private int next = FIRST;

    /** Steps of the next round: at most the rest of the epoch. */
    int steps(long leftInEpoch) {
        return (int) Math.min(next, leftInEpoch);
    }

    /** A round of some steps took so long. */
    void took(int steps, long nanos) {
        double fitting = steps * TARGET_NANOS / Math.max(nanos, 1);
        next = (int) Math.max(1, Math.min(fitting, (double) GROWTH * Math.max(next, steps)));
    }
}
