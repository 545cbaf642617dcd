package dev.lockstep.spark.sync;

import org.jspecify.annotations.Nullable;

/** A round failed; the message is what the first rank that failed said. */
public final class RoundFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoundFailedException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
