package dev.lockstep.nn.tensor;

import java.util.Arrays;

/**
 * A matrix that is 0 except for some of its rows, which it holds one after another in increasing order of their numbers
 * (what MXNet calls row-sparse, TensorFlow indexed slices). Its arrays grow as needed and serve again in the next step.
 */
public final class RowSparseMatrix {
    private final int rows;
    private final int columns;
    private int[] numbers = {};
    private float[] values = {};
    private int count;

    /** A matrix of zeros. */
    public RowSparseMatrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Forgets all rows and makes room for {@code most} new ones. */
    public void clear(int most) {
        count = 0;
        if (most > numbers.length) {
            // A little more than needed: the next step may have some more rows.
            int room = Math.min(rows, Math.addExact(most, most / 4));
            numbers = new int[room];
            values = new float[Math.multiplyExact(room, columns)];
        }
    }

    /**
     * Appends a row; there must be room for it.
     *
     * @param row its number, greater than those before
     * @return where in {@link #values} its elements are to be written
     */
    public int add(int row) {
        assert count == 0 || numbers[count - 1] < row;
        numbers[count] = row;
        return columns * count++;
    }

    /** Rows of the matrix. */
    public int rows() {
        return rows;
    }

    /** Columns of the matrix. */
    public int columns() {
        return columns;
    }

    /** How many rows it holds. */
    public int count() {
        return count;
    }

    /** The numbers of the rows it holds, in increasing order; valid up to {@link #count}. */
    public int[] numbers() {
        return numbers;
    }

    /** {@code [count, columns]}: the rows it holds. */
    public float[] values() {
        return values;
    }

    @Override
    public String toString() {
        return "rows " + Arrays.toString(Arrays.copyOf(numbers, count)) + " of " + rows + " x " + columns;
    }
}
