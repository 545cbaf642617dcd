package dev.lockstep.nn.kernel;

/**
 * Reductions over contiguous elements, in one order on every machine: element i goes to accumulator {@code i mod 16},
 * each accumulator starts at +0 and takes its elements in increasing order, and the 16 are added as a tree:
 * {@code acc[j] += acc[j + 8]} for j below 8, then {@code acc[j + 4]} for j below 4, {@code acc[j + 2]},
 * {@code acc[1]}.
 */
public interface Reductions {
    /** Returns the sum of x, which is read; +0 if there is none. */
    float sum(float[] x, int xOffset, int length);

    /** Returns the sum of {@code x * y}, accumulated as {@code fma(x, y, acc)}; both are read. */
    float dot(float[] x, int xOffset, float[] y, int yOffset, int length);

    /**
     * Returns the sum of the squares in double. The range is cut into blocks of {@value #BLOCK} elements from its
     * start; a block is reduced in the order of this interface with double accumulators (a square of a float is exact
     * in double); block sums are added in block order from +0. A range of several parameter tensors is summed tensor by
     * tensor, each with blocks of its own.
     *
     * @param x read
     */
    double sumOfSquares(float[] x, int xOffset, int length);

    /** The elements in a block of {@link #sumOfSquares}. */
    int BLOCK = 4096;

    /**
     * Returns the greatest element of x, as {@link Math#max(float, float)} orders them: NaN if there is one, +0 above
     * -0; -infinity if x is empty.
     */
    float max(float[] x, int xOffset, int length);

    /**
     * Returns how far from {@code xOffset} the first greatest element lies. NaN is never the greatest; 0 if there is no
     * number above -infinity.
     */
    int argMax(float[] x, int xOffset, int length);
}
