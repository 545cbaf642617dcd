package dev.lockstep.spark.shard;

import org.jspecify.annotations.Nullable;

/**
 * Rows that a task needs are no longer where they were built. What refers to them is to be dropped: built again, it
 * finds or makes them elsewhere.
 */
public final class LostRowsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LostRowsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
