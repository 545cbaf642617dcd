package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SplitSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.live.LiveTab;
import dev.lockstep.spark.report.ConsoleProgress;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.RunReport;
import dev.lockstep.spark.report.RunSummary;
import dev.lockstep.spark.train.ModelEvaluation;
import dev.lockstep.spark.train.RunDirectory;
import dev.lockstep.spark.train.TrainingCancelledException;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lockstep train}: from a job file to a model directory. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train a network and save it, or resume an unfinished run in output.dir."
                + " The last line is: model DIR sha256 HEX.")
final class TrainCommand extends SparkCommand {
    @ParentCommand
    private Lockstep root;

    @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
    private String file;

    @Mixin
    private JobOptions options;

    @Option(names = "--overwrite", description = "Replace an earlier run in output.dir, including its checkpoints.")
    private boolean overwrite;

    TrainCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        JobSpec job = job(file, options.settings());
        ValidationSpec validation = job.data().validation();
        SplitSpec split = validation == null ? null : validation.split();
        return split != null && split.hasAllFolds()
                ? trainFolds(job, Objects.requireNonNull(split.folds()))
                : train(job, false);
    }

    /** A training for each fold, one after the other in one application; those that are finished are not repeated. */
    private int trainFolds(JobSpec job, int folds) throws IOException {
        String location = job.outputDirectory(file);
        checkDirectory("output.dir", location);
        FoldFigures figures = new FoldFigures();
        for (int fold = 0; fold < folds; fold++) {
            JobSpec single = job(file, ofFold(job, fold));
            String directory = single.outputDirectory(file);
            FileDirectory files = FileSystems.directory(directory, configuration());
            if (!overwrite && RunDirectory.isFinished(files, single)) {
                streams().err().println("fold " + fold + " is finished: " + directory);
            } else {
                int code = train(single, true);
                if (code != 0) {
                    return code;
                }
            }
            SavedModel model = model(directory);
            EvaluationSum sum =
                    new ModelEvaluation(session("train " + file), single, model, 0, notice -> {}).validation();
            figures.add(
                    Measures.of("validation", sum, model.network()),
                    directory,
                    model.description().sha256());
        }
        byte[] json = (figures.json().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        FileSystems.directory(location, configuration()).write("folds.json", out -> out.write(json));
        print(figures.json(), figures.lines());
        return 0;
    }

    private List<String> ofFold(JobSpec job, int fold) {
        List<String> settings = new ArrayList<>(options.settings());
        settings.add("data.validation.fold=" + fold);
        settings.add("output.dir=" + job.outputDirectory(file) + "/fold-" + fold);
        if (job.checkpoint() != null && job.checkpoint().dir() != null) {
            settings.add("checkpoint.dir=" + job.checkpoint().dir() + "/fold-" + fold);
        }
        return settings;
    }

    /** @param fold whether it is one of several trainings, which are reported to a program when all have ended */
    private int train(JobSpec job, boolean fold) throws IOException {
        String location = job.outputDirectory(file);
        checkDirectory("output.dir", location);
        if (job.checkpoint() != null && job.checkpoint().dir() != null) {
            checkDirectory("checkpoint.dir", job.checkpoint().dir());
        }
        RunDirectory run = RunDirectory.open(
                job, file, configuration(), overwrite, streams().err()::println);
        RunSummary summary = new RunSummary();
        StopOnSignal signal = new StopOnSignal(streams().err(), run::howToResume);
        try (signal;
                run;
                ConsoleProgress progress =
                        new ConsoleProgress(streams().err(), ConsoleProgress.onTerminal(), root.isVerbose());
                RunListeners files =
                        new RunListeners(job, run.directory(), List.of(progress, summary), progress::notice, null)) {
            Sources.check(job.data(), configuration());
            SparkSession spark = session("train " + file);
            String page = LiveTab.address(spark.sparkContext());
            if (page != null) {
                streams().err().println("watch it at " + page);
            }
            TrainingJob training = new TrainingJob(spark, job, files.listeners(), run);
            signal.cancels(() -> {
                // Spark warns of what a cancelled job leaves unfinished.
                spark.sparkContext().setLogLevel("OFF");
                training.cancel();
            });
            TrainingJob.Result result = training.run();
            run.save(job, result);
            files.saved(result);
            report(run.directory());
            signal.completed();
            List<String> classes = result.model().description().classes();
            summary.lines(result.measures(), classes, location, file)
                    .forEach(streams().err()::println);
            print(location, result, fold);
            return 0;
        } catch (TrainingCancelledException e) {
            // Tells the sender of the signal what it leads to.
            if (signal.requested()) {
                return StopOnSignal.EXIT_CODE;
            }
            throw e;
        }
    }

    /** The model is saved: what goes wrong here does not fail the training. */
    private void report(FileDirectory directory) {
        try {
            RunReport.write(directory);
        } catch (ModelException e) {
            streams().err().println("note: " + Excerpt.visible(String.valueOf(e.getMessage())));
        }
    }

    private void print(String location, TrainingJob.Result result, boolean fold) {
        String sha256 = result.model().description().sha256();
        ObjectNode object = object().put("model", location).put("sha256", sha256);
        List<String> lines = new ArrayList<>();
        Measures measures = result.measures();
        if (measures != null) {
            object.set(measures.data(), measures.json());
        }
        if (measures != null && measures.data().equals("test")) {
            lines.add(measures.line());
        }
        lines.add("model " + location + " sha256 " + sha256);
        if (fold) {
            printLines(lines);
        } else {
            print(object, lines);
        }
    }
}
