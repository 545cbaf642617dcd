package dev.lockstep.spark.train;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * The trainings of an application take turns: one round of one of them runs at a time, first come, first served. A
 * barrier stage needs all its task slots at once, so without turns two of them wait for each other's slots, or one
 * waits as long as the other trains. What a round computes does not depend on its turn.
 */
final class Turns {
    private static final Map<SparkContext, Turns> OF_APPLICATIONS = Collections.synchronizedMap(new WeakHashMap<>());

    private static final long POLL_MILLIS = 200;

    private final Deque<Object> queue = new ArrayDeque<>();

    /** What a training does while it waits. */
    interface Waiting {
        /**
         * Called several times a second.
         *
         * @param before how many rounds are before it
         * @param nanos how long it has waited
         */
        void on(int before, long nanos);
    }

    /** The turns of an application. */
    static Turns of(SparkContext context) {
        return OF_APPLICATIONS.computeIfAbsent(context, key -> new Turns());
    }

    /**
     * Does some work when its turn has come.
     *
     * @param waiting what it throws takes the work out of the queue
     */
    <T> T take(Waiting waiting, Supplier<T> work) {
        Object ticket = new Object();
        try {
            await(ticket, waiting);
            return work.get();
        } finally {
            leave(ticket);
        }
    }

    private void await(Object ticket, Waiting waiting) {
        long start = System.nanoTime();
        for (int before = enter(ticket); before > 0; before = await(ticket)) {
            waiting.on(before, System.nanoTime() - start);
        }
    }

    private synchronized int enter(Object ticket) {
        queue.add(ticket);
        return queue.size() - 1;
    }

    /** Waits a little, or until somebody leaves; how many are before the ticket then. */
    private synchronized int await(Object ticket) {
        if (queue.peek() != ticket) {
            try {
                TimeUnit.MILLISECONDS.timedWait(this, POLL_MILLIS);
            } catch (InterruptedException e) {
                // Asks the waiting trainings to look.
                Thread.currentThread().interrupt();
            }
        }
        int before = 0;
        for (Object other : queue) {
            if (other == ticket) {
                break;
            }
            before++;
        }
        return before;
    }

    private synchronized void leave(Object ticket) {
        queue.remove(ticket);
        notifyAll();
    }
}
