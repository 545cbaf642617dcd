package dev.lockstep.spark.cli;

import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.train.TrainingException;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.ingest.IngestException;
import java.io.IOException;
import java.util.List;

/**
 * What a driver on a cluster does at its end. Under {@code --supervise}, a standalone cluster restarts a driver until
 * it ends with exit code 0, a failure that the same command would meet again ends with 0, and a line says so.
 */
final class Supervision {
    /** The line below such an error. */
    static final String NOT_RESTARTED = "not restarted: the same command would fail again. Its exit code is 0, because"
            + " --supervise restarts every other one";

    /** Set by spark-submit from {@code --supervise}. */
    private static final String PROPERTY = "spark.driver.supervise";

    private static final List<Class<? extends Exception>> LASTING =
            List.of(JobException.class, IngestException.class, SpecException.class, TrainingException.class);

    private Supervision() {}

    /** Whether a cluster restarts this process. */
    static boolean isOn() {
        return Boolean.getBoolean(PROPERTY);
    }

    /**
     * Whether the end of this process counts as a failure, whatever its exit code: a driver on YARN must return to
     * Spark, which then ends the process.
     */
    static boolean isEndAFailure() {
        return "yarn".equals(System.getProperty("spark.master"))
                && "cluster".equals(System.getProperty("spark.submit.deployMode"));
    }

    /** Whether a failure comes from the job, its rows or the command line rather than from the cluster. */
    static boolean isLasting(Throwable failure) {
        boolean lasting = false;
        int links = 0;
        for (Throwable cause = failure; cause != null && links < 100; cause = cause.getCause()) {
            Throwable link = cause;
            // Files that cannot be read now may be readable later.
            if (link instanceof IOException) {
                return false;
            }
            lasting |= LASTING.stream().anyMatch(type -> type.isInstance(link));
            links++;
        }
        return lasting;
    }
}
