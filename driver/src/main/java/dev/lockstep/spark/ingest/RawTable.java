package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.text.DelimitedFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The rows of any source as a data frame: in their order, with all their columns, and with what a network takes in
 * readable as a {@link Source} reads it. Text stays text, so that it can be written back as it was. Rows of idx files
 * get a column {@code row}, LibSVM's lines become a {@code label} and the rest.
 *
 * @param rows the rows; beside their own columns they have those of {@link #internalColumns}
 * @param inputs reads features and valid steps
 * @param internalColumns columns that the source does not have, {@link #PLACE} among them
 * @param places says where a row stands
 */
public record RawTable(Dataset<Row> rows, RowInputs inputs, List<String> internalColumns, RowPlaces places) {
    /** The column that says where a row stands, for errors. */
    public static final String PLACE = "__lockstep_place";

    /**
     * Opens rows that are understood as the training rows were.
     *
     * @param source which rows; what it leaves out is as in training
     * @param schema how the training rows were understood
     * @throws IngestException if they do not have the features
     */
    public static RawTable open(SparkSession spark, SourceSpec source, DataSchema schema) {
        SourceSpec completed = Sources.resolve(spark, source, schema);
        List<FileStatus> files = Sources.files(spark, completed);
        return switch (completed.format()) {
            case CSV -> csv(FileTables.csv(spark, completed, files), completed, schema);
            case LIBSVM -> FileTables.libsvm(spark, files, schema);
            case IDX -> FileTables.idx(spark, completed, files, schema);
            case PARQUET -> inColumns(parquet(spark, completed), completed, schema);
            case SPARK -> inTable(SparkReader.open(spark, completed), completed, schema, 0);
            case TABLE -> inTable(Sources.table(spark, completed), completed, schema, 0);
            case TEXT ->
                throw new IngestException(
                        source.path() + ": predict reads rows of a table, not running text; evaluate measures text");
        };
    }

    /**
     * The rows of a data frame, of which none is read before the result is used if one column alone is an array or a
     * vector: it may be a stream.
     *
     * @param columns which columns are what, where that is not as in training; its path is what errors call the rows
     */
    public static RawTable of(Dataset<Row> table, SourceSpec columns, DataSchema schema) {
        return inTable(table, columns, schema, schema.shape().size());
    }

    private static RawTable csv(FileTables.CsvTable table, SourceSpec source, DataSchema schema) {
        RowPlaces places = RowPlaces.inFiles(table.rows().schema(), table.files());
        RowInputs inputs = inputs(table.rows(), table.columns(), source, schema, 0);
        if (DelimitedFormat.isComma(source.decimal())) {
            List<Integer> features = featureColumns(table.columns(), source, schema);
            inputs = CommaInputs.of(inputs, features, table.columns().names(), schema.encoding());
        }
        return new RawTable(table.rows(), inputs, List.of(PLACE), places);
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

    private static RawTable inColumns(Dataset<Row> table, SourceSpec source, DataSchema schema) {
        Dataset<Row> rows = NestedColumns.wider(table);
        RowInputs inputs = inputs(rows, columns(rows, source), source, schema, 0);
        return new RawTable(rows, inputs, internal(table), RowPlaces.inFiles(rows.schema(), null));
    }

    private static RawTable inTable(Dataset<Row> table, SourceSpec source, DataSchema schema, int width) {
        Dataset<Row> placed = table.withColumn(PLACE, functions.lit(source.path()));
        Dataset<Row> rows = NestedColumns.wider(placed);
        Columns columns = columns(rows, source);
        RowInputs inputs = inputs(rows, columns, source, schema, width);
        RowPlaces places = RowPlaces.inTable(rows.schema(), featureColumns(columns, source, schema));
        return new RawTable(rows, inputs, internal(placed), places);
    }

    private static List<String> internal(Dataset<Row> table) {
        List<String> internal = new ArrayList<>(NestedColumns.names(table.schema()));
        internal.add(PLACE);
        return internal;
    }

    private static Columns columns(Dataset<Row> rows, SourceSpec source) {
        List<String> names = new ArrayList<>(List.of(rows.columns()));
        names.remove(PLACE);
        return new Columns(source.path(), names);
    }

    private static RowInputs inputs(
            Dataset<Row> rows, Columns columns, SourceSpec source, DataSchema schema, int width) {
        List<Integer> features = featureColumns(columns, source, schema);
        String reference = source.length() == null ? schema.source().length() : source.length();
        NumberColumn length = reference == null ? null : NumberColumn.of(columns, columns.find(reference, "length"));
        Set<Integer> used = new HashSet<>(features);
        if (length != null) {
            used.add(length.index());
        }
        columns.checkNamedOnce(used);
        if (schema.encoding() != null) {
            return new CellInputs(features, schema.encoding());
        }
        TableInputs inputs = TableInputs.of(source.path(), rows, features, length, width);
        if (inputs.isMeasured()) {
            checkWidth(source.path(), inputs.width(), schema);
        }
        return inputs;
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
