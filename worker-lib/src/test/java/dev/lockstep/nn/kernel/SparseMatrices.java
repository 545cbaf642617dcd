package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.SparseMatrix;
import java.util.Arrays;

/** Sparse matrices for tests, made of whole ones. */
final class SparseMatrices {
    private SparseMatrices() {}

    /**
     * Those elements as entries that are not 0 and whose number, row by row, a pattern takes: about one in
     * {@code each}.
     */
    static SparseMatrix of(Matrix whole, int each) {
        int[] starts = new int[whole.rows() + 1];
        int[] indexes = new int[whole.rows() * whole.columns()];
        float[] values = new float[indexes.length];
        int count = 0;
        for (int row = 0; row < whole.rows(); row++) {
            for (int column = 0; column < whole.columns(); column++) {
                int number = row * whole.columns() + column;
                float value = whole.array()[whole.index(row, column)];
                if (value != 0 && (number * 0x9E3779B1 >>> 8) % each == 0) {
                    indexes[count] = column;
                    values[count++] = value;
                }
            }
            starts[row + 1] = count;
        }
        return new SparseMatrix()
                .at(starts, Arrays.copyOf(indexes, count), Arrays.copyOf(values, count), whole.rows(), whole.columns());
    }

    /** The matrix with +0 for what is no entry. */
    static Matrix whole(SparseMatrix sparse) {
        float[] values = new float[sparse.rows() * sparse.columns()];
        for (int row = 0; row < sparse.rows(); row++) {
            for (int entry = sparse.start(row); entry < sparse.start(row + 1); entry++) {
                values[row * sparse.columns() + sparse.indexes()[entry]] = sparse.values()[entry];
            }
        }
        return new Matrix().at(values, 0, sparse.rows(), sparse.columns());
    }
}
