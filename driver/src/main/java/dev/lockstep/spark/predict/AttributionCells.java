package dev.lockstep.spark.predict;

import java.io.Serializable;

/**
 * Turns what a row's columns contribute to its prediction into cells; see {@link dev.lockstep.nn.model.Attributor}.
 * Travels to the executors.
 */
public interface AttributionCells extends Serializable {
    /** How many cells a row gets. */
    int width();

    /**
     * Writes one row's parts.
     *
     * @param parts of several rows, output after output
     * @param from where those of the row begin
     * @param out gets as many cells as a row has
     */
    void write(double[] parts, int from, CellSink out);
}
