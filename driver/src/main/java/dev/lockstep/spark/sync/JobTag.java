package dev.lockstep.spark.sync;

import java.util.Arrays;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A tag on all Spark jobs that the thread starts while it is open, so that they can be cancelled without touching the
 * other jobs of the application.
 */
public final class JobTag implements AutoCloseable {
    private final JavaSparkContext context;
    private final String name = "lockstep-" + UUID.randomUUID();

    private JobTag(JavaSparkContext context) {
        this.context = context;
        context.sc().addJobTag(name);
    }

    /** Tags the jobs of the calling thread from now on. */
    public static JobTag open(JavaSparkContext context) {
        return new JobTag(context);
    }

    /** Whether a job with the tag is under way. */
    boolean hasActiveJobs() {
        return activeJobs().length > 0;
    }

    /** The jobs with the tag that are under way. */
    int[] activeJobs() {
        IntStream active = Arrays.stream(context.statusTracker().getActiveJobIds());
        int[] own = context.sc().statusTracker().getJobIdsForTag(name);
        return active.filter(job -> Arrays.stream(own).anyMatch(id -> id == job))
                .toArray();
    }

    /** Cancels the jobs with the tag that are under way. */
    public void cancelJobs() {
        if (!context.sc().isStopped()) {
            context.sc().cancelJobsWithTag(name);
        }
    }

    /** In the thread that opened it. */
    @Override
    public void close() {
        context.sc().removeJobTag(name);
    }
}
