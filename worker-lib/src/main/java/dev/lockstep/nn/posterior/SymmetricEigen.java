package dev.lockstep.nn.posterior;

import java.util.Arrays;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, {@code A = Q diag(l) Q^T}: Householder's reduction to three
 * diagonals, then QL steps with implicit shifts (Golub and Van Loan, <i>Matrix Computations</i>, 8.3; the procedures
 * tred2 and tql2 of Bowdler, Martin, Reinsch and Wilkinson 1968). In double, in one thread; every sum runs in
 * increasing order.
 */
final class SymmetricEigen {
    private static final double EPSILON = Math.ulp(1.0);

    /** Steps for one eigenvalue after which it is as good as it gets; two or three are usual. */
    private static final int MOST_STEPS = 60;

    private final int n;
    /** Eigenvalues; at first the diagonal. */
    private final double[] d;
    /** What is beside the diagonal. */
    private final double[] e;
    /** Row j is the eigenvector of the j-th eigenvalue; at first a column of the matrix. */
    private final double[][] q;

    private SymmetricEigen(double[][] matrix) {
        n = matrix.length;
        d = new double[n];
        e = new double[n];
        q = matrix;
    }

    /**
     * Decomposes a matrix.
     *
     * @param triangle read: the lower triangle, row by row from {@code first} on
     * @param size rows of the matrix, at least 1
     */
    static SymmetricEigen of(double[] triangle, int first, int size) {
        double[][] matrix = new double[size][size];
        int at = first;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = triangle[at];
                matrix[j][i] = triangle[at++];
            }
        }
        SymmetricEigen eigen = new SymmetricEigen(matrix);
        eigen.reduce();
        eigen.accumulate();
        eigen.diagonalize();
        return eigen;
    }

    /** The eigenvalues, in no order. */
    double[] values() {
        return d;
    }

    /** Component {@code i} of the eigenvector of eigenvalue {@code j}. */
    double vector(int i, int j) {
        return q[j][i];
    }

    /** Reflections from the last row on, each of which leaves one element beside the diagonal. */
    private void reduce() {
        for (int j = 0; j < n; j++) {
            d[j] = q[j][n - 1];
        }
        for (int i = n - 1; i > 0; i--) {
            double scale = 0;
            for (int k = 0; k < i; k++) {
                scale += Math.abs(d[k]);
            }
            double h = 0;
            if (scale == 0) {
                e[i] = d[i - 1];
                for (int j = 0; j < i; j++) {
                    d[j] = q[j][i - 1];
                    q[j][i] = 0;
                    q[i][j] = 0;
                }
            } else {
                h = reflect(i, scale);
            }
            d[i] = h;
        }
    }

    /** One of them; the vector that it reflects along stays in column i. */
    private double reflect(int i, double scale) {
        double h = 0;
        for (int k = 0; k < i; k++) {
            d[k] /= scale;
            h += d[k] * d[k];
        }
        double f = d[i - 1];
        double g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
        e[i] = scale * g;
        h -= f * g;
        d[i - 1] = f - g;
        Arrays.fill(e, 0, i, 0);
        for (int j = 0; j < i; j++) {
            q[i][j] = d[j];
            double sum = e[j] + q[j][j] * d[j];
            for (int k = j + 1; k < i; k++) {
                sum += q[j][k] * d[k];
                e[k] += q[j][k] * d[j];
            }
            e[j] = sum;
        }
        double product = 0;
        for (int j = 0; j < i; j++) {
            e[j] /= h;
            product += e[j] * d[j];
        }
        double half = product / (h + h);
        for (int j = 0; j < i; j++) {
            e[j] -= half * d[j];
        }
        for (int j = 0; j < i; j++) {
            for (int k = j; k < i; k++) {
                q[j][k] -= d[j] * e[k] + e[j] * d[k];
            }
        }
        for (int j = 0; j < i; j++) {
            d[j] = q[j][i - 1];
            q[j][i] = 0;
        }
        return h;
    }

    /** The product of all reflections. */
    private void accumulate() {
        for (int i = 0; i < n - 1; i++) {
            q[i][n - 1] = q[i][i];
            q[i][i] = 1;
            double h = d[i + 1];
            if (h != 0) {
                for (int k = 0; k <= i; k++) {
                    d[k] = q[i + 1][k] / h;
                }
                for (int j = 0; j <= i; j++) {
                    double g = 0;
                    for (int k = 0; k <= i; k++) {
                        g += q[i + 1][k] * q[j][k];
                    }
                    for (int k = 0; k <= i; k++) {
                        q[j][k] -= g * d[k];
                    }
                }
            }
            Arrays.fill(q[i + 1], 0, i + 1, 0);
        }
        for (int j = 0; j < n; j++) {
            d[j] = q[j][n - 1];
            q[j][n - 1] = 0;
        }
        q[n - 1][n - 1] = 1;
        e[0] = 0;
    }

    private void diagonalize() {
        System.arraycopy(e, 1, e, 0, n - 1);
        e[n - 1] = 0;
        double shift = 0;
        double greatest = 0;
        for (int l = 0; l < n; l++) {
            greatest = Math.max(greatest, Math.abs(d[l]) + Math.abs(e[l]));
            int m = l;
            while (m < n - 1 && Math.abs(e[m]) > EPSILON * greatest) {
                m++;
            }
            for (int step = 0; m > l && step < MOST_STEPS && Math.abs(e[l]) > EPSILON * greatest; step++) {
                shift += shifted(l);
                rotate(l, m);
            }
            d[l] += shift;
            e[l] = 0;
        }
    }

    /** Takes a shift near the next eigenvalue from the diagonal. */
    private double shifted(int l) {
        double g = d[l];
        double p = (d[l + 1] - g) / (2 * e[l]);
        double r = p < 0 ? -length(p, 1) : length(p, 1);
        d[l] = e[l] / (p + r);
        d[l + 1] = e[l] * (p + r);
        double h = g - d[l];
        for (int i = l + 2; i < n; i++) {
            d[i] -= h;
        }
        return h;
    }

    /** One QL step between two rows. */
    private void rotate(int l, int m) {
        double next = d[l + 1];
        double beside = e[l + 1];
        double p = d[m];
        double c = 1;
        double c2 = 1;
        double c3 = 1;
        double s = 0;
        double s2 = 0;
        for (int i = m - 1; i >= l; i--) {
            c3 = c2;
            c2 = c;
            s2 = s;
            double g = c * e[i];
            double h = c * p;
            double r = length(p, e[i]);
            e[i + 1] = s * r;
            s = r == 0 ? 0 : e[i] / r;
            c = r == 0 ? 1 : p / r;
            p = c * d[i] - s * g;
            d[i + 1] = h + s * (c * g + s * d[i]);
            rotate(q[i], q[i + 1], c, s);
        }
        p = -s * s2 * c3 * beside * e[l] / next;
        e[l] = s * p;
        d[l] = c * p;
    }

    private static void rotate(double[] left, double[] right, double c, double s) {
        for (int k = 0; k < left.length; k++) {
            double h = right[k];
            right[k] = s * left[k] + c * h;
            left[k] = c * left[k] - s * h;
        }
    }

    /** {@code sqrt(a^2 + b^2)}, without overflow on the way. */
    private static double length(double a, double b) {
        double greater = Math.max(Math.abs(a), Math.abs(b));
        double less = Math.min(Math.abs(a), Math.abs(b));
        return greater == 0 ? 0 : greater * Math.sqrt(1 + less / greater * (less / greater));
    }
}
