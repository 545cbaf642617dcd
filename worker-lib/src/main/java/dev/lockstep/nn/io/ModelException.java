package dev.lockstep.nn.io;

import org.jspecify.annotations.Nullable;

/**
 * A file of a model or of a checkpoint is missing, damaged, or does not fit the others; the message begins with the
 * file.
 */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param place the file, and where in it
     * @param detail what was expected and what was found
     */
    public ModelException(String place, @Nullable String detail) {
        super(place + ": " + detail);
    }

    /** With what went wrong below. */
    public ModelException(String place, @Nullable String detail, Throwable cause) {
        super(place + ": " + detail, cause);
    }
}
