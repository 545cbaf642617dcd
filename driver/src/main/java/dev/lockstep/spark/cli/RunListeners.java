package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.OutputSpec;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.MlflowRun;
import dev.lockstep.spark.report.TensorBoardFile;
import dev.lockstep.spark.report.TimeFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All who follow a run of the command line: the console, the files of its directory, and other servers. */
final class RunListeners implements AutoCloseable {
    private final List<TrainingListener> all;
    private final @Nullable MlflowRun mlflow;

    /**
     * The listeners of a run; close them when it has ended.
     *
     * @param directory of the run
     * @param own those of the command
     * @param notice is told, once, if a server fails
     * @param search the run on the MLflow server that this one is part of; null: none
     */
    RunListeners(
            JobSpec job,
            FileDirectory directory,
            List<TrainingListener> own,
            Consumer<String> notice,
            @Nullable MlflowRun search) {
        all = new ArrayList<>(own);
        all.add(new MetricsFile(directory));
        all.add(new TimeFile(directory));
        OutputSpec output = Objects.requireNonNull(job.output());
        if (output.tensorBoard()) {
            all.add(new TensorBoardFile(directory, job));
        }
        mlflow = output.mlflow() == null ? null : new MlflowRun(output.mlflow(), job, directory, notice, search);
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
