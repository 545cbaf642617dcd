package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.AttributionReadout;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Predicts every row of a table. A row's prediction depends on its features alone, not on partitions or neighbours. */
public final class TablePrediction {
    private TablePrediction() {}

    /**
     * The rows of a data frame with their predictions, as below. Its columns are called as the training rows' were.
     *
     * @param samples predictive samples; 0: nothing is random
     * @throws dev.lockstep.spark.ingest.IngestException if the rows do not have the features
     */
    public static Dataset<Row> of(Dataset<Row> table, SavedModel model, int samples) {
        SourceSpec columns = SourceSpec.ofPath("data frame");
        PredictionInput input = PredictionInput.of(table, columns, DataSchema.of(model.description()));
        return of(table.sparkSession(), input, model, samples);
    }

    /**
     * The input's rows, in their order, with all their columns, and the predictions behind them: {@code prediction},
     * {@code probability} and {@code probability_NAME} for classes, {@code prediction} or {@code prediction_NAME} for
     * numbers, and how sure they are where samples are drawn or the model is an ensemble. Computed when the table is
     * used.
     *
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @throws IllegalArgumentException if the input has a column of such a name
     */
    public static Dataset<Row> of(SparkSession spark, PredictionInput input, SavedModel model, int samples) {
        return of(spark, input, model, samples, InvalidRows.refused());
    }

    /**
     * The same.
     *
     * @param invalid what to do with rows that cannot be predicted
     */
    public static Dataset<Row> of(
            SparkSession spark, PredictionInput input, SavedModel model, int samples, InvalidRows invalid) {
        return of(spark, input, model, new Asked(samples, 0, false), invalid);
    }

    /**
     * The settings of a prediction.
     *
     * @param samples predictive samples; 0: nothing is random
     * @param top how many of the most probable classes get columns: {@code prediction}, {@code probability},
     *     {@code prediction2}, {@code probability2} and so on; 0: every class, or, of more than
     *     {@value dev.lockstep.nn.model.PredictionReadout#MOST_CLASSES}, the
     *     {@value dev.lockstep.nn.model.PredictionReadout#DEFAULT_TOP} most probable ones
     * @param attributions whether there is what each column contributes to a prediction, see
     *     {@link dev.lockstep.nn.model.Attributor}: columns {@code attribution_COLUMN} of a single number, otherwise
     *     {@code attribution_CLASS_COLUMN}
     */
    public record Asked(int samples, int top, boolean attributions) {}

    /**
     * The same.
     *
     * @param asked what is wanted
     */
    public static Dataset<Row> of(
            SparkSession spark, PredictionInput input, SavedModel model, Asked asked, InvalidRows invalid) {
        int samples = asked.samples();
        ModelDescription description = model.description();
        DataSchema schema = DataSchema.of(description);
        StructType table = input.rows().schema();
        List<String> internal = input.internalColumns();
        int[] kept = IntStream.range(0, table.size())
                .filter(column -> !internal.contains(table.apply(column).name()))
                .toArray();
        StructType keptType = new StructType();
        for (int column : kept) {
            keptType = keptType.add(table.apply(column));
        }
        Readout readout = Readout.of(model.network(), description, schema, samples, asked.top());
        StructType type = readout.addTo(keptType);

        FeatureReader features = input.features().under(model.rowRules());
        Broadcast<SavedModel> shared =
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model);
        RowPrediction prediction =
                new RowPrediction(shared, features, readout, samples, RowPrediction.CHUNK_ROWS, invalid);
        if (asked.attributions()) {
            AttributionReadout attributions = model.attributions();
            model.attributor(1); // refuses what cannot be explained before any row is read
            prediction = prediction.explained(AttributionColumns.of(attributions));
            type = AttributionColumns.addTo(type, attributions);
        }
        List<StructField> added = List.of(type.fields()).subList(kept.length, type.size());
        return PredictionPlan.of(input.rows(), prediction, kept, added);
    }
}
