package dev.lockstep.spark.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training in order when the process gets Ctrl-C or SIGTERM, and says how to resume. It does so before Spark's
 * own hook stops the application: jobs under way would then fail with stack traces.
 */
final class StopOnSignal implements AutoCloseable {
    /** What a shell shows for a command that Ctrl-C has ended; the JVM itself ends with that of its signal. */
    static final int EXIT_CODE = 130;

    /** More than Spark's own priority: hooks of a higher one come first, and later ones wait for them. */
    private static final int BEFORE_SPARK = 100;

    private static final long PATIENCE_SECONDS = 10;

    private final Runnable hook = this::stop;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final PrintStream err;
    private final Supplier<String> howToResume;
    private volatile boolean requested;
    private volatile boolean completed;
    private volatile @Nullable Runnable cancel;

    /**
     * From now on a signal is answered.
     *
     * @param err where to print that
     * @param howToResume asked when the training has ended
     */
    StopOnSignal(PrintStream err, Supplier<String> howToResume) {
        this.err = err;
        this.howToResume = howToResume;
        ShutdownHookManager.get().addShutdownHook(hook, BEFORE_SPARK, PATIENCE_SECONDS + 5, TimeUnit.SECONDS);
    }

    /** How the training is ended that runs from now on. */
    void cancels(Runnable training) {
        cancel = training;
    }

    /** Whether there has been a signal. */
    boolean requested() {
        return requested;
    }

    /** There is nothing left to resume. */
    void completed() {
        completed = true;
    }

    private void stop() {
        requested = true;
        Runnable training = cancel;
        if (training == null) {
            return;
        }
        training.run();
        try {
            if (ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && !completed) {
                err.println("stopped: " + howToResume.get());
                Streams.silence();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(hook);
        }
    }
}
