package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.OutputSpec;
import dev.lockstep.spark.report.ConsoleProgress;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.MlflowRun;
import dev.lockstep.spark.report.RunSummary;
import dev.lockstep.spark.report.TensorBoardFile;
import dev.lockstep.spark.report.TimeFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All who follow a run of the command line: the console, the files of its directory, and other servers. */
final class RunListeners implements AutoCloseable {
    private final List<TrainingListener> all;
    private final @Nullable MlflowRun mlflow;

    /**
     * The listeners of a run; close them when it has ended.
     *
     * @param directory of the run
     */
    RunListeners(JobSpec job, FileDirectory directory, ConsoleProgress progress, RunSummary summary) {
        all = new ArrayList<>(List.of(progress, new MetricsFile(directory), new TimeFile(directory), summary));
        OutputSpec output = Objects.requireNonNull(job.output());
        JsonNode tree = SpecMapper.tree(job);
        if (output.tensorBoard()) {
            all.add(new TensorBoardFile(directory, tree));
        }
        mlflow = output.mlflow() == null ? null : new MlflowRun(output.mlflow(), tree, directory, progress::notice);
        if (mlflow != null) {
            all.add(mlflow);
        }
    }

    /** All of them. */
    Listeners listeners() {
        return new Listeners(all);
    }

    /** The model lies in the directory. */
    void saved(TrainingJob.Result result) {
        if (mlflow != null) {
            mlflow.saved(result.model().description().sha256(), result.measures());
        }
    }

    @Override
    public void close() {
        if (mlflow != null) {
            mlflow.close();
        }
    }
}
