package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.SavedModel;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Predicts the rows of a partition: each comes out with some of its columns and its predictions behind them. Travels to
 * the executors. All tasks of a process share the model; scratch is each task's own.
 */
public final class RowPrediction implements MapPartitionsFunction<Row, Row>, FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1L;

    /** Rows in one pass unless said otherwise; changes speed and memory, never a prediction. */
    public static final int CHUNK_ROWS = 256;

    private final Broadcast<SavedModel> model;
    private final FeatureReader features;
    private final PredictionCells cells;
    private final int[] kept;
    private final int samples;
    private final int chunkRows;
    private final InvalidRows invalid;

    /**
     * A prediction.
     *
     * @param model what predicts
     * @param features reads a row's features
     * @param cells turns outputs into cells
     * @param kept which of a row's columns stay
     * @param samples predictive samples; 0: nothing is random
     * @param chunkRows rows in one pass through the network
     * @param invalid what becomes of rows that cannot be predicted
     */
    public RowPrediction(
            Broadcast<SavedModel> model,
            FeatureReader features,
            PredictionCells cells,
            int[] kept,
            int samples,
            int chunkRows,
            InvalidRows invalid) {
        this.model = model;
        this.features = features;
        this.cells = cells;
        this.kept = kept.clone();
        this.samples = samples;
        this.chunkRows = chunkRows;
        this.invalid = invalid;
    }

    FeatureReader features() {
        return features;
    }

    PredictionCells cells() {
        return cells;
    }

    int[] kept() {
        return kept;
    }

    int chunkRows() {
        return chunkRows;
    }

    InvalidRows invalid() {
        return invalid;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new PredictedRows(rows, model.value().predictor(samples, chunkRows, features.sequences()), this);
    }
}
