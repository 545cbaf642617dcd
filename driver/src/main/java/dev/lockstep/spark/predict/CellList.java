package dev.lockstep.spark.predict;

import org.apache.spark.ml.linalg.DenseVector;
import org.jspecify.annotations.Nullable;

/** The cells of one row as objects, as a row of a data frame has them. */
public final class CellList implements CellSink {
    private static final double[] NO_ELEMENTS = {};

    private final @Nullable Object[] cells;
    private int cell;
    private double[] elements = NO_ELEMENTS;
    private int element;

    /**
     * Cells.
     *
     * @param cells overwritten from the first one on
     */
    public CellList(@Nullable Object[] cells) {
        this.cells = cells;
    }

    /** The next cell is the first one of another row. */
    void clear() {
        cell = 0;
    }

    @Override
    public void number(double value) {
        cells[cell++] = value;
    }

    @Override
    public void vector(int size) {
        elements = new double[size];
        element = 0;
        cells[cell++] = new DenseVector(elements);
    }

    @Override
    public void element(double value) {
        elements[element++] = value;
    }

    @Override
    public void cell(@Nullable Object value) {
        cells[cell++] = value;
    }
}
