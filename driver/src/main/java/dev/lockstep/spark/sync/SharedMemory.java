package dev.lockstep.spark.sync;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the driver and its ranks hand over arrays when they share a JVM, as in local mode: a task finds what the driver
 * shares with the tasks of a job by a number. Static, since a task that Spark deserialises has no other way to what the
 * driver holds.
 *
 * @param number what tasks find it by
 * @param value what is shared
 */
record SharedMemory<T>(long number, T value) implements AutoCloseable {
    private static final Map<Long, Object> SHARED = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

    /** Shares a value; close it when the job has ended. */
    static <T> SharedMemory<T> open(T value) {
        SharedMemory<T> shared = new SharedMemory<>(NEXT.incrementAndGet(), value);
        SHARED.put(shared.number(), value);
        return shared;
    }

    /**
     * What is shared under a number.
     *
     * @throws IllegalStateException if its job has ended: the task is a straggler
     */
    static <T> T find(long number, Class<T> type) {
        Object value = SHARED.get(number);
        if (value == null) {
            throw new IllegalStateException("job " + number + " has ended");
        }
        return type.cast(value);
    }

    @Override
    public void close() {
        SHARED.remove(number);
    }
}
