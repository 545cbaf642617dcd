package dev.lockstep.spark.sync;

/** A round failed; the message is what the first rank that failed said. */
public final class RoundFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoundFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
