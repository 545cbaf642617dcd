package dev.lockstep.spark.config;

import org.jspecify.annotations.Nullable;

/** A job file cannot be read or is invalid; the message is one line that begins with the file and the line number. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param place the file and the line, or the option {@code --set}
     * @param detail what is wrong there
     */
    public JobException(String place, @Nullable String detail) {
        super(place + ": " + detail);
    }

    /** With what went wrong below. */
    public JobException(String place, @Nullable String detail, Throwable cause) {
        super(place + ": " + detail, cause);
    }
}
