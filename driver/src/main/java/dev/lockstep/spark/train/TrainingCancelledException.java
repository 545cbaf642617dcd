package dev.lockstep.spark.train;

import org.jspecify.annotations.Nullable;

/**
 * A training has ended because somebody wanted it to: by {@link TrainingJob#cancel}, by an interrupt of its thread, or
 * by cancelling its Spark job. Checkpoints written so far stay, and a run in the same directory resumes from them.
 */
public final class TrainingCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
