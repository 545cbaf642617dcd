package dev.lockstep.spark.train;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.checkpoint.CheckpointException;
import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.checkpoint.UnfinishedRun;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.MetricsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The output directory of a run. What an earlier run left there is refused, resumed if that run has not ended, or, with
 * {@code overwrite}, replaced. It is not replaced before the job is known to fit its rows, so that a job that cannot
 * begin costs no model.
 */
public final class RunDirectory {
    private static final String JOB = "job.json";
    private static final List<String> RESULTS =
            List.of(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS, MetricsFile.NAME, JOB);

    private final FileDirectory directory;
    private final @Nullable CheckpointStore checkpoints;
    private final boolean overwrite;
    private final UnfinishedRun mark;

    /**
     * A directory for the results of one run.
     *
     * @param directory where it is
     * @param checkpoints those of the job; null: it has none
     * @param overwrite whether to replace what an earlier run left, checkpoints too
     */
    public RunDirectory(FileDirectory directory, @Nullable CheckpointStore checkpoints, boolean overwrite) {
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.overwrite = overwrite;
        this.mark = new UnfinishedRun(directory);
    }

    /**
     * Refuses what is known to be wrong before any rows are read: a finished run that is not to be replaced.
     *
     * @param job what the error calls the job
     */
    public void check(String job) throws IOException {
        if (overwrite) {
            return;
        }
        boolean begun = mark.exists() || checkpoints != null && !checkpoints.isEmpty();
        if (begun && !directory.exists(ModelFiles.DESCRIPTION)) {
            return;
        }
        for (String name : RESULTS) {
            if (directory.exists(name)) {
                throw new JobException(
                        job,
                        "output.dir: " + directory.location(name) + " already exists from an earlier run;"
                                + " --overwrite replaces it, --set output.dir=DIR keeps it");
            }
        }
    }

    /**
     * Makes room for a run that is about to train.
     *
     * @return whether an earlier run of the same job was interrupted here
     * @throws CheckpointException if an unfinished run of another job is there
     */
    boolean claim(JobFingerprint job) {
        try {
            directory.deleteUnfinished();
            if (overwrite) {
                clear();
            }
            return mark.isOf(job);
        } catch (IOException e) {
            throw new CheckpointException(directory.location(), e.getMessage(), e);
        }
    }

    /** What becomes of the work of a run that is stopped. */
    public String howToResume() {
        if (checkpoints == null) {
            return "the job writes no checkpoints (checkpoint.every), so the same command starts over";
        }
        try {
            return checkpoints.isEmpty()
                    ? "no checkpoint has been written yet, so the same command starts over"
                    : "the same command resumes from the newest checkpoint in " + checkpoints.location();
        } catch (IOException e) {
            return "the same command resumes if there are checkpoints in " + checkpoints.location();
        }
    }

    private void clear() throws IOException {
        if (checkpoints != null) {
            checkpoints.clear();
        }
        mark.delete();
        for (String name : RESULTS) {
            directory.delete(name);
        }
    }

    /** Marks the run as unfinished until its results are saved. */
    void begin(JobFingerprint job) {
        mark.leave(job);
    }

    /** Saves what the run ends with. */
    public void save(JobSpec job, SavedModel model) throws IOException {
        byte[] json = (SpecMapper.tree(job).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(JOB, out -> out.write(json));
        ModelFiles.save(directory, model);
        mark.delete();
    }
}
