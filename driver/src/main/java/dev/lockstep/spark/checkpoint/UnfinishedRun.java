package dev.lockstep.spark.checkpoint;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import java.io.IOException;
import java.io.InputStream;

/**
 * Marks an output directory whose run has begun to train and has not ended: a file with the fingerprint of its job,
 * deleted when the model is saved. It distinguishes a run that was interrupted before its first checkpoint from a
 * finished run and from another job's: the same job starts over there, and ends in the same bits.
 */
public final class UnfinishedRun {
    /** Name of the file in the output directory. */
    public static final String NAME = "unfinished.fingerprint";

    private static final int MAX_BYTES = 1 << 24;

    private final FileDirectory directory;

    /** The mark in an output directory. */
    public UnfinishedRun(FileDirectory directory) {
        this.directory = directory;
    }

    /** Whether an interrupted run has left its mark. */
    public boolean exists() throws IOException {
        return directory.exists(NAME);
    }

    /**
     * Whether there is the mark of an interrupted run of a job.
     *
     * @throws CheckpointException if there is the mark of another job
     */
    public boolean isOf(JobFingerprint job) throws IOException {
        if (!exists()) {
            return false;
        }
        check(job);
        return true;
    }

    /** Leaves the mark. */
    public void leave(JobFingerprint job) {
        byte[] encoded = FingerprintCodec.encode(job);
        try {
            directory.write(NAME, out -> out.write(encoded));
        } catch (IOException e) {
            throw new CheckpointException(directory.location(NAME), FileReason.of(e), e);
        }
    }

    private void check(JobFingerprint job) throws IOException {
        byte[] bytes;
        try (InputStream in = directory.open(NAME)) {
            bytes = in.readNBytes(MAX_BYTES);
        }
        JobFingerprint other;
        try {
            other = FingerprintCodec.decode(bytes);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    directory.location(NAME),
                    e.getMessage() + ", so it is unclear which job left this unfinished run. --overwrite starts over",
                    e);
        }
        job.checkSame(other, directory.location(NAME), "the unfinished run", "output.dir");
    }

    /** Deletes the mark: the run has ended, or is replaced. */
    public void delete() throws IOException {
        directory.delete(NAME);
    }
}
