package dev.lockstep.nn.kernel;

/**
 * The passes of batch normalisation over the lines of a matrix {@code [lines, channels]}, each column on its own. The
 * lines are those of one shard: rows times the positions of an image or the steps of a sequence.
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
     * @param lines at least 1
     * @param x [lines, channels]; read
     * @param mean [channels]; overwritten
     * @param m2 [channels]; overwritten
     * @param scratch [2 channels]; overwritten
     */
    void moments(int lines, int channels, float[] x, int xOffset, double[] mean, double[] m2, float[] scratch);

    /**
     * {@code y = fma(x - mean[c], scale[c], shift[c])}, then {@code y = y < 0 ? +0 : y} if {@code relu}.
     *
     * @param x [lines, channels]; read
     * @param y [lines, channels]; overwritten; may be x
     */
    void normalize(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] mean,
            float[] scale,
            float[] shift,
            boolean relu,
            float[] y,
            int yOffset);

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
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            double[] sums,
            double[] products,
            float[] scratch);

    /**
     * {@code dx = fma(x - mean[c], a[c], fma(dy, scale[c], b[c]))}.
     *
     * @param x [lines, channels]; read
     * @param dy [lines, channels]; read
     * @param dx [lines, channels]; overwritten; may be dy
     */
    void inputGradient(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scale,
            float[] a,
            float[] b,
            float[] dx,
            int dxOffset);
}
