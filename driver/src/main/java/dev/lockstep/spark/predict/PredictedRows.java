package dev.lockstep.spark.predict;

import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.model.Predictor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of one partition with their predictions, computed some rows at a time. */
final class PredictedRows implements Iterator<Row> {
    /** Rows in one pass through the network; changes speed and memory, never a prediction. */
    static final int CHUNK_ROWS = 256;

    private final Iterator<Row> rows;
    private final Predictor predictor;
    private final FeatureReader features;
    private final Readout readout;
    private final int[] kept;
    private final Queue<Row> ready = new ArrayDeque<>();

    /**
     * Predictions of a partition.
     *
     * @param rows the partition
     * @param predictor for at least {@link #CHUNK_ROWS} rows at a time
     * @param features reads a row's features
     * @param readout turns outputs into cells
     * @param kept which of a row's columns stay
     */
    PredictedRows(Iterator<Row> rows, Predictor predictor, FeatureReader features, Readout readout, int[] kept) {
        this.rows = rows;
        this.predictor = predictor;
        this.features = features;
        this.readout = readout;
        this.kept = kept;
    }

    @Override
    public boolean hasNext() {
        if (ready.isEmpty() && rows.hasNext()) {
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
        List<Row> chunk = new ArrayList<>(CHUNK_ROWS);
        List<float[]> inputs = new ArrayList<>(CHUNK_ROWS);
        while (chunk.size() < CHUNK_ROWS && rows.hasNext()) {
            Row row = rows.next();
            float[] input = new float[features.width()];
            features.read(row, input, 0);
            chunk.add(row);
            inputs.add(input);
        }
        predictor.predict(inputs);
        PredictiveDistribution predictions = predictor.uncertainty();
        for (int i = 0; i < chunk.size(); i++) {
            Object[] cells = new Object[kept.length + readout.width()];
            for (int column = 0; column < kept.length; column++) {
                cells[column] = chunk.get(i).get(kept[column]);
            }
            readout.read(predictions, i, cells, kept.length);
            ready.add(RowFactory.create(cells));
        }
    }
}
