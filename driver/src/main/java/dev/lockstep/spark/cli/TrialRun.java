package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.Measures;
import org.jspecify.annotations.Nullable;

/** One training of a trial, and how it ended. */
final class TrialRun {
    private final int number;
    private final JobSpec job;
    private final String directory;
    private @Nullable Measures measures;
    private @Nullable String failure;

    TrialRun(int number, JobSpec job, String directory) {
        this.number = number;
        this.job = job;
        this.directory = directory;
    }

    int number() {
        return number;
    }

    JobSpec job() {
        return job;
    }

    String directory() {
        return directory;
    }

    synchronized void succeed(Measures figures) {
        measures = figures;
    }

    synchronized void fail(String reason) {
        failure = reason;
    }

    synchronized boolean ended() {
        return measures != null || failure != null;
    }

    /** Figures of the validation rows; null if the training failed. */
    synchronized @Nullable Measures measures() {
        return measures;
    }

    /** Why there are none; null if there are. */
    synchronized @Nullable String failure() {
        return failure;
    }

    /** The validation loss; infinite where there is none. */
    synchronized double loss() {
        return measures == null || Double.isNaN(measures.loss()) ? Double.POSITIVE_INFINITY : measures.loss();
    }
}
