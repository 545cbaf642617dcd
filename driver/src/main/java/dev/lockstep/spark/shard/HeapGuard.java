package dev.lockstep.spark.shard;

import java.util.Locale;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;

/**
 * Makes a heap that is too small an error of the training. Spark takes an {@link OutOfMemoryError} in a task for the
 * end of the process: of an executor, and in local mode of the program itself.
 */
public final class HeapGuard {
    private HeapGuard() {}

    /**
     * Does some work of a task.
     *
     * @throws HeapTooSmallException if it runs out of memory
     */
    public static <T> T guard(Supplier<T> work) {
        try {
            return work.get();
        } catch (OutOfMemoryError e) {
            throw failure(e);
        } catch (RuntimeException e) {
            // That of another rank of the process, say.
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof OutOfMemoryError error) {
                    throw failure(error);
                }
            }
            throw e;
        }
    }

    /** The same in one line: what was too small, how large it is, and the setting. */
    public static HeapTooSmallException failure(OutOfMemoryError error) {
        SparkEnv environment = SparkEnv.get();
        String executor = environment == null ? "driver" : environment.executorId();
        boolean driver = executor.equals("driver");
        HeapTooSmallException failure = new HeapTooSmallException(
                String.format(
                        Locale.ROOT,
                        "out of memory (%s): %s has a heap of %,d MB; %s gives more",
                        error.getMessage(),
                        driver ? "the driver" : "executor " + executor,
                        Runtime.getRuntime().maxMemory() >> 20,
                        driver ? "--driver-memory" : "--executor-memory"),
                null);
        failure.setStackTrace(error.getStackTrace());
        return failure;
    }
}
