package dev.lockstep.nn.train;

import java.io.Serializable;

/**
 * The use of the time of a rank's steps; the three together are all of it.
 *
 * @param computeNanos gathering rows, forward and backward, adding up gradients, stepping the optimiser
 * @param copyNanos handing gradients and parameters over to other ranks, or to what sends them; where the driver adds
 *     up what ranks leave, all that a Spark job takes beside the slowest rank's computing
 * @param waitNanos waiting for other ranks, and for what is on its way
 */
public record StepTimes(long computeNanos, long copyNanos, long waitNanos) implements Serializable {
    /** No time at all. */
    public static final StepTimes ZERO = new StepTimes(0, 0, 0);

    /** All of it. */
    public long totalNanos() {
        return computeNanos + copyNanos + waitNanos;
    }

    /** Both together. */
    public StepTimes plus(StepTimes other) {
        return new StepTimes(
                computeNanos + other.computeNanos, copyNanos + other.copyNanos, waitNanos + other.waitNanos);
    }

    /** What there is more than at an earlier time. */
    public StepTimes since(StepTimes earlier) {
        return new StepTimes(
                computeNanos - earlier.computeNanos, copyNanos - earlier.copyNanos, waitNanos - earlier.waitNanos);
    }

    /** The mean over some ranks, of which this is the sum. */
    public StepTimes mean(int ranks) {
        return new StepTimes(computeNanos / ranks, copyNanos / ranks, waitNanos / ranks);
    }
}
