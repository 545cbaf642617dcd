package dev.lockstep.nn.kernel;

/**
 * Maximum and mean over sliding windows, each channel on its own. Padding takes no part: a window's maximum and mean
 * are those of the inputs that exist. The inputs of a window are visited in the order (kernel row, kernel column), the
 * windows of a row in the order (output row, output column).
 */
public interface Pooling {
    /**
     * {@code y} = the greatest input of the window, NaN if there is one.
     *
     * @param x [rows, height, width, channels]; read
     * @param y [rows, outHeight, outWidth, channels]; overwritten
     * @param winners as y; overwritten with the place of the first greatest input among the inputs of its row of x,
     *     {@code (row * width + column)}; null: not wanted
     */
    void max(PoolingShape shape, int rows, float[] x, int xOffset, float[] y, int yOffset, int[] winners);

    /**
     * {@code dx} = the sum from +0 of {@code dy} over the windows whose winner the input is.
     *
     * @param dy as y; read
     * @param winners what {@link #max} has left; read
     * @param dx as x; overwritten
     */
    void maxBackward(PoolingShape shape, int rows, float[] dy, int dyOffset, int[] winners, float[] dx, int dxOffset);

    /**
     * {@code y = s / n}, {@code s} being the sum from +0 of the window's {@code n} inputs.
     *
     * @param x [rows, height, width, channels]; read
     * @param y [rows, outHeight, outWidth, channels]; overwritten
     */
    void average(PoolingShape shape, int rows, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * {@code dx} = the sum from +0 of {@code dy / n} over the windows that see the input.
     *
     * @param dy as y; read
     * @param dx as x; overwritten
     */
    void averageBackward(PoolingShape shape, int rows, float[] dy, int dyOffset, float[] dx, int dxOffset);
}
