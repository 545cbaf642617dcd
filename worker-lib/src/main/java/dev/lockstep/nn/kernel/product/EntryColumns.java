package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.tensor.SparseMatrix;
import java.util.Arrays;

/**
 * The entries of some rows of a sparse matrix, column by column in increasing order, those of a column in increasing
 * order of their rows. Sorting them costs what they cost, not what the matrix is wide; only the first time one number a
 * column is allocated.
 */
final class EntryColumns {
    /** How many entries a column has, then where its next one goes; 0 for all columns between two calls. */
    private int[] next = new int[0];

    private int[] columns = new int[0];
    private int[] starts = new int[1];
    private int count;
    private final SparseMatrix entries = new SparseMatrix();
    private int[] rows = new int[0];
    private float[] values = new float[0];

    /** Sorts the entries of rows {@code first} to {@code end - 1}. */
    void sort(SparseMatrix matrix, int first, int end) {
        int from = matrix.start(first);
        int to = matrix.start(end);
        reserve(matrix.columns(), to - from);
        count = 0;
        for (int entry = from; entry < to; entry++) {
            int column = matrix.indexes()[entry];
            if (next[column]++ == 0) {
                columns[count++] = column;
            }
        }
        Arrays.sort(columns, 0, count);
        starts[0] = 0;
        for (int i = 0; i < count; i++) {
            starts[i + 1] = starts[i] + next[columns[i]];
            next[columns[i]] = starts[i];
        }
        for (int row = first; row < end; row++) {
            for (int entry = matrix.start(row); entry < matrix.start(row + 1); entry++) {
                int place = next[matrix.indexes()[entry]]++;
                rows[place] = row;
                values[place] = matrix.values()[entry];
            }
        }
        for (int i = 0; i < count; i++) {
            next[columns[i]] = 0;
        }
        entries.at(starts, rows, values, count, matrix.rows());
    }

    private void reserve(int width, int entries) {
        if (next.length < width) {
            next = new int[width];
        }
        if (rows.length < entries) {
            int room = Math.addExact(entries, entries / 2);
            rows = new int[room];
            values = new float[room];
            columns = Arrays.copyOf(columns, room);
            starts = Arrays.copyOf(starts, room + 1);
        }
    }

    /** The entries: row {@code i} is column {@link #column column(i)} of the matrix, one that has entries. */
    SparseMatrix entries() {
        return entries;
    }

    /** Number of the {@code i}-th column that has entries. */
    int column(int i) {
        return columns[i];
    }
}
