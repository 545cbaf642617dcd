package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.ColumnImportance;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.io.ModelDirectory;
import dev.lockstep.spark.report.ImportanceText;
import dev.lockstep.spark.train.ModelImportance;
import dev.lockstep.spark.train.RunDirectory;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep importance}: how much a saved model needs each column. */
@Command(
        name = "importance",
        mixinStandardHelpOptions = true,
        description = "Measure how much a model needs each column: how much worse it becomes when the cells of the"
                + " column are shuffled among the rows. Saves the result in the model's directory, for report.html.")
final class ImportanceCommand extends SparkCommand {
    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description =
                    "Rows with their targets: a file, a directory, a pattern, or the name of a table. Default: the"
                            + " validation rows of the job saved with the model, or its test rows.")
    private @Nullable String data;

    @Option(
            names = "--format",
            description = "Format of the rows: ${COMPLETION-CANDIDATES}. Default: guessed from the name, else as in"
                    + " training; a table if the training rows were one.")
    private SourceSpec.@Nullable Format format;

    @Option(
            names = "--header",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the first line of csv rows names the columns. Default: as in training.")
    private @Nullable Boolean header;

    @Option(names = "--delimiter", description = "What separates the fields of csv rows. Default: as in training.")
    private @Nullable String delimiter;

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME",
            description = "The columns to measure, separated by commas. Default: all.")
    private @Nullable List<String> columns;

    @Option(
            names = "--repeats",
            defaultValue = "" + ModelImportance.Options.REPEATS,
            paramLabel = "N",
            description = "How often to shuffle each column. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "N",
            description = "Decides the shuffles. Default: ${DEFAULT-VALUE}.")
    private long seed;

    ImportanceCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        if (repeats < 1) {
            throw new JobException("--repeats", "expected at least 1, got " + repeats);
        }
        SavedModel model = model(directory);
        FileDirectory beside = ModelDirectory.find(directory, configuration());
        SparkSession spark = session("importance " + directory);
        ModelImportance importance = new ModelImportance(
                Tables.of(spark), model, line -> streams().err().println("note: " + Excerpt.visible(line)));
        ModelImportance.Options options = new ModelImportance.Options(columns, repeats, seed);
        List<ColumnImportance> measured =
                data == null ? ofJob(importance, beside, options) : importance.of(source(data), OnError.FAIL, options);
        ImportanceText text = ImportanceText.of(measured, model, repeats);
        text.write(beside);
        print(text.json(), text.lines());
        return 0;
    }

    private SourceSpec source(String path) {
        return new SourceSpec(path, format, null, null, null, null, header, delimiter, null, null, null);
    }

    /** On the rows that the job beside the model names. */
    private List<ColumnImportance> ofJob(
            ModelImportance importance, FileDirectory beside, ModelImportance.Options options) throws IOException {
        if (!beside.exists(RunDirectory.JOB)) {
            throw new JobException(
                    directory,
                    "there is no " + RunDirectory.JOB + " in the model's directory; name the rows with --data PATH");
        }
        String file = beside.location(RunDirectory.JOB);
        DataSpec rows = job(file, List.of()).data();
        if (rows.validation() != null) {
            Sources.check(rows.withoutTest(), configuration());
            return importance.ofValidation(rows, options);
        }
        SourceSpec test = rows.test();
        if (test == null) {
            throw new JobException(
                    file, "data: expected validation or test rows, got neither; --data PATH names other rows");
        }
        Sources.check(test, rows.train(), configuration());
        return importance.of(test, rows.onError(), options);
    }
}
