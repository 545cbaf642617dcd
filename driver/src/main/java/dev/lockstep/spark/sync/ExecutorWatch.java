package dev.lockstep.spark.sync;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Gives up the jobs of some work in an application that has no executor any more: Spark itself would wait forever. Jobs
 * of others are not touched.
 */
final class ExecutorWatch {
    private static final long POLL_SECONDS = 1;

    private final JavaSparkContext context;
    private final TaskSlots slots;
    private final JobTag tag;
    private volatile boolean lost;

    private ExecutorWatch(JavaSparkContext context, JobTag tag) {
        this.context = context;
        this.tag = tag;
        this.slots = new TaskSlots(context, line -> {});
    }

    /**
     * Does some work whose jobs are given up when there has been no executor for
     * {@code spark.lockstep.executorTimeout}.
     *
     * @throws IllegalArgumentException if that has happened
     */
    static <R> R over(JavaSparkContext context, Supplier<R> work) {
        try (JobTag tag = JobTag.open(context)) {
            return new ExecutorWatch(context, tag).over(work);
        }
    }

    private <R> R over(Supplier<R> work) {
        Thread thread = new Thread(this::look, "lockstep-executors");
        thread.setDaemon(true);
        thread.start();
        try {
            return work.get();
        } catch (Exception e) {
            // What Spark says is only that the job was cancelled.
            if (lost) {
                IllegalArgumentException failure = slots.noneLeft();
                failure.addSuppressed(e);
                throw failure;
            }
            throw e;
        } finally {
            thread.interrupt();
        }
    }

    private void look() {
        long waitingSince = System.nanoTime();
        while (!lost && !context.sc().isStopped()) {
            try {
                TimeUnit.SECONDS.sleep(POLL_SECONDS);
            } catch (InterruptedException e) {
                return;
            }
            if (slots.available() > 0 || !tag.hasActiveJobs()) {
                waitingSince = System.nanoTime();
            } else if (System.nanoTime() - waitingSince > TimeUnit.MILLISECONDS.toNanos(slots.timeoutMillis())) {
                lost = true;
                tag.cancelJobs();
            }
        }
    }
}
