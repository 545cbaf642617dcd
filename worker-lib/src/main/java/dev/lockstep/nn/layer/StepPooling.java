package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;

/**
 * Global pooling of one row that ends before the others: maximum and mean of each feature over its first steps, in the
 * same order and to the same bits as {@link dev.lockstep.nn.kernel.Pooling} over a row of just that length. A row
 * without steps gives 0 and has no gradient.
 */
final class StepPooling {
    private StepPooling() {}

    /**
     * Overwrites y with the maxima over {@code x [length, features]} and winners with the first steps that hold them.
     */
    static void max(Matrix x, float[] y, int yAt, int[] winners, int winnersAt) {
        int features = x.columns();
        Arrays.fill(winners, winnersAt, winnersAt + features, 0);
        if (x.rows() == 0) {
            Arrays.fill(y, yAt, yAt + features, 0f);
            return;
        }
        System.arraycopy(x.array(), x.offset(), y, yAt, features);
        for (int t = 1; t < x.rows(); t++) {
            for (int j = 0; j < features; j++) {
                float value = x.array()[x.index(t, j)];
                float best = y[yAt + j];
                if (value > best || (Float.isNaN(value) && !Float.isNaN(best))) {
                    y[yAt + j] = value;
                    winners[winnersAt + j] = t;
                }
            }
        }
    }

    /** Overwrites {@code dx [steps, features]}, whose first {@code length} steps count. */
    static void maxBackward(int length, float[] dy, int dyAt, int[] winners, int winnersAt, Matrix dx) {
        int features = dx.columns();
        Arrays.fill(dx.array(), dx.offset(), dx.offset() + dx.rows() * features, 0f);
        for (int j = 0; length > 0 && j < features; j++) {
            dx.array()[dx.index(winners[winnersAt + j], j)] = 0f + dy[dyAt + j];
        }
    }

    /** Overwrites y with the means over {@code x [length, features]}. */
    static void average(Matrix x, float[] y, int yAt) {
        int features = x.columns();
        Arrays.fill(y, yAt, yAt + features, 0f);
        for (int t = 0; t < x.rows(); t++) {
            for (int j = 0; j < features; j++) {
                y[yAt + j] += x.array()[x.index(t, j)];
            }
        }
        for (int j = 0; x.rows() > 0 && j < features; j++) {
            y[yAt + j] /= x.rows();
        }
    }

    /** Overwrites {@code dx [steps, features]}, whose first {@code length} steps count. */
    static void averageBackward(int length, float[] dy, int dyAt, Matrix dx) {
        int features = dx.columns();
        for (int t = 0; t < length; t++) {
            for (int j = 0; j < features; j++) {
                dx.array()[dx.index(t, j)] = 0f + dy[dyAt + j] / length;
            }
        }
        Arrays.fill(dx.array(), dx.offset() + length * features, dx.offset() + dx.rows() * features, 0f);
    }
}
