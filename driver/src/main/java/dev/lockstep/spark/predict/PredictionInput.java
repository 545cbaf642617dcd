package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.RawTable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows to predict, in their order, with all their columns, and how to read features from them as in training.
 *
 * @param rows the rows; beside their own columns they have those of {@link #internalColumns}
 * @param features reads their features
 * @param internalColumns columns that the input does not have and the output should not
 */
public record PredictionInput(Dataset<Row> rows, FeatureReader features, List<String> internalColumns) {
    /**
     * Opens rows to predict.
     *
     * @param source which rows; what it leaves out is as in training
     * @param schema how the training rows were understood
     * @throws dev.lockstep.spark.ingest.IngestException if they do not have the features
     */
    public static PredictionInput open(SparkSession spark, SourceSpec source, DataSchema schema) {
        return of(RawTable.open(spark, source, schema), schema);
    }

    /**
     * The rows of a data frame.
     *
     * @param columns which columns are what, where that is not as in training; its path is what errors call the rows
     */
    public static PredictionInput of(Dataset<Row> table, SourceSpec columns, DataSchema schema) {
        return of(RawTable.of(table, columns, schema), schema);
    }

    private static PredictionInput of(RawTable table, DataSchema schema) {
        return new PredictionInput(
                table.rows(),
                new FeatureReader(table.inputs(), table.places(), schema.shape(), RowRules.ANY),
                table.internalColumns());
    }
}
