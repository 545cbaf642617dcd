package dev.lockstep.spark.ml;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.model.AttributionReadout;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.CompleteRows;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.predict.InvalidRows;
import dev.lockstep.spark.predict.PredictionCells;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.PredictionPlan;
import dev.lockstep.spark.predict.RowPrediction;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A model at work: over data frames, and for a single row. One network a process; it is sent to each once. */
final class Scoring {
    private final SavedModel model;
    private @Nullable Broadcast<SavedModel> sent;
    private @Nullable SparkContext sentIn;
    private @Nullable Predictor single;
    private int singleSamples;

    Scoring(SavedModel model) {
        this.model = model;
    }

    /**
     * The rows with their predictions, computed when the result is used.
     *
     * @param params which columns hold the features, and how rows are predicted
     * @param cells what is added to a row
     * @param schema of the result
     */
    Dataset<Row> transform(
            Dataset<?> rows, NeuralNetworkFeatureParams<?> params, PredictionCells cells, StructType schema) {
        Dataset<Row> frame = rows.toDF();
        DataSchema known = DataSchema.of(model.description());
        List<String> features = Columns.features(params);
        PredictionInput input = PredictionInput.of(frame, source(features), known);
        int[] kept = IntStream.range(0, frame.schema().size()).toArray();
        // If columns have types, the types decide about missing cells.
        int[] columns = known.encoding() != null
                ? new int[0]
                : features.stream().mapToInt(frame.schema()::fieldIndex).toArray();
        InvalidRows invalid = new InvalidRows(
                InvalidRows.Policy.valueOf(params.getHandleInvalid().toUpperCase(Locale.ROOT)),
                new CompleteRows(columns));
        RowPrediction prediction = new RowPrediction(
                sent(rows.sparkSession()),
                input.features().under(model.rowRules()),
                cells,
                params.getSamples(),
                params.getInferBatchSize(),
                invalid);
        if (!params.getAttributionsCol().isEmpty()) {
            model.attributor(1); // refuses what cannot be explained before any row is read
            prediction = prediction.explained(attributions(known));
        }
        List<StructField> added = List.of(schema.fields()).subList(kept.length, schema.size());
        return PredictionPlan.of(input.rows(), prediction, kept, added);
    }

    private AttributionVectors attributions(DataSchema known) {
        AttributionReadout readout = model.attributions();
        int outputs = readout.outputs().size();
        AttributionVectors.Kind ofOne =
                known.targets().isClass() ? AttributionVectors.Kind.TWO_CLASSES : AttributionVectors.Kind.VECTOR;
        return new AttributionVectors(
                outputs, readout.columns().columns().size(), outputs == 1 ? ofOne : AttributionVectors.Kind.VECTORS);
    }

    private static SourceSpec source(List<String> features) {
        return new SourceSpec(
                FitJob.ROWS,
                SourceSpec.Format.TABLE,
                null,
                Names.of(features),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private synchronized Broadcast<SavedModel> sent(SparkSession spark) {
        SparkContext context = spark.sparkContext();
        Broadcast<SavedModel> known = sent;
        if (known == null || sentIn != context) {
            known = JavaSparkContext.fromSparkContext(context).broadcast(model);
            sent = known;
            sentIn = context;
        }
        return known;
    }

    /**
     * Predicts one row on the driver.
     *
     * @param samples predictive samples
     * @param read takes what is wanted of row 0
     */
    synchronized <T> T predict(Vector features, int samples, BiFunction<PredictiveDistribution, Integer, T> read) {
        int width = model.network().input().size();
        if (features.size() != width) {
            throw new IllegalArgumentException("expected " + width + " features, got " + features.size());
        }
        if (model.description().lengths()) {
            throw new IllegalArgumentException("expected " + width
                    + " features and the number of steps, which a vector alone does not say; transform reads both");
        }
        Predictor predictor = single;
        if (predictor == null || samples != singleSamples) {
            predictor = model.predictor(samples, 1, false);
            single = predictor;
            singleSamples = samples;
        }
        RowArray row = predictor.newRows();
        add(features, row);
        predictor.predict(row);
        return read.apply(predictor.uncertainty(), 0);
    }

    private static void add(Vector features, RowArray row) {
        int[] indexes = features instanceof SparseVector sparse
                ? sparse.indices()
                : IntStream.range(0, features.size()).toArray();
        double[] values = features instanceof SparseVector sparse ? sparse.values() : features.toArray();
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i] + 0f;
            if (!Float.isFinite(rounded[i])) {
                throw new IllegalArgumentException(
                        "feature " + indexes[i] + ": expected a finite number, got " + values[i]);
            }
        }
        row.add(indexes, rounded, values.length, new float[1]);
    }
}
