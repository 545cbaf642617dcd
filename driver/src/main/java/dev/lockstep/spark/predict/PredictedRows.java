package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.model.Attributor;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.spark.ingest.IngestException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The rows of one partition with their predictions, computed some rows at a time. */
final class PredictedRows implements Iterator<Row> {
    private static final double[] NO_PARTS = {};

    private final Iterator<Row> rows;
    private final Predictor predictor;
    private final @Nullable Attributor attributor;
    private final RowPrediction prediction;
    private final RowArray inputs;
    private final List<Row> chunk;
    private final boolean[] predicted;
    private boolean complained;
    private final Queue<Row> ready = new ArrayDeque<>();

    /**
     * Predictions of a partition.
     *
     * @param rows the partition
     * @param chunkRows rows at a time
     * @param predictor for as many
     * @param attributor for as many; null: predictions are not explained
     * @param prediction how they are read and predicted
     */
    PredictedRows(
            Iterator<Row> rows,
            int chunkRows,
            Predictor predictor,
            @Nullable Attributor attributor,
            RowPrediction prediction) {
        this.rows = rows;
        this.predictor = predictor;
        this.attributor = attributor;
        this.prediction = prediction;
        inputs = predictor.newRows();
        chunk = new ArrayList<>(chunkRows);
        predicted = new boolean[chunkRows];
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && rows.hasNext()) {
            predict();
        }
        return !ready.isEmpty();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void predict() {
        read();
        if (inputs.rows() > 0) {
            predictor.predict(inputs);
        }
        PredictiveDistribution predictions = predictor.uncertainty();
        int next = 0;
        int[] kept = prediction.kept();
        PredictionCells added = prediction.cells();
        AttributionCells explained = prediction.attributions();
        double[] parts = attributor == null || inputs.rows() == 0 ? NO_PARTS : attributor.attribute(inputs);
        int explainedWidth = explained == null ? 0 : explained.width();
        for (int i = 0; i < chunk.size(); i++) {
            Object[] cells = new Object[kept.length + added.width() + explainedWidth];
            for (int column = 0; column < kept.length; column++) {
                cells[column] = chunk.get(i).get(kept[column]);
            }
            if (predicted[i]) {
                added.read(predictions, next, cells, kept.length);
                if (explained != null && attributor != null) {
                    explained.read(parts, next * attributor.width(), cells, kept.length + added.width());
                }
                next++;
            }
            ready.add(RowFactory.create(cells));
        }
    }

    /** Reads the next rows, and the inputs of those that are to be predicted. */
    private void read() {
        chunk.clear();
        inputs.clear();
        while (chunk.size() < predicted.length && rows.hasNext()) {
            Row row = rows.next();
            if (prediction.invalid().isLeftOut(row)) {
                continue;
            }
            boolean valid = !prediction.invalid().isKept(row);
            boolean stays = true;
            if (valid) {
                try {
                    prediction.features().read(row, inputs);
                } catch (IngestException e) {
                    stays = prediction.invalid().keepsUnreadable(e, !complained);
                    complained = true;
                    valid = false;
                }
            }
            if (stays) {
                predicted[chunk.size()] = valid;
                chunk.add(row);
            }
        }
    }
}
