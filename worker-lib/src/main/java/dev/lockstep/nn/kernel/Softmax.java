package dev.lockstep.nn.kernel;

/**
 * The softmax family, row by row. For a row x of n columns: {@code m} is the greatest element that is not NaN, replaced
 * by +0 if it is infinite; {@code e[j] = exp(x[j] - m)}; {@code s} is the sum of e in the order of {@link Reductions}.
 */
public interface Softmax {
    /**
     * {@code y[i][j] = e[j] / s}. A row with NaN or +infinity, or of -infinity alone, gives NaN.
     *
     * @param x [rows, columns]; read
     * @param y [rows, columns]; overwritten, may be x
     */
    void softmax(int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy);

    /**
     * {@link #softmax} together with each row's log-sum-exp {@code (double) m + (double) log(s)}, from which the caller
     * forms the cross-entropy {@code logSumExp - x[target]}.
     *
     * @param x [rows, columns] logits; read
     * @param y [rows, columns] probabilities; overwritten, may be x
     * @param logSumExp [rows]; overwritten
     */
    void softmaxLogSumExp(
            int rows,
            int columns,
            float[] x,
            int xOffset,
            int ldx,
            float[] y,
            int yOffset,
            int ldy,
            double[] logSumExp,
            int logSumExpOffset);

    /**
     * The log-sum-exp of each row alone, with the values of {@link #softmaxLogSumExp}.
     *
     * @param x [rows, columns]; read
     * @param logSumExp [rows]; overwritten
     */
    void logSumExp(int rows, int columns, float[] x, int xOffset, int ldx, double[] logSumExp, int logSumExpOffset);

    /**
     * The derivative of {@link #softmax}: {@code dx[j] = y[j] * (dy[j] - d)} with {@code d} the {@link Reductions#dot}
     * of dy and y over the row.
     *
     * @param y [rows, columns] the output of softmax; read
     * @param dy [rows, columns]; read
     * @param dx [rows, columns]; overwritten, may be dy
     */
    void softmaxBackward(
            int rows,
            int columns,
            float[] y,
            int yOffset,
            int ldy,
            float[] dy,
            int dyOffset,
            int lddy,
            float[] dx,
            int dxOffset,
            int lddx);
}
