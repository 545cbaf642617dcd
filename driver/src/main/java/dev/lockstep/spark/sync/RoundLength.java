package dev.lockstep.spark.sync;

import java.util.concurrent.TimeUnit;

/**
 * How many steps a round of all-reduce has: so many that they take about two seconds, or longer if that is not enough
 * to make what else a round costs (a Spark job, the state on its way to the ranks and back) small. Measured, so rounds
 * differ from run to run; nothing that is computed depends on it.
 */
final class RoundLength {
    private static final double LEAST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final double MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** How much longer than all else the steps of a round shall take. */
    private static final double SHARE = 50;

    /** Steps of the first round, which mostly measures how fast it goes. */
    private static final int FIRST = 16;

    /** How much longer than the one before a round may be; the first ones also wait for the compiler. */
    private static final int GROWTH = 4;

    private int next = FIRST;

    /** Steps of the next round: at most the rest of the epoch. */
    int steps(long leftInEpoch) {
        return (int) Math.min(next, leftInEpoch);
    }

    /**
     * A round is over.
     *
     * @param steps how many it had
     * @param stepNanos how long they took
     * @param roundNanos how long all of the round took
     */
    void took(int steps, long stepNanos, long roundNanos) {
        double target = Math.min(MOST_NANOS, Math.max(LEAST_NANOS, SHARE * (roundNanos - stepNanos)));
        double fitting = steps * target / Math.max(stepNanos, 1);
        next = (int) Math.max(1, Math.min(fitting, (double) GROWTH * Math.max(next, steps)));
    }
}
