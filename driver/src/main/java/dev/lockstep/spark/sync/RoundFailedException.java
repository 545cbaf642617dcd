package dev.lockstep.spark.sync;

import org.jspecify.annotations.Nullable;

/** A round failed; the message is what the first rank that failed said. */
public final class RoundFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoundFailedException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Spark's own exceptions are checked ones, although its methods do not say so. */
    static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException same
                ? same
                : new RoundFailedException(failure.getMessage(), failure);
    }
}
