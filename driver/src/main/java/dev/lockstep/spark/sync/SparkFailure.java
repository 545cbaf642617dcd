package dev.lockstep.spark.sync;

import dev.lockstep.spark.shard.HeapTooSmallException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.TaskKilledException;
import org.jspecify.annotations.Nullable;

/** The meaning of Spark's exceptions. */
public final class SparkFailure {
    /** Of a job, in all versions; the web UI's kill, a group's or tag's cancellation and a stopped context say so. */
    private static final Pattern CANCELLED = Pattern.compile("\\bJob \\d+ cancelled\\b");

    private SparkFailure() {}

    /**
     * Whether somebody wanted the work to end: its job was cancelled, the application stopped, or the thread was
     * interrupted.
     */
    public static boolean isCancelled(Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        for (@Nullable Throwable link = failure; link != null && seen.add(link); link = link.getCause()) {
            // A rank in the driver's process says itself that its task was killed.
            if (link instanceof InterruptedException
                    || link instanceof TaskKilledException
                    || CANCELLED.matcher(String.valueOf(link.getMessage())).find()) {
                return true;
            }
        }
        return false;
    }

    /** What a task says that ran out of memory; empty if none did. */
    public static Optional<RuntimeException> heapTooSmall(Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        for (@Nullable Throwable link = failure; link != null && seen.add(link); link = link.getCause()) {
            if (link instanceof HeapTooSmallException) {
                return Optional.of(new HeapTooSmallException(link.getMessage(), failure));
            }
        }
        return Optional.empty();
    }

    /**
     * An exception that may be thrown anywhere. Spark's own are checked ones, although its methods do not say so; an
     * interrupt stays with the thread.
     */
    public static RuntimeException unchecked(Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return failure instanceof RuntimeException same
                ? same
                : new RoundFailedException(failure.getMessage(), failure);
    }
}
