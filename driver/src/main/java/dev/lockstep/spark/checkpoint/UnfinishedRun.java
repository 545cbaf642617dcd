package dev.lockstep.spark.checkpoint;

import dev.lockstep.nn.io.FileDirectory;
import java.io.IOException;
import java.io.InputStream;

/**
 * The mark of a run that has begun to train into an output directory and has not ended: a file with the fingerprint of
 * its job, which goes when the model is saved. So a run that was interrupted before it had any checkpoint can be told
 * from a finished one and from another job's: the same job begins anew there, to the same bits.
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
            throw new CheckpointException(directory.location(NAME), e.getMessage(), e);
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
                    e.getMessage() + ", so whose unfinished run this is cannot be told. --overwrite begins anew",
                    e);
        }
        String difference = job.difference(other);
        if (difference != null) {
            throw new CheckpointException(
                    directory.location(NAME),
                    "the unfinished run belongs to another job: " + difference
                            + ". --overwrite begins anew, --set output.dir=DIR spares it");
        }
    }

    /** Takes the mark away: the run has ended, or is replaced. */
    public void delete() throws IOException {
        directory.delete(NAME);
    }
}
