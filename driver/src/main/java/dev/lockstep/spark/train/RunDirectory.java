package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.ChecksumFile;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.checkpoint.CheckpointException;
import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.checkpoint.UnfinishedRun;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.DirectoryInUseException;
import dev.lockstep.spark.io.DirectoryLease;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.ExampleRows;
import dev.lockstep.spark.report.ImportanceText;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.ModelBundle;
import dev.lockstep.spark.report.ModelCard;
import dev.lockstep.spark.report.ModelOrigin;
import dev.lockstep.spark.report.ModelSbom;
import dev.lockstep.spark.report.RunReport;
import dev.lockstep.spark.report.TensorBoardFile;
import dev.lockstep.spark.report.TimeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The output directory of a run, which one run at a time may write into. What an earlier run left there is refused,
 * resumed if that run has not ended, or, with {@code overwrite}, replaced. It is not replaced before the job is known
 * to fit its rows, so that a job that cannot begin costs no model; and only what Lockstep wrote is deleted.
 */
public final class RunDirectory implements AutoCloseable {
    /** The job with all its defaults, beside its model. */
    public static final String JOB = "job.json";

    private static final List<String> RESULTS = List.of(
            ModelFiles.DESCRIPTION,
            ModelFiles.WEIGHTS,
            MetricsFile.NAME,
            TensorBoardFile.NAME,
            JOB,
            TimeFile.NAME,
            Measures.NAME,
            ExampleRows.NAME,
            ImportanceText.NAME,
            RunReport.DATA,
            RunReport.ENVIRONMENT,
            RunReport.NAME,
            ModelCard.NAME,
            ModelSbom.NAME,
            ChecksumFile.NAME);

    private final DirectoryLease lease;
    private final FileDirectory directory;
    private final @Nullable CheckpointStore checkpoints;
    private final boolean overwrite;
    private final UnfinishedRun mark;
    /** What decides the bits of the run; null before it trains. */
    private @Nullable JobFingerprint fingerprint;

    private RunDirectory(DirectoryLease lease, @Nullable CheckpointStore checkpoints, boolean overwrite) {
        this.lease = lease;
        this.directory = lease.directory();
        this.checkpoints = checkpoints;
        this.overwrite = overwrite;
        this.mark = new UnfinishedRun(directory);
    }

    /**
     * Takes the output directory of a job for one run, until it is closed. Refuses what is known to be wrong before any
     * rows are read: a finished run without {@code --overwrite}, a run that writes there now, files of others.
     *
     * @param job the job
     * @param name what errors call the job
     * @param configuration for the file systems
     * @param overwrite whether to replace what an earlier run left, checkpoints too
     * @param notice receives a line before a wait for an earlier run
     * @throws JobException if the directory is refused
     * @throws IOException if it cannot be read or written
     */
    public static RunDirectory open(
            JobSpec job, String name, Configuration configuration, boolean overwrite, Consumer<String> notice)
            throws IOException {
        FileDirectory files = FileSystems.directory(job.outputDirectory(name), configuration);
        if (job.init() != null
                && files.location()
                        .equals(FileSystems.directory(job.init().from(), configuration)
                                .location())) {
            throw new JobException(
                    name,
                    "init.from: " + job.init().from() + " is output.dir too, so an interrupted run would lose this"
                            + " model; choose another directory for one of them");
        }
        CheckpointStore checkpoints = CheckpointStore.of(job, configuration);
        check(files, checkpoints, name, overwrite);
        RunDirectory run = new RunDirectory(lease(files, name, notice), checkpoints, overwrite);
        boolean ready = false;
        try {
            if (checkpoints != null) {
                checkpoints.acquire(notice);
            }
            // What was there may have changed before the lease was ours.
            check(files, checkpoints, name, overwrite);
            ready = true;
            return run;
        } finally {
            if (!ready) {
                run.close();
            }
        }
    }

    private static DirectoryLease lease(FileDirectory files, String job, Consumer<String> notice) throws IOException {
        try {
            return DirectoryLease.acquire(files, notice);
        } catch (DirectoryInUseException e) {
            throw new JobException(job, "output.dir: " + e.getMessage(), e);
        }
    }

    private static void check(FileDirectory files, @Nullable CheckpointStore checkpoints, String job, boolean overwrite)
            throws IOException {
        if (overwrite) {
            checkOwn(files, checkpoints, job);
            return;
        }
        if (hasForeignCard(files)) {
            throw new JobException(
                    job,
                    "output.dir: " + files.location(ModelCard.NAME) + " is where the model's card will be: move it,"
                            + " or choose another directory (--set output.dir=DIR)");
        }
        boolean begun = new UnfinishedRun(files).exists() || checkpoints != null && !checkpoints.isEmpty();
        if (begun && !files.exists(ModelFiles.DESCRIPTION)) {
            return;
        }
        for (String name : RESULTS) {
            if (files.exists(name)) {
                throw new JobException(
                        job,
                        "output.dir: " + files.location(name) + " already exists from an earlier run;"
                                + " --overwrite replaces it, --set output.dir=DIR keeps it");
            }
        }
    }

    /** Refuses to replace what is not known to be an earlier run's. */
    private static void checkOwn(FileDirectory files, @Nullable CheckpointStore checkpoints, String job)
            throws IOException {
        List<String> own = new ArrayList<>(RESULTS);
        own.add(UnfinishedRun.NAME);
        own.add(DirectoryLease.NAME);
        String foreign = files.list().stream()
                .filter(name -> !own.contains(name) && !name.startsWith("."))
                .sorted()
                .findFirst()
                .map(files::location)
                .orElse(null);
        if (foreign == null && files.exists(ModelFiles.DESCRIPTION) && !ModelFiles.isDescription(files)) {
            foreign = files.location(ModelFiles.DESCRIPTION);
        }
        if (foreign == null && hasForeignCard(files)) {
            foreign = files.location(ModelCard.NAME);
        }
        if (foreign == null && checkpoints != null) {
            foreign = checkpoints.foreignFile();
        }
        if (foreign != null) {
            throw new JobException(
                    job,
                    "--overwrite replaces an earlier run, but " + foreign
                            + " is not part of one: move it, or choose another directory (--set output.dir=DIR)");
        }
    }

    private static boolean hasForeignCard(FileDirectory files) throws IOException {
        return files.exists(ModelCard.NAME) && !ModelCard.isCard(files);
    }

    /** The directory for what else a run writes. */
    public FileDirectory directory() {
        return directory;
    }

    /** The job's checkpoints; null if it has none. */
    @Nullable
    CheckpointStore checkpoints() {
        return checkpoints;
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

    /** What happens to the work of a run that is stopped. */
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
        fingerprint = job;
        mark.leave(job);
    }

    /**
     * Saves what the run ends with.
     *
     * @throws ModelException if a file cannot be written
     */
    public void save(JobSpec job, TrainingJob.Result result) {
        try {
            write(job, result);
        } catch (IOException e) {
            throw new ModelException(directory.location(), "cannot write the model: " + FileReason.of(e), e);
        }
    }

    private void write(JobSpec job, TrainingJob.Result result) throws IOException {
        byte[] json = (SpecMapper.tree(job).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(JOB, out -> out.write(json));
        if (result.measures() != null) {
            result.measures().write(directory);
        }
        write(ExampleRows.NAME, result.examples());
        write(RunReport.DATA, result.data());
        write(RunReport.ENVIRONMENT, result.environment());
        ModelBundle.write(
                directory,
                result.model(),
                ModelOrigin.trained(job, result.measures(), fingerprint == null ? Map.of() : fingerprint.settings()));
        mark.delete();
    }

    private void write(String name, @Nullable ObjectNode content) throws IOException {
        if (content != null) {
            byte[] bytes = (content + "\n").getBytes(StandardCharsets.UTF_8);
            directory.write(name, out -> out.write(bytes));
        }
    }

    /** Whether a directory holds what this very job has ended with. */
    public static boolean isFinished(FileDirectory directory, JobSpec job) throws IOException {
        if (!directory.exists(ModelFiles.DESCRIPTION) || !directory.exists(JOB)) {
            return false;
        }
        try (InputStream in = directory.open(JOB)) {
            String finished = SpecMapper.json().readTree(in).toString();
            return finished.equals(SpecMapper.tree(job).toString());
        }
    }

    /** Lets others have the directory. */
    @Override
    public void close() {
        if (checkpoints != null) {
            checkpoints.close();
        }
        lease.close();
    }
}
