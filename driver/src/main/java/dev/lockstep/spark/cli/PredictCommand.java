package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.predict.InvalidRows;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.PredictionsDirectory;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.sync.Cluster;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep predict}: a saved model's predictions for the rows of files or of a table. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = "Predict rows. Writes them in their order, with all their columns followed by the predictions.")
final class PredictCommand extends SparkCommand {

    /** How predictions are written. */
    enum OutputFormat {
        CSV,
        PARQUET,
        JSON
    }

    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String modelDirectory;

    @Option(names = "--input", required = true, description = "A file, a directory, a pattern, or the name of a table.")
    private String input;

    @Option(
            names = "--format",
            description = "Format of the input: ${COMPLETION-CANDIDATES}. Default: guessed from its name, else as in"
                    + " training; a table if the training rows were one.")
    private SourceSpec.Format format;

    @Option(
            names = "--header",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the first line of a csv input names the columns. Default: as in training.")
    private Boolean header;

    @Option(names = "--delimiter", description = "What separates the fields of a csv input. Default: as in training.")
    private String delimiter;

    @Option(names = "--output", required = true, description = "Directory to write to.")
    private String output;

    @Option(
            names = "--output-format",
            defaultValue = "CSV",
            description = "Format of the output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private OutputFormat outputFormat;

    @Option(
            names = "--on-error",
            defaultValue = "FAIL",
            description = "What to do with rows that cannot be predicted: ${COMPLETION-CANDIDATES}. skip leaves them"
                    + " out, null leaves their predictions empty. Default: ${DEFAULT-VALUE}.")
    private OnError onError;

    @Option(
            names = "--attributions",
            description = "Also write what each column contributes to a prediction (integrated gradients from a row of"
                    + " zeros): attribution_COLUMN, or attribution_CLASS_COLUMN for each class.")
    private boolean attributions;

    @Option(
            names = "--top",
            paramLabel = "K",
            description = "Write the K most probable classes (prediction, probability, prediction2, probability2, ...)"
                    + " instead of the probability of each class. Default: every class, but 5 if there are more than"
                    + " 256.")
    private Integer top;

    @Option(names = "--overwrite", description = "Replace the output of an earlier predict.")
    private boolean overwrite;

    @Mixin
    private SamplingOptions sampling;

    PredictCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        SavedModel model = model(modelDirectory);
        SourceSpec source = new SourceSpec(input, format, null, null, null, null, header, delimiter, null, null, null);
        DataSchema schema = DataSchema.of(model.description());
        Sources.check(source, schema.source(), configuration());
        // A session of its own, in which columns whose names differ only in case are different ones.
        SparkSession spark = session("predict " + modelDirectory).newSession();
        spark.conf().set("spark.sql.caseSensitive", true);
        checkOutputStandsApart(Sources.paths(spark, source, schema));
        checkDirectory("--output", output);
        try (PredictionsDirectory directory = PredictionsDirectory.open(
                output, configuration(), overwrite, streams().err()::println)) {
            Cluster.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), notice -> {})
                    .watch(() -> {
                        PredictionInput rows = PredictionInput.open(spark, source, schema);
                        InvalidRows invalid = InvalidRows.of(onError, spark.sparkContext());
                        Dataset<Row> predictions = TablePrediction.of(
                                spark,
                                rows,
                                model,
                                new TablePrediction.Asked(sampling.samples(), top(), attributions),
                                invalid);
                        checkWritten(predictions.schema());
                        directory.begin(model.description().sha256());
                        write(predictions.write().options(directory.writerOptions(spark)));
                        directory.complete();
                        invalid.notices()
                                .forEach(notice -> streams().err().println("note: " + Excerpt.visible(notice)));
                        return true;
                    });
        }
        print(
                object().put("predictions", output)
                        .put("format", outputFormat.name().toLowerCase(Locale.ROOT)),
                List.of("predictions " + output));
        return 0;
    }

    private int top() {
        if (top != null && top < 1) {
            throw new JobException("--top", "expected at least 1, got " + top);
        }
        return top == null ? 0 : top;
    }

    /** An output that is replaced is deleted with everything in it, before the rows are read. */
    private void checkOutputStandsApart(List<String> inputs) throws IOException {
        boolean model = FileSystems.overlap(output, modelDirectory, configuration());
        boolean rows = false;
        for (String path : inputs) {
            rows |= FileSystems.overlap(output, path, configuration());
        }
        if (model || rows) {
            throw new JobException(
                    "--output " + output,
                    "expected a directory apart from the " + (model ? "model " + modelDirectory : "input " + input)
                            + ", got one that overlaps with it");
        }
    }

    /** A line of CSV has no place for what is not one value. */
    private void checkWritten(StructType type) {
        for (StructField field : type.fields()) {
            DataType cell = field.dataType();
            boolean several = cell instanceof ArrayType
                    || cell instanceof MapType
                    || cell instanceof StructType
                    || cell instanceof UserDefinedType
                    || cell instanceof BinaryType;
            if (outputFormat == OutputFormat.CSV && several) {
                throw new JobException(
                        "--output-format csv",
                        "column \"" + field.name() + "\" is " + cell.simpleString()
                                + ", but a csv cell holds one value; use --output-format parquet or json");
            }
        }
    }

    /** The directory is there, without data. */
    private void write(DataFrameWriter<Row> predictions) {
        DataFrameWriter<Row> writer = predictions.mode(SaveMode.Append);
        switch (outputFormat) {
            case CSV ->
                // Quotes as RFC 4180 has them, and every text as it was: not trimmed, empty ones empty.
                writer.option("header", true)
                        .option("escape", "\"")
                        .option("emptyValue", "")
                        .option("ignoreLeadingWhiteSpace", false)
                        .option("ignoreTrailingWhiteSpace", false)
                        .csv(output);
            case PARQUET -> writer.parquet(output);
            case JSON -> writer.option("ignoreNullFields", false).json(output);
        }
    }
}
