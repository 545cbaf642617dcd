package dev.lockstep.spark.predict;

import dev.lockstep.nn.loss.PredictiveDistribution;
import java.io.Serializable;

/** Turns a row's predictions into cells. Travels to the executors. */
public interface PredictionCells extends Serializable {
    /** How many cells a row gets. */
    int width();

    /**
     * Writes one row's predictions.
     *
     * @param predicted predictions of all rows
     * @param row which row
     * @param out gets as many cells as a row has
     */
    void write(PredictiveDistribution predicted, int row, CellSink out);
}
