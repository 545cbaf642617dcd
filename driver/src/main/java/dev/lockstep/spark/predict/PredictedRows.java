package dev.lockstep.spark.predict;

import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.model.Predictor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of one partition with their predictions, computed some rows at a time. */
final class PredictedRows implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Predictor predictor;
    private final RowPrediction prediction;
    private final List<float[]> inputs;
    private final List<Row> chunk;
    private final boolean[] predicted;
    private final Queue<Row> ready = new ArrayDeque<>();

    /**
     * Predictions of a partition.
     *
     * @param rows the partition
     * @param predictor for as many rows at a time as the prediction takes
     * @param prediction how they are read and predicted
     */
    PredictedRows(Iterator<Row> rows, Predictor predictor, RowPrediction prediction) {
        this.rows = rows;
        this.predictor = predictor;
        this.prediction = prediction;
        float[][] room = new float[prediction.chunkRows()][prediction.features().width()];
        inputs = Arrays.asList(room);
        chunk = new ArrayList<>(room.length);
        predicted = new boolean[room.length];
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
        int count = read();
        if (count > 0) {
            predictor.predict(inputs.subList(0, count));
        }
        PredictiveDistribution predictions = predictor.uncertainty();
        int next = 0;
        int[] kept = prediction.kept();
        PredictionCells added = prediction.cells();
        for (int i = 0; i < chunk.size(); i++) {
            Object[] cells = new Object[kept.length + added.width()];
            for (int column = 0; column < kept.length; column++) {
                cells[column] = chunk.get(i).get(kept[column]);
            }
            if (predicted[i]) {
                added.read(predictions, next++, cells, kept.length);
            }
            ready.add(RowFactory.create(cells));
        }
    }

    /** Reads the next rows; how many of them are to be predicted. */
    private int read() {
        chunk.clear();
        int count = 0;
        while (chunk.size() < predicted.length && rows.hasNext()) {
            Row row = rows.next();
            if (prediction.invalid().isLeftOut(row)) {
                continue;
            }
            boolean valid = !prediction.invalid().isKept(row);
            predicted[chunk.size()] = valid;
            if (valid) {
                prediction.features().read(row, inputs.get(count++), 0);
            }
            chunk.add(row);
        }
        return count;
    }
}
