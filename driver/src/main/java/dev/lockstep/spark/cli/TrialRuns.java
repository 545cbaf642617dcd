package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.TrainingException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.MlflowRun;
import dev.lockstep.spark.train.ModelEvaluation;
import dev.lockstep.spark.train.RunDirectory;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Trains trials, some of them side by side. One that has ended in an earlier application is measured, not repeated. */
final class TrialRuns {
    private final SparkSession spark;
    private final int parallel;
    private final Configuration configuration;
    private final Consumer<String> lines;
    private final @Nullable MlflowRun search;

    /**
     * Trains nothing yet.
     *
     * @param lines receives what has happened
     * @param search the run on an MLflow server that trials are part of; null: none
     */
    TrialRuns(
            SparkSession spark,
            int parallel,
            Configuration configuration,
            Consumer<String> lines,
            @Nullable MlflowRun search) {
        this.spark = spark;
        this.parallel = parallel;
        this.configuration = configuration;
        this.lines = lines;
        this.search = search;
    }

    /** Trains all of them. A training that diverges is a result too; anything else that fails ends the search. */
    void run(List<TrialRun> trials) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (TrialRun trial : trials) {
                running.add(threads.submit(() -> {
                    train(trial);
                    return null;
                }));
            }
            for (Future<?> trial : running) {
                trial.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while trials were running", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException("a trial failed: " + e.getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void train(TrialRun trial) throws IOException {
        JobSpec job = trial.job();
        if (!RunDirectory.isFinished(FileSystems.directory(trial.directory(), configuration), job)) {
            try (RunDirectory run = RunDirectory.open(job, trial.directory(), configuration, true, notice -> {});
                    RunListeners files = new RunListeners(job, run.directory(), List.of(), lines, search)) {
                TrainingJob.Result result = new TrainingJob(spark, job, files.listeners(), run).run();
                run.save(job, result);
                files.saved(result);
            } catch (TrainingException e) {
                trial.fail(String.valueOf(e.getMessage()));
                lines.accept("trial " + trial.number() + " failed: " + e.getMessage());
                return;
            }
        }
        SavedModel model = SparkCommand.model(trial.directory());
        EvaluationSum sum = new ModelEvaluation(spark, job, model, 0, notice -> {}).validation();
        Measures measures = Measures.of("validation", sum, model.network());
        trial.succeed(measures);
        lines.accept("trial " + trial.number() + " epochs " + job.train().epochs() + " " + measures.line());
    }
}
