package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.io.ModelDirectory;
import dev.lockstep.spark.predict.OutOfDistribution;
import dev.lockstep.spark.report.ConfusionText;
import dev.lockstep.spark.report.ExampleRows;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.RunReport;
import dev.lockstep.spark.train.ModelEvaluation;
import dev.lockstep.spark.train.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep evaluate}: how good a saved model is on a job's test rows. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description =
                "Measure a saved model on the test rows of a job, or on its validation rows if it has no test rows.")
final class EvaluateCommand extends SparkCommand {
    /** Worst mistakes that a report shows where the job says nothing. */
    private static final int EXAMPLES = 12;

    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(
            names = "--job",
            paramLabel = "JOB.yaml",
            description = "The job file that names the rows. Default: the job saved with the model.")
    private @Nullable String file;

    @Option(
            names = "--against",
            paramLabel = "PATH",
            description = "Rows of another kind, with or without targets: also measure how well the model's"
                    + " uncertainty tells them from the test rows, as the area under the ROC curve. Needs an ensemble"
                    + " or --samples.")
    private @Nullable String against;

    @Mixin
    private JobOptions options;

    @Mixin
    private SamplingOptions sampling;

    @Option(
            names = "--report",
            description = "Also write the metrics, the worst mistakes and report.html into the model's directory.")
    private boolean report;

    EvaluateCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        SavedModel model = model(directory);
        String named = file == null ? jobBeside() : file;
        JobSpec job = job(named, options.settings());
        SourceSpec rows = job.data().test();
        boolean test = rows != null;
        if (!test && job.data().validation() == null) {
            throw new JobException(named, "data: expected test or validation rows to evaluate on, got neither");
        }
        if (rows != null) {
            Sources.check(rows, job.data().train(), configuration());
        } else {
            Sources.check(job.data(), configuration());
        }
        ModelEvaluation evaluation =
                new ModelEvaluation(session("evaluate " + directory), job, model, sampling.samples(), line -> streams()
                        .err()
                        .println("note: " + Excerpt.visible(line)));
        int examples = job.output() == null ? EXAMPLES : job.output().examples();
        if (report && examples > 0) {
            evaluation.keeping(examples);
        }
        EvaluationSum sum = test ? evaluation.test() : evaluation.validation();
        Measures measures = Measures.of(test ? "test" : "validation", sum, model.network());
        List<String> lines = new ArrayList<>(List.of(measures.line()));
        if (!measures.probabilistic().isEmpty()) {
            lines.add(measures.data() + " " + measures.probabilistic());
        }
        lines.addAll(ConfusionText.lines(measures, model.description().classes()));
        ObjectNode object = measures.json();
        if (report) {
            String page = write(measures, evaluation.examples());
            lines.add("report " + page);
            object.put("report", page);
        }
        String others = against;
        if (others != null) {
            compare(model, compared(job, named), others, object, lines);
        }
        print(object, lines);
        return 0;
    }

    private String write(Measures measures, @Nullable ObjectNode examples) throws IOException {
        FileDirectory files = ModelDirectory.find(directory, configuration());
        measures.write(files);
        if (examples != null) {
            byte[] bytes = (examples + "\n").getBytes(StandardCharsets.UTF_8);
            files.write(ExampleRows.NAME, out -> out.write(bytes));
        }
        RunReport.write(files);
        return files.location(RunReport.NAME);
    }

    /** The rows that others are told from. */
    private static SourceSpec compared(JobSpec job, String file) {
        SourceSpec rows = job.data().test();
        ValidationSpec validation = job.data().validation();
        if (rows == null && validation != null) {
            rows = validation.source();
        }
        if (rows == null) {
            throw new JobException(
                    file, "data: expected test rows, or validation rows of their own, for --against to compare with");
        }
        return rows;
    }

    private void compare(SavedModel model, SourceSpec rows, String path, ObjectNode json, List<String> lines) {
        SparkSession spark = session("evaluate " + directory);
        int samples = sampling.samples();
        if (!OutOfDistribution.isKnown(model, samples)) {
            throw new JobException(
                    "--against",
                    "expected a model that says how unsure it is of a row: an ensemble, or --samples N, of which 1 is"
                            + " enough for the entropy of one network's classes");
        }
        OutOfDistribution told = OutOfDistribution.of(spark, model, samples, rows, SourceSpec.ofPath(path));
        ObjectNode areas = json.putObject("against").put("path", path).put("rows", told.others());
        StringBuilder line = new StringBuilder("against " + path + " rows " + told.others() + " area under ROC");
        told.areas().forEach((name, area) -> {
            areas.put(name + "RocAuc", area);
            line.append(String.format(Locale.ROOT, " %s %.4f", name, area));
        });
        lines.add(line.toString());
    }

    /** What {@code train} leaves beside a model. */
    private String jobBeside() throws IOException {
        FileDirectory files = FileSystems.directory(directory, configuration());
        if (!files.exists(RunDirectory.JOB)) {
            throw new JobException(
                    directory,
                    "there is no " + RunDirectory.JOB + " in the model's directory; name the rows with --job JOB.yaml");
        }
        return files.location(RunDirectory.JOB);
    }
}
