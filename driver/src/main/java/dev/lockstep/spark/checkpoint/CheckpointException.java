package dev.lockstep.spark.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be written, or none can be resumed from; the message begins with the place. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param place the file or the directory
     * @param detail what is wrong there
     */
    public CheckpointException(String place, @Nullable String detail) {
        super(place + ": " + detail);
    }

    /** With what went wrong below. */
    public CheckpointException(String place, @Nullable String detail, Throwable cause) {
        super(place + ": " + detail, cause);
    }
}
