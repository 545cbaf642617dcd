package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Maximum and mean over sliding windows, each channel on its own. Padding takes no part: a window's maximum and mean
 * are those of the inputs that exist. The inputs of a window are visited in the order (kernel row, kernel column), the
 * windows of a row in the order (output row, output column).
 *
 * <p>Matrices have a row for each row of images, {@code x [rows, inputSize]} and {@code y [rows, outputSize]} of the
 * {@link PoolingShape}, without gaps.
 */
public interface Pooling {
    /**
     * {@code y} = the greatest input of the window, NaN if there is one.
     *
     * @param x read
     * @param y overwritten
     * @param winners as y, from index 0; overwritten with the place of the first greatest input among the inputs of its
     *     row of x, {@code (row * width + column)}; null: not wanted
     */
    void max(PoolingShape shape, Matrix x, Matrix y, int @Nullable [] winners);

    /**
     * {@code dx} = the sum from +0 of {@code dy} over the windows whose winner the input is.
     *
     * @param dy as y; read
     * @param winners what {@link #max} has left; read
     * @param dx as x; overwritten
     */
    void maxBackward(PoolingShape shape, Matrix dy, int[] winners, Matrix dx);

    /**
     * {@code y = s / n}, {@code s} being the sum from +0 of the window's {@code n} inputs.
     *
     * @param x read
     * @param y overwritten
     */
    void average(PoolingShape shape, Matrix x, Matrix y);

    /**
     * {@code dx} = the sum from +0 of {@code dy / n} over the windows that see the input.
     *
     * @param dy as y; read
     * @param dx as x; overwritten
     */
    void averageBackward(PoolingShape shape, Matrix dy, Matrix dx);
}
