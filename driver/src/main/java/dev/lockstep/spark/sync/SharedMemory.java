package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.TrainState;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the driver and its ranks hand over arrays when they share a JVM, as in local mode: a task finds the job's state by a
 * number, and leaves its result under it. Static, since a task that Spark deserialises has no other way to what the driver
 * holds; an exchange lasts for one job.
 */
final class SharedMemory {
    private static final Map<Long, Exchange> EXCHANGES = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

    private SharedMemory() {}

    /**
     * What one job hands over.
     *
     * @param number what tasks find it by
     * @param state what the ranks work on; read only
     * @param results what they leave, one entry a rank
     */
    record Exchange(long number, TrainState state, Queue<List<?>> results) implements AutoCloseable {
        @Override
        public void close() {
            EXCHANGES.remove(number);
        }
    }

    /** Opens an exchange; close it when the job has ended. */
    static Exchange open(TrainState state) {
        Exchange exchange = new Exchange(NEXT.incrementAndGet(), state, new ConcurrentLinkedQueue<>());
        EXCHANGES.put(exchange.number(), exchange);
        return exchange;
    }

    /** The exchange of a number; null if its job has ended. */
    static Exchange find(long number) {
        return EXCHANGES.get(number);
    }
}
