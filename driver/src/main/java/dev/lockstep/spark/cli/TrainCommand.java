package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.UnfinishedRun;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.ConsoleProgress;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep train}: from a job file to a model directory. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train a network and save it; go on with an unfinished run in output.dir."
                + " The last line is: model DIR sha256 HEX.")
final class TrainCommand extends SparkCommand {
    private static final String JOB = "job.json";

    @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
    private String file;

    @Mixin
    private JobOptions options;

    @Option(names = "--overwrite", description = "Replace what an earlier run left in output.dir, its checkpoints too.")
    private boolean overwrite;

    TrainCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        JobSpec job = job(file, options.settings());
        String location = job.output().dir();
        FileDirectory directory = FileSystems.directory(location, configuration());
        UnfinishedRun mark = new UnfinishedRun(directory);
        prepare(directory, CheckpointStore.of(job, configuration()), mark);
        try (ConsoleProgress progress = new ConsoleProgress(streams().err(), ConsoleProgress.onTerminal())) {
            Listeners listeners = new Listeners(List.of(progress, new MetricsFile(directory)));
            TrainingJob.Result result = new TrainingJob(session("train " + file), job, listeners, mark).run();
            byte[] json = (SpecMapper.tree(job).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
            directory.write(JOB, out -> out.write(json));
            ModelFiles.save(directory, result.model());
            mark.delete();
            if (result.test() != null) {
                Measures test = Measures.of(result.test(), job.model().loss().score());
                streams().out().println("test " + test.line());
            }
            streams()
                    .out()
                    .println("model " + location + " sha256 "
                            + result.model().description().sha256());
        }
        return 0;
    }

    /**
     * Takes away what an earlier run left, or refuses to mix a run with it. One that has not ended is gone on with, or begun anew if it has
     * no checkpoint; whether it is this job's turns out when the rows have been read.
     */
    private void prepare(FileDirectory directory, CheckpointStore checkpoints, UnfinishedRun mark) throws IOException {
        directory.deleteUnfinished();
        if (overwrite) {
            if (checkpoints != null) {
                checkpoints.clear();
            }
            mark.delete();
        }
        boolean begun = mark.exists() || checkpoints != null && !checkpoints.isEmpty();
        if (begun && !directory.exists(ModelFiles.DESCRIPTION)) {
            return;
        }
        for (String name : List.of(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS, MetricsFile.NAME, JOB)) {
            if (!directory.exists(name)) {
                continue;
            }
            if (!overwrite) {
                throw new JobException(
                        file,
                        "output.dir: " + directory.location(name)
                                + " is there from an earlier run; --overwrite replaces it, --set output.dir=DIR spares it");
            }
            directory.delete(name);
        }
    }
}
