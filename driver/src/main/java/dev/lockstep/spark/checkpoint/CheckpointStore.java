package dev.lockstep.spark.checkpoint;

import dev.lockstep.nn.io.Checkpoint;
import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.spark.config.CheckpointSpec;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.OutputSpec;
import dev.lockstep.spark.io.DirectoryInUseException;
import dev.lockstep.spark.io.DirectoryLease;
import dev.lockstep.spark.io.FileSystems;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The checkpoints of a job in their directory, which one run at a time may change: see {@link #acquire}. */
public final class CheckpointStore implements AutoCloseable {
    private static final int READS = 4;
    private static final long FIRST_PAUSE_MILLIS = 200;

    private FileDirectory directory;
    private @Nullable DirectoryLease lease;
    private final String setting;
    private final int keep;
    /** Steps of checkpoints that cannot be used. They stay until a sound one has been written. */
    private final Set<Long> skipped = new TreeSet<>();

    /**
     * A store.
     *
     * @param directory where the checkpoints lie
     * @param setting the key of the job file that says so
     * @param keep how many of the newest stay
     */
    CheckpointStore(FileDirectory directory, String setting, int keep) {
        this.directory = directory;
        this.setting = setting;
        this.keep = keep;
    }

    /**
     * The store that a job names; none if it names none.
     *
     * @throws CheckpointException if it is on no known file system
     */
    public static @Nullable CheckpointStore of(JobSpec job, Configuration configuration) {
        CheckpointSpec spec = job.checkpoint();
        if (spec == null) {
            return null;
        }
        boolean own = spec.dir() != null;
        String dir = own ? spec.dir() : inside(job.output());
        String setting = own ? "checkpoint.dir" : "output.dir";
        try {
            return new CheckpointStore(FileSystems.directory(dir, configuration), setting, spec.keep());
        } catch (IOException e) {
            throw new CheckpointException(setting, e.getMessage(), e);
        }
    }

    /**
     * A store in a directory that no job names.
     *
     * @param setting what errors call its setting
     * @param keep how many of the newest stay
     */
    public static CheckpointStore at(FileDirectory directory, String setting, int keep) {
        return new CheckpointStore(directory, setting, keep);
    }

    /** The directory. */
    public FileDirectory directory() {
        return directory;
    }

    private static String inside(@Nullable OutputSpec output) {
        if (output == null) {
            throw new CheckpointException(
                    "checkpoint.dir", "missing, expected a directory where there is no output.dir");
        }
        return (output.dir().endsWith("/") ? output.dir() : output.dir() + "/") + "checkpoints";
    }

    /**
     * Takes the right to change the directory, until {@link #close}.
     *
     * @param notice receives a line before a wait for an earlier run
     * @throws CheckpointException if another run has it, or it cannot be written
     */
    public void acquire(Consumer<String> notice) {
        try {
            lease = DirectoryLease.acquire(directory, notice);
        } catch (DirectoryInUseException e) {
            throw new CheckpointException(setting, e.getMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(directory.location(), "cannot be written: " + FileReason.of(e), e);
        }
        directory = lease.directory();
    }

    /** Lets others have the directory. */
    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }

    /** The directory, for messages. */
    public String location() {
        return directory.location();
    }

    /** Whether there is any checkpoint, sound or not. */
    public boolean isEmpty() throws IOException {
        return CheckpointFiles.steps(directory).isEmpty();
    }

    /** The first file here that is no part of a checkpoint; null if there is none. */
    public @Nullable String foreignFile() throws IOException {
        return directory.list().stream()
                .filter(name -> !CheckpointFiles.isPart(name) && !name.equals(DirectoryLease.NAME))
                .sorted()
                .findFirst()
                .map(directory::location)
                .orElse(null);
    }

    /** Deletes all checkpoints. */
    public void clear() throws IOException {
        directory.deleteUnfinished();
        CheckpointFiles.prune(directory, 0);
    }

    /**
     * The state to resume from: that of the newest checkpoint that is intact. One that cannot be read now (a network
     * that fails, say) is tried again and never counts as damaged.
     *
     * @param fingerprint the job
     * @param plan the job's, for its number of epochs
     * @param initial the state before the first step; its vectors may be overwritten
     * @param notice receives a line for each checkpoint that is skipped
     * @throws CheckpointException if the checkpoint belongs to another job, or none is intact
     * @throws IOException if a file cannot be read
     */
    TrainState resume(JobFingerprint fingerprint, TrainingPlan plan, TrainState initial, Consumer<String> notice)
            throws IOException {
        List<String> damaged = new ArrayList<>();
        for (long step : CheckpointFiles.steps(directory)) {
            try {
                Checkpoint checkpoint = retried(() -> CheckpointFiles.open(directory, step));
                check(checkpoint, fingerprint);
                TrainState state = retried(() -> checkpoint.load(initial));
                damaged.forEach(line -> notice.accept(line + "; resuming from the checkpoint of step " + step));
                return checkLength(state, plan, checkpoint);
            } catch (ModelException e) {
                damaged.add(e.getMessage());
                skipped.add(step);
            }
        }
        throw new CheckpointException(
                directory.location(),
                "none of " + damaged.size() + " checkpoints can be used, --overwrite starts over; the newest: "
                        + damaged.get(0));
    }

    /** Reads files. */
    private interface Reading<T> {
        T read() throws IOException;
    }

    /** What cannot be read at first is tried again after a moment: file systems have passing faults. */
    private static <T> T retried(Reading<T> reading) throws IOException {
        long pause = FIRST_PAUSE_MILLIS;
        for (int left = READS; ; left--) {
            try {
                return reading.read();
            } catch (IOException e) {
                if (left == 1) {
                    throw e;
                }
                pause(pause);
                pause *= 4;
            }
        }
    }

    private static void pause(long millis) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a checkpoint was read");
        }
    }

    private void check(Checkpoint checkpoint, JobFingerprint fingerprint) {
        JobFingerprint other;
        try {
            other = FingerprintCodec.decode(checkpoint.fingerprint());
        } catch (IllegalArgumentException e) {
            throw new ModelException(checkpoint.location(), "fingerprint: " + e.getMessage(), e);
        }
        fingerprint.checkSame(other, checkpoint.location(), "the checkpoint", setting);
    }

    private static TrainState checkLength(TrainState state, TrainingPlan plan, Checkpoint checkpoint) {
        if (state.stepInEpoch() >= plan.stepsPerEpoch()
                || state.epoch() > plan.epochs()
                || state.epoch() == plan.epochs() && state.stepInEpoch() > 0) {
            throw new CheckpointException(
                    checkpoint.location(),
                    "train.epochs: the checkpoint has trained " + state.epoch() + " epochs and " + state.stepInEpoch()
                            + " steps, the job has " + plan.epochs() + " epochs of " + plan.stepsPerEpoch()
                            + " steps. --overwrite starts over");
        }
        return state;
    }

    /** Deletes what an interrupted run left half written. */
    void deleteUnfinished() throws IOException {
        directory.deleteUnfinished();
        CheckpointFiles.prune(directory, Integer.MAX_VALUE);
    }

    /**
     * Writes a checkpoint, then deletes those that are too old and those that were skipped.
     *
     * @throws CheckpointException if that fails; the earlier checkpoints are then still there
     */
    void write(TrainState state, byte[] fingerprint) {
        try {
            CheckpointFiles.write(directory, state, fingerprint);
            skipped.remove(state.step());
            for (long step : skipped) {
                CheckpointFiles.delete(directory, step);
            }
            skipped.clear();
            CheckpointFiles.prune(directory, keep);
        } catch (IOException e) {
            throw new CheckpointException(
                    directory.location(CheckpointFiles.stateFile(state.step())),
                    "cannot write the checkpoint: " + FileReason.of(e),
                    e);
        }
    }
}
