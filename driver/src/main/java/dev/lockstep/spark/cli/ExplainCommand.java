package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.explain.Explanation;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.train.RunDirectory;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep explain}: a job, or a finished run, as mathematics. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Show a network as mathematics: each layer's formula with its shapes, the loss as a likelihood,"
                + " the update rule with its numbers, the schedule.")
final class ExplainCommand extends SparkCommand {
    @Parameters(paramLabel = "JOB.yaml|RUN", description = "A job file, or the output directory of a finished run.")
    private String path;

    @Mixin
    private JobOptions options;

    @Option(
            names = "--input",
            split = ",",
            paramLabel = "N",
            description = "Shape of a row's features, such as 28,28,1. Default: the shape of the training rows,"
                    + " which Spark reads.")
    private int @Nullable [] input;

    @Option(names = "--markdown", description = "Print Markdown with formulas in LaTeX.")
    private boolean markdown;

    ExplainCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        Explanation explanation = explanation();
        print(explanation.json(), markdown ? explanation.markdown() : explanation.text());
        return 0;
    }

    private Explanation explanation() throws IOException {
        FileDirectory files = FileSystems.directory(path, configuration());
        if (files.exists(ModelFiles.DESCRIPTION)) {
            SavedModel model = model(path);
            JobSpec job = job(files.location(RunDirectory.JOB), options.settings());
            return Explanation.of(
                    path, job, model.network().spec(), model.network().input());
        }
        JobSpec job = job(path, options.settings());
        if (input != null) {
            return Explanation.of(path, job, job.model(), shape(input));
        }
        Sources.check(job.data().train(), job.data().train(), configuration());
        SourceDescription rows = JobData.describe(
                Tables.of(session("explain " + path)),
                job.data(),
                TrainingJob.targets(job),
                job.train().seed());
        return Explanation.of(
                path, job, job.model().over(rows.encoding()), rows.layout().features());
    }

    private static Shape shape(int[] dimensions) {
        try {
            return Shape.of(dimensions);
        } catch (IllegalArgumentException e) {
            throw new JobException("--input", String.valueOf(e.getMessage()), e);
        }
    }
}
