package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.model.Attributor;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.spark.ingest.IngestException;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Some rows on their way through the network together. Of one task; not for use by two threads at once. */
final class PredictedBatch {
    private static final double[] NO_PARTS = {};

    /** Places of rows that have none among the inputs. */
    private static final int NO_PREDICTION = -1;

    private static final int LEFT_OUT = -2;

    private final RowPrediction prediction;
    private final FeatureReader features;
    private final Predictor predictor;
    private final @Nullable Attributor attributor;
    private final RowArray inputs;
    /** Where each row is among the inputs. */
    private final int[] places;

    private int rows;
    private double[] parts = NO_PARTS;
    private boolean complained;

    /**
     * Room for rows.
     *
     * @param prediction how they are predicted
     * @param features reads their features
     * @param predictor for as many rows
     * @param attributor for as many; null: predictions are not explained
     * @param most how many
     */
    PredictedBatch(
            RowPrediction prediction,
            FeatureReader features,
            Predictor predictor,
            @Nullable Attributor attributor,
            int most) {
        this.prediction = prediction;
        this.features = features;
        this.predictor = predictor;
        this.attributor = attributor;
        inputs = predictor.newRows();
        places = new int[most];
    }

    /** Takes all rows out. */
    void clear() {
        rows = 0;
        inputs.clear();
    }

    /** How many rows are in it. */
    int rows() {
        return rows;
    }

    boolean isFull() {
        return rows == places.length;
    }

    /**
     * Adds a row, of which nothing is needed any more when this returns.
     *
     * @throws IngestException if it cannot be predicted, and such rows are errors
     */
    void add(Row row) {
        places[rows] = place(row);
        rows++;
    }

    private int place(Row row) {
        if (prediction.invalid().isLeftOut(row)) {
            return LEFT_OUT;
        }
        if (prediction.invalid().isKept(row)) {
            return NO_PREDICTION;
        }
        try {
            features.read(row, inputs);
            return inputs.rows() - 1;
        } catch (IngestException e) {
            boolean stays = prediction.invalid().keepsUnreadable(e, !complained);
            complained = true;
            return stays ? NO_PREDICTION : LEFT_OUT;
        }
    }

    /** Predicts all rows that are in it. */
    void predict() {
        if (inputs.rows() > 0) {
            predictor.predict(inputs);
            parts = attributor == null ? NO_PARTS : attributor.attribute(inputs);
        }
    }

    /** Whether a row is left out. */
    boolean isLeftOut(int row) {
        return places[row] == LEFT_OUT;
    }

    /**
     * The cells of a row after {@link #predict}.
     *
     * @param out gets them; missing ones where there is no prediction
     */
    void write(int row, CellSink out) {
        int place = places[row];
        if (place < 0) {
            for (int i = 0; i < prediction.width(); i++) {
                out.cell(null);
            }
            return;
        }
        prediction.cells().write(predictor.uncertainty(), place, out);
        AttributionCells explained = prediction.attributions();
        if (explained != null && attributor != null) {
            explained.write(parts, place * attributor.width(), out);
        }
    }
}
