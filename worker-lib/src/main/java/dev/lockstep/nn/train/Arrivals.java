package dev.lockstep.nn.train;

import java.util.concurrent.TimeUnit;

/** Counts arrivals of one kind over a whole round; the threads that wait for some of them continue together. */
final class Arrivals {
    /** How often a thread looks before it sleeps; some ten microseconds, the time that waking it would take. */
    private static final int LOOKS = 500;

    /** How long a sleeping thread waits before it asks whether it has been cancelled. */
    private static final long POLL_MILLIS = 100;

    private final RoundFailure failure;
    private volatile long count;

    Arrivals(RoundFailure failure) {
        this.failure = failure;
        failure.onFailure(this::wake);
    }

    /** Another one has arrived, with all that its thread has written before. */
    synchronized void arrive() {
        count = count + 1;
        notifyAll();
    }

    /** Whether as many have arrived. */
    boolean have(long target) {
        return count >= target;
    }

    private synchronized void wake() {
        notifyAll();
    }

    /**
     * Waits until {@code target} have arrived since the beginning.
     *
     * @param cancellation is asked from time to time
     * @throws PeerFailureException if the round has failed
     */
    void await(long target, Cancellation cancellation) {
        for (int look = 0; look < LOOKS && count < target; look++) {
            Thread.onSpinWait();
        }
        failure.check();
        while (count < target) {
            sleep(target);
            failure.check();
            cancellation.check();
        }
    }

    /** Sleeps until they have arrived, the round has failed, or some time has passed. */
    private synchronized void sleep(long target) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
        try {
            while (count < target && !failure.happened()) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (leftMillis <= 0) {
                    return;
                }
                wait(leftMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerFailureException("interrupted while waiting for other ranks", e);
        }
    }
}
