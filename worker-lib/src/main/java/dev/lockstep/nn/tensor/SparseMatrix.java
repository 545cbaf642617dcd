package dev.lockstep.nn.tensor;

/**
 * A view of a matrix given by the entries that may differ from 0, row by row and in increasing order of their columns:
 * those of row {@code i} are entries {@code start(i)} to {@code start(i + 1) - 1}.
 *
 * <p>The view is mutable, so that a step allocates nothing; see {@link Matrix}.
 */
public final class SparseMatrix {
    private int[] starts = {0};
    private int[] indexes = {};
    private float[] values = {};
    private int rows;
    private int columns;

    /** A view of nothing, to be pointed somewhere. */
    public SparseMatrix() {}

    /**
     * Points the view at other entries.
     *
     * @param newStarts row i's entries begin at {@code newStarts[i]} and end before {@code newStarts[i + 1]}; not
     *     copied
     * @param newIndexes the column of each entry; not copied
     * @param newValues the value of each entry; not copied
     * @param newRows rows of the matrix
     * @param newColumns columns of the matrix
     * @return this view
     */
    public SparseMatrix at(int[] newStarts, int[] newIndexes, float[] newValues, int newRows, int newColumns) {
        starts = newStarts;
        indexes = newIndexes;
        values = newValues;
        rows = newRows;
        columns = newColumns;
        return this;
    }

    /** First entry of a row; of row {@link #rows()} the number of entries. */
    public int start(int row) {
        return starts[row];
    }

    /** The column of each entry. */
    public int[] indexes() {
        return indexes;
    }

    /** The value of each entry. */
    public float[] values() {
        return values;
    }

    /** How many entries there are. */
    public int entries() {
        return starts[rows];
    }

    /** Rows of the matrix. */
    public int rows() {
        return rows;
    }

    /** Columns of the matrix. */
    public int columns() {
        return columns;
    }
}
