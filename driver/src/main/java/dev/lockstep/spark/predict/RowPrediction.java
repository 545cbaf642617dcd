package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.SavedModel;
import java.io.Serializable;
import java.util.function.IntPredicate;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * The prediction of rows. Travels to the executors. All tasks of a process share the model; scratch is each task's own.
 */
public final class RowPrediction implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Rows in one pass unless said otherwise; changes speed and memory, never a prediction. */
    public static final int CHUNK_ROWS = 256;

    /** Features of the rows that are explained at once. */
    private static final int EXPLAINED_FEATURES = 1 << 16;

    private final Broadcast<SavedModel> model;
    private final FeatureReader features;
    private final PredictionCells cells;
    private final int samples;
    private final int chunkRows;
    private final InvalidRows invalid;
    private final @Nullable AttributionCells attributions;

    /**
     * A prediction.
     *
     * @param model what predicts
     * @param features reads a row's features
     * @param cells turns outputs into cells
     * @param samples predictive samples; 0: nothing is random
     * @param chunkRows rows in one pass through the network
     * @param invalid what to do with rows that cannot be predicted
     */
    public RowPrediction(
            Broadcast<SavedModel> model,
            FeatureReader features,
            PredictionCells cells,
            int samples,
            int chunkRows,
            InvalidRows invalid) {
        this(model, features, new Cells(cells, null), samples, chunkRows, invalid);
    }

    /**
     * What a row gets.
     *
     * @param predictions of it
     * @param attributions what its columns contribute to them; null: that is not computed
     */
    private record Cells(
            PredictionCells predictions, @Nullable AttributionCells attributions) {}

    private RowPrediction(
            Broadcast<SavedModel> model,
            FeatureReader features,
            Cells cells,
            int samples,
            int chunkRows,
            InvalidRows invalid) {
        this.model = model;
        this.features = features;
        this.cells = cells.predictions();
        this.attributions = cells.attributions();
        this.samples = samples;
        this.chunkRows = chunkRows;
        this.invalid = invalid;
    }

    /** The same prediction with what each row's columns contribute to it behind its cells. */
    public RowPrediction explained(AttributionCells parts) {
        return new RowPrediction(model, features, new Cells(cells, parts), samples, chunkRows, invalid);
    }

    FeatureReader features() {
        return features;
    }

    PredictionCells cells() {
        return cells;
    }

    @Nullable
    AttributionCells attributions() {
        return attributions;
    }

    InvalidRows invalid() {
        return invalid;
    }

    /** How many cells a row gets. */
    int width() {
        return cells.width() + (attributions == null ? 0 : attributions.width());
    }

    /**
     * Room for rows on their way through the network.
     *
     * @param most rows at once, at most
     * @param has which columns of a row are there to say where it stands
     */
    PredictedBatch batch(int most, IntPredicate has) {
        SavedModel shared = model.value();
        int rows = Math.min(most, attributions == null ? chunkRows : Math.min(chunkRows, explainedRows(shared)));
        return new PredictedBatch(
                this,
                features.seeing(has),
                shared.predictor(samples, rows, features.sequences()),
                attributions == null ? null : shared.attributor(rows),
                rows);
    }

    /** Rows that are explained at once: as many as are worth it, or fewer of many features. */
    private static int explainedRows(SavedModel model) {
        return Math.max(1, EXPLAINED_FEATURES / model.network().input().size());
    }
}
