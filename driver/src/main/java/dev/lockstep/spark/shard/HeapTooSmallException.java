package dev.lockstep.spark.shard;

import dev.lockstep.nn.train.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * A heap is too small for a training; the message says whose, how large it is and which setting gives more. The
 * {@link OutOfMemoryError} is not among its causes: Spark ends a process, and so a program that has a session, when it
 * finds one there.
 */
public final class HeapTooSmallException extends TrainingException {
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param cause the failure that revealed it; null: nothing but the error itself
     */
    public HeapTooSmallException(@Nullable String message, @Nullable Throwable cause) {
        super(String.valueOf(message));
        if (cause != null) {
            initCause(cause);
        }
    }
}
