package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Rows to predict, in their order, with all their columns, and how to read features from them as in training. Text
 * stays text, so that it can be written back as it was. Rows of idx files get a column {@code row}, LibSVM's lines
 * become a {@code label} and the rest.
 *
 * @param rows the rows; beside their own columns they have those of {@link #internalColumns}
 * @param features reads their features
 * @param internalColumns columns that the input does not have and the output should not
 */
public record PredictionInput(Dataset<Row> rows, FeatureReader features, List<String> internalColumns) {
    /** The column that says where a row stands, for errors. */
    static final String PLACE = "__lockstep_place";

    /**
     * Opens rows to predict.
     *
     * @param source which rows; what it leaves out is as in training
     * @param schema how the training rows were understood
     * @throws IngestException if they do not have the features
     */
    public static PredictionInput open(SparkSession spark, SourceSpec source, DataSchema schema) {
        SourceSpec completed = Sources.resolve(spark, source, schema);
        List<FileStatus> files = Sources.files(spark, completed);
        return switch (completed.format()) {
            case CSV -> table(PredictionFiles.csv(spark, completed, files), completed, schema);
            case LIBSVM -> PredictionFiles.libsvm(spark, completed, files, schema);
            case IDX -> PredictionFiles.idx(spark, completed, files, schema);
            case PARQUET -> table(parquet(spark, completed), completed, schema);
            case TABLE -> of(Sources.table(spark, completed), completed, schema);
            case TEXT ->
                throw new IngestException(
                        source.path() + ": predict reads rows of a table, not running text; evaluate measures text");
        };
    }

    /**
     * The paths that rows to predict are read from: the source's own, and those of its files; for a table those of its
     * files alone, as far as Spark knows them.
     *
     * @param source which rows; what it leaves out is as in training
     * @param schema how the training rows were understood
     * @throws IngestException if there are none
     */
    public static List<String> paths(SparkSession spark, SourceSpec source, DataSchema schema) {
        SourceSpec completed = Sources.resolve(spark, source, schema);
        if (completed.format() == SourceSpec.Format.TABLE) {
            return List.of(Sources.table(spark, completed).inputFiles());
        }
        List<String> paths = new ArrayList<>(List.of(source.path()));
        for (FileStatus file : Sources.files(spark, completed)) {
            paths.add(file.getPath().toString());
        }
        return paths;
    }

    /**
     * The rows of a data frame.
     *
     * @param columns which columns are what, where that is not as in training; its path is what errors call the rows
     */
    public static PredictionInput of(Dataset<Row> table, SourceSpec columns, DataSchema schema) {
        return table(table.withColumn(PLACE, functions.lit(columns.path())), columns, schema);
    }

    private static Dataset<Row> parquet(SparkSession spark, SourceSpec source) {
        Dataset<Row> table = spark.read()
                .parquet(source.path())
                .withColumn(
                        PLACE,
                        functions.concat(
                                functions.col("_metadata.file_path"),
                                functions.lit(": row "),
                                functions.col("_metadata.row_index")));
        // Spark reads the largest files first, several of them in one partition if they are small.
        return table.inputFiles().length == 1
                ? table
                : table.orderBy(functions.col("_metadata.file_path"), functions.col("_metadata.row_index"));
    }

    private static PredictionInput table(Dataset<Row> rows, SourceSpec source, DataSchema schema) {
        List<String> names = new ArrayList<>(List.of(rows.columns()));
        int place = names.indexOf(PLACE);
        names.remove(PLACE);
        List<Integer> columns = featureColumns(new Columns(source.path(), names), source, schema);
        TableFeatures features = TableFeatures.of(source.path(), rows, columns);
        if (features.isMeasured()) {
            checkWidth(source.path(), features.width(), schema);
        }
        FeatureReader reader = new FeatureReader(FeatureReader.Encoding.COLUMNS, features, -1, place, features.width());
        String length = source.length() == null ? schema.source().length() : source.length();
        if (length != null) {
            int column = new Columns(source.path(), names).find(length, "length");
            reader = reader.withLength(
                    column, Columns.called(names.get(column)), schema.shape().dimension(0));
        }
        return new PredictionInput(rows, reader, List.of(PLACE));
    }

    private static List<Integer> featureColumns(Columns columns, SourceSpec source, DataSchema schema) {
        if (source.features() != null) {
            return columns.findAll(source.features().values(), "features");
        }
        if (!schema.featureColumns().isEmpty()) {
            return columns.findAll(schema.featureColumns(), "features");
        }
        List<Integer> labels = source.label() == null
                ? List.of()
                : columns.findAll(source.label().values(), "label");
        return columns.allBut(new HashSet<>(labels));
    }

    static void checkWidth(String name, int width, DataSchema schema) {
        if (width != schema.shape().size()) {
            throw new IngestException(
                    name + ": expected " + schema.shape().size() + " features as in training, got " + width);
        }
    }
}
