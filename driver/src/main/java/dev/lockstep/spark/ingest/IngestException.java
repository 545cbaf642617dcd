package dev.lockstep.spark.ingest;

import java.io.Serial;

/**
 * Rows that cannot be used: the message names the file, the line (or the row, counted from 0, where rows are no lines),
 * the column and both values.
 */
public final class IngestException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A complaint in one line. */
    public IngestException(String message) {
        super(message);
    }

    /** A complaint in one line, and what led to it. */
    public IngestException(String message, Throwable cause) {
        super(message, cause);
    }
}
