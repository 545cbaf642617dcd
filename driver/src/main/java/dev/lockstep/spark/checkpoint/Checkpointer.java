package dev.lockstep.spark.checkpoint;

import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.spark.config.CheckpointSpec;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the state of a training at intervals, from a copy and in a thread of its own, while the next rounds run. It
 * writes one checkpoint at a time: a round after which the next one is due waits for it. The initial and the final
 * state are written too.
 */
public final class Checkpointer implements RoundListener, AutoCloseable {
    private final CheckpointStore store;
    private final CheckpointSpec.Every every;
    private final JobFingerprint fingerprint;
    private final byte[] encoded;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(Checkpointer::newThread);
    private @Nullable Future<?> writing;
    private long writtenStep = -1;
    private long writtenNanos;
    private int rounds;

    /**
     * A writer of checkpoints; close it when the training has ended.
     *
     * @param store where to
     * @param every how often
     * @param fingerprint the job
     */
    public Checkpointer(CheckpointStore store, CheckpointSpec.Every every, JobFingerprint fingerprint) {
        this.store = store;
        this.every = every;
        this.fingerprint = fingerprint;
        this.encoded = FingerprintCodec.encode(fingerprint);
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "checkpoint writer");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * The state to begin with: the newest checkpoint's, or the initial one, which is written first.
     *
     * @param plan the job's
     * @param initial the state before the first step; its vectors may be overwritten
     * @param notice receives a line for each checkpoint that is skipped
     * @throws CheckpointException if the checkpoints are another job's, or none is intact
     */
    public TrainState begin(TrainingPlan plan, TrainState initial, Consumer<String> notice) {
        TrainState state;
        try {
            store.deleteUnfinished();
            if (store.isEmpty()) {
                write(initial);
                join();
                return initial;
            }
            state = store.resume(fingerprint, plan, initial, notice);
        } catch (IOException e) {
            throw new CheckpointException(store.location(), "cannot be read: " + FileReason.of(e), e);
        }
        writtenStep = state.step();
        writtenNanos = System.nanoTime();
        return state;
    }

    @Override
    public void settled(TrainState state) {
        rounds++;
        if (isDue(state)) {
            write(state);
        }
    }

    private boolean isDue(TrainState state) {
        if (every.rounds() != null) {
            return rounds % every.rounds() == 0;
        }
        if (every.epochs() != null) {
            return state.stepInEpoch() == 0 && state.epoch() % every.epochs() == 0;
        }
        return System.nanoTime() - writtenNanos >= every.minutes() * 60e9;
    }

    private void write(TrainState state) {
        join();
        TrainState copy = state.copy();
        writing = writer.submit(() -> store.write(copy, encoded));
        writtenStep = state.step();
        writtenNanos = System.nanoTime();
    }

    /** Waits for the checkpoint that is being written; if it fails, so does the training. */
    private void join() {
        if (writing == null) {
            return;
        }
        try {
            writing.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CheckpointException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckpointException(store.location(), "interrupted while a checkpoint was written", e);
        } finally {
            writing = null;
        }
    }

    @Override
    public void finished(TrainState state) {
        if (writtenStep != state.step()) {
            write(state);
        }
        join();
    }

    /** Ends the thread, after the checkpoint that it is writing. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(1, TimeUnit.MINUTES)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
