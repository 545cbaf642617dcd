package dev.lockstep.nn.layer;

import java.util.Arrays;

/**
 * Global pooling of one row that ends before the others: maximum and mean of each feature over its first steps, in the
 * same order and to the same bits as {@link dev.lockstep.nn.kernel.Pooling} over a row of just that length. A row
 * without steps gives 0 and has no gradient.
 *
 * @param features width of a step
 */
record StepPooling(int features) {

    /** Overwrites y with the maxima and winners with the first steps that hold them. */
    void max(int length, float[] x, int xAt, float[] y, int yAt, int[] winners, int winnersAt) {
        Arrays.fill(winners, winnersAt, winnersAt + features, 0);
        if (length == 0) {
            Arrays.fill(y, yAt, yAt + features, 0f);
            return;
        }
        System.arraycopy(x, xAt, y, yAt, features);
        for (int t = 1; t < length; t++) {
            for (int j = 0; j < features; j++) {
                float value = x[xAt + t * features + j];
                float best = y[yAt + j];
                if (value > best || (Float.isNaN(value) && !Float.isNaN(best))) {
                    y[yAt + j] = value;
                    winners[winnersAt + j] = t;
                }
            }
        }
    }

    /** Overwrites dx, of all {@code steps} steps. */
    void maxBackward(int length, int steps, float[] dy, int dyAt, int[] winners, int winnersAt, float[] dx, int dxAt) {
        Arrays.fill(dx, dxAt, dxAt + steps * features, 0f);
        for (int j = 0; length > 0 && j < features; j++) {
            dx[dxAt + winners[winnersAt + j] * features + j] = 0f + dy[dyAt + j];
        }
    }

    /** Overwrites y with the means. */
    void average(int length, float[] x, int xAt, float[] y, int yAt) {
        Arrays.fill(y, yAt, yAt + features, 0f);
        for (int t = 0; t < length; t++) {
            for (int j = 0; j < features; j++) {
                y[yAt + j] += x[xAt + t * features + j];
            }
        }
        for (int j = 0; length > 0 && j < features; j++) {
            y[yAt + j] /= length;
        }
    }

    /** Overwrites dx, of all {@code steps} steps. */
    void averageBackward(int length, int steps, float[] dy, int dyAt, float[] dx, int dxAt) {
        for (int t = 0; t < length; t++) {
            for (int j = 0; j < features; j++) {
                dx[dxAt + t * features + j] = 0f + dy[dyAt + j] / length;
            }
        }
        Arrays.fill(dx, dxAt + length * features, dxAt + steps * features, 0f);
    }
}
