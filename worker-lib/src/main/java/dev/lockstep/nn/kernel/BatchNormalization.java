package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * The passes of batch normalisation over the lines of a matrix {@code [lines, channels]} without gaps, each column on
 * its own. The lines are those of one shard: rows times the positions of an image or the steps of a sequence.
 *
 * <p>Sums over lines run in blocks of {@value #BLOCK} lines from the first one: within a block a chain of float
 * operations from +0 in the order of the lines; the blocks' results are combined in double, in their order.
 */
public interface BatchNormalization {
    /** Lines in a block. */
    int BLOCK = 256;

    /**
     * Mean and sum of squared deviations (M2) of each column. A block gives {@code m = s / n} with {@code s} the sum of
     * x, then {@code q} = the chain {@code d = x - m; fma(d, d, q)}; blocks combine as by Chan, Golub and LeVeque
     * (1979): with {@code k} lines before and {@code n} in the block, {@code share = n / (k + n)} and {@code d = m -
     * mean} in double, {@code mean += d * share} and {@code m2 = m2 + q + d * d * (k * share)}.
     *
     * @param x [lines, channels], at least one line; read
     * @param mean [channels]; overwritten
     * @param m2 [channels]; overwritten
     * @param scratch [2 channels]; overwritten
     */
    void moments(Matrix x, double[] mean, double[] m2, float[] scratch);

    /**
     * {@code y = fma(x - mean[c], scale[c], shift[c])}, then {@code y = y < 0 ? +0 : y} if {@code relu}.
     *
     * @param x [lines, channels]; read
     * @param y [lines, channels]; overwritten; may be x
     */
    void normalize(Matrix x, float[] mean, float[] scale, float[] shift, boolean relu, Matrix y);

    /**
     * Sums of {@code dy} and of {@code dy (x - mean)} over the lines: within a block the chains {@code s + dy} and
     * {@code fma(dy, x - mean, t)}.
     *
     * @param x [lines, channels]; read
     * @param y if not null, the output of a ReLU, as x: where it is not above 0, dy is first made +0; read
     * @param dy [lines, channels]; read, overwritten if y is not null
     * @param mean [channels]; read
     * @param sums [channels]; overwritten with the sums of dy
     * @param products [channels]; overwritten with the sums of dy (x - mean)
     * @param scratch [2 channels]; overwritten
     */
    void gradientSums(
            Matrix x, @Nullable Matrix y, Matrix dy, float[] mean, double[] sums, double[] products, float[] scratch);

    /**
     * {@code dy = fma(x - mean[c], slope[c], fma(dy, scale[c], level[c]))}, which makes it the gradient by x.
     *
     * @param x [lines, channels]; read
     * @param dy [lines, channels]; read and overwritten
     */
    void inputGradient(Matrix x, float[] mean, float[] scale, float[] slope, float[] level, Matrix dy);
}
