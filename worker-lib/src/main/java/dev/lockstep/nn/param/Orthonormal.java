package dev.lockstep.nn.param;

/**
 * Random matrices with orthonormal rows or columns, whichever are fewer: the Q of the QR decomposition of a matrix of
 * normal numbers, with the signs that make R's diagonal positive, and so uniformly distributed (Saxe et al. 2014;
 * Mezzadri 2007).
 *
 * <p>By Gram and Schmidt in double, each vector made orthogonal to those before it twice, which leaves the rounding
 * errors at the level of the unit roundoff (Giraud et al. 2005). Every sum runs in increasing order.
 */
final class Orthonormal {
    private Orthonormal() {}

    /**
     * Makes a matrix orthonormal.
     *
     * @param matrix [rows, columns] from {@code offset}: read, normal numbers; overwritten
     */
    static void apply(int rows, int columns, float[] matrix, int offset) {
        boolean byRows = rows <= columns;
        int count = byRows ? rows : columns;
        int length = byRows ? columns : rows;
        int next = byRows ? columns : 1;
        int step = byRows ? 1 : columns;
        double[][] vectors = new double[count][length];
        for (int i = 0; i < count; i++) {
            double[] vector = vectors[i];
            for (int j = 0; j < length; j++) {
                vector[j] = matrix[offset + i * next + j * step];
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int earlier = 0; earlier < i; earlier++) {
                    subtractProjection(vector, vectors[earlier]);
                }
            }
            double norm = Math.sqrt(dot(vector, vector));
            for (int j = 0; j < length; j++) {
                vector[j] /= norm;
                matrix[offset + i * next + j * step] = (float) vector[j];
            }
        }
    }

    private static void subtractProjection(double[] vector, double[] unit) {
        double factor = dot(vector, unit);
        for (int j = 0; j < vector.length; j++) {
            vector[j] -= factor * unit[j];
        }
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            sum += x[j] * y[j];
        }
        return sum;
    }
}
