package dev.lockstep.spark.train;

import dev.lockstep.spark.shard.HeapTooSmallException;
import dev.lockstep.spark.sync.JobTag;
import dev.lockstep.spark.sync.SparkFailure;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** Work of one thread with Spark jobs that another thread can cancel, whether a job is under way or not. */
final class CancellableWork {
    private static final long AGAIN_MILLIS = 100;
    private static final String CANCELLED = "the training was cancelled";
    private static final String INTERRUPTED = "the training's thread was interrupted";

    private final JavaSparkContext context;
    private volatile boolean cancelled;
    private volatile @Nullable JobTag running;

    CancellableWork(JavaSparkContext context) {
        this.context = context;
    }

    /**
     * Does the work.
     *
     * @throws TrainingCancelledException if it is cancelled, by whatever means
     */
    <T> T run(Supplier<T> work) {
        try (JobTag tag = JobTag.open(context)) {
            running = tag;
            try {
                check();
                return work.get();
            } catch (Exception e) {
                // An interrupted thread leaves its job under way.
                tag.cancelJobs();
                throw failure(e);
            } catch (OutOfMemoryError e) {
                tag.cancelJobs();
                throw e;
            } finally {
                running = null;
            }
        }
    }

    private RuntimeException failure(Exception e) {
        if (e instanceof TrainingCancelledException cancellation) {
            return cancellation;
        }
        RuntimeException unchecked = SparkFailure.unchecked(e);
        if (cancelled) {
            return new TrainingCancelledException(CANCELLED, e);
        }
        if (Thread.currentThread().isInterrupted()) {
            return new TrainingCancelledException(INTERRUPTED, e);
        }
        if (SparkFailure.isCancelled(e)) {
            return new TrainingCancelledException("the training's Spark job was cancelled", e);
        }
        return e instanceof HeapTooSmallException
                ? unchecked
                : SparkFailure.heapTooSmall(e).orElse(unchecked);
    }

    /**
     * Ends the work soon, or keeps it from beginning. Returns at once. A job that begins at this very moment is
     * cancelled as well.
     */
    void cancel() {
        cancelled = true;
        Thread thread = new Thread(this::cancelJobs, "lockstep-cancel");
        thread.setDaemon(true);
        thread.start();
    }

    private void cancelJobs() {
        for (JobTag tag = running; tag != null; tag = running) {
            tag.cancelJobs();
            try {
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * To be asked between jobs.
     *
     * @throws TrainingCancelledException if the work has been cancelled or its thread interrupted
     */
    void check() {
        if (cancelled) {
            throw new TrainingCancelledException(CANCELLED, null);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new TrainingCancelledException(INTERRUPTED, null);
        }
    }
}
