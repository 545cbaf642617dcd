package dev.lockstep.nn.posterior;

import dev.lockstep.nn.param.Spread;

/**
 * {@code L^-1} for {@code A = L L^T}, a lower triangle too: {@code A^-1 = L^-T L^-1}, so that {@code L^-T z} has the
 * covariance {@code A^-1}. By Cholesky's decomposition in double; every sum runs in increasing order.
 */
final class InverseFactor implements PrecisionMatrix {
    private final double[][] lines;

    private InverseFactor(double[][] lines) {
        this.lines = lines;
    }

    /**
     * Decomposes a matrix.
     *
     * @param triangle read: the lower triangle of a symmetric matrix that is positive semidefinite, row by row from
     *     {@code first} on
     * @param size rows of the matrix
     * @param diagonal above 0, added to the diagonal
     */
    static InverseFactor of(double[] triangle, int first, int size, double diagonal) {
        double[][] lower = new double[size][];
        int at = first;
        for (int i = 0; i < size; i++) {
            lower[i] = new double[i + 1];
            System.arraycopy(triangle, at, lower[i], 0, i + 1);
            lower[i][i] += diagonal;
            at += i + 1;
        }
        decompose(lower, diagonal);
        return new InverseFactor(inverse(lower));
    }

    private static void decompose(double[][] a, double least) {
        for (int i = 0; i < a.length; i++) {
            double[] row = a[i];
            for (int j = 0; j <= i; j++) {
                double[] other = a[j];
                double rest = row[j];
                for (int k = 0; k < j; k++) {
                    rest -= row[k] * other[k];
                }
                // Rounding can take from a pivot what only the diagonal's addition has made of it.
                row[j] = i == j ? Math.sqrt(Math.max(rest, least)) : rest / other[j];
            }
        }
    }

    private static double[][] inverse(double[][] lower) {
        double[][] inverse = new double[lower.length][];
        for (int i = 0; i < lower.length; i++) {
            double[] line = new double[i + 1];
            for (int k = 0; k < i; k++) {
                double factor = lower[i][k];
                for (int j = 0; j <= k; j++) {
                    line[j] -= factor * inverse[k][j];
                }
            }
            for (int j = 0; j < i; j++) {
                line[j] /= lower[i][i];
            }
            line[i] = 1 / lower[i][i];
            inverse[i] = line;
        }
        return inverse;
    }

    @Override
    public int size() {
        return lines.length;
    }

    /** The sum of the squares of all elements. */
    @Override
    public double inverseTrace() {
        double sum = 0;
        for (double[] line : lines) {
            for (double value : line) {
                sum += value * value;
            }
        }
        return sum;
    }

    /** Directions without deviations. */
    @Override
    public Spread.Block block(int offset) {
        return new Spread.Block(offset, size(), size(), false);
    }

    /** The rows of {@code L^-1}, which are the columns of {@code L^-T}. */
    @Override
    public int copy(float[] into, int at) {
        for (int i = 0; i < lines.length; i++) {
            for (int j = 0; j <= i; j++) {
                into[at + i * lines.length + j] = (float) lines[i][j];
            }
        }
        return at + lines.length * lines.length;
    }
}
