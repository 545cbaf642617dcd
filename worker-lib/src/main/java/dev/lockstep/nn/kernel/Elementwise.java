package dev.lockstep.nn.kernel;

/**
 * Element by element arithmetic on ranges of arrays; each operation rounds once where its formula shows one operation
 * or one fma.
 */
public interface Elementwise {
    /** {@code x = value}; x is overwritten. */
    void fill(float[] x, int xOffset, int length, float value);

    /** {@code y = y + x}; x is read, y accumulated into. */
    void add(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code z = x + y}; x and y are read, z is overwritten. */
    void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length);

    /** {@code z = x - y}; x and y are read, z is overwritten. */
    void subtract(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length);

    /** {@code z = x * y}; x and y are read, z is overwritten. */
    void multiply(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length);

    /** {@code z = fma(x, y, z)}; x and y are read, z is accumulated into. */
    void multiplyAdd(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length);

    /** {@code y = fma(alpha, x, y)}; x is read, y accumulated into. */
    void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code y = alpha * x}; x is read, y overwritten. */
    void scale(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length);

    /**
     * Merges two weighted means: {@code a = fma(b - a, weight, a)}, where weight is b's share of the common weight.
     * Equal values stay equal.
     *
     * @param a accumulated into
     * @param b read
     */
    void mergeMean(float[] a, int aOffset, float[] b, int bOffset, int length, float weight);

    /**
     * Copies a matrix transposed: {@code y[j][i] = x[i][j]}.
     *
     * @param x [rows, columns] without gaps; read
     * @param y [columns, rows] without gaps; overwritten
     */
    default void transpose(int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
        int block = 16; // as many floats as a cache line holds
        for (int i0 = 0; i0 < rows; i0 += block) {
            int end = Math.min(i0 + block, rows);
            for (int j = 0; j < columns; j++) {
                for (int i = i0; i < end; i++) {
                    y[yOffset + j * rows + i] = x[xOffset + i * columns + j];
                }
            }
        }
    }

    /**
     * Searches for NaN and infinities.
     *
     * @param x read
     * @return how far from {@code xOffset} the first element lies that is not finite, or -1
     */
    int firstNonFinite(float[] x, int xOffset, int length);
}
