package dev.lockstep.spark.bench;

import dev.lockstep.spark.bench.BenchSync.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/** The {@link CostModel} that comes nearest to what was measured within one machine, by relative error. */
final class CostFit {
    private CostFit() {}

    /**
     * Fits all costs.
     *
     * @param points all-reduce and driver aggregation; those over shaped links are left out, to be predicted
     * @throws IllegalArgumentException if they are too few
     */
    static CostModel of(List<SyncPoint> points) {
        double[] between = solve(points, Kind.ALLREDUCE, CostFit::allReduceTerms);
        double[] driver = solve(points, Kind.DRIVER, CostFit::driverTerms);
        return new CostModel(between[0], between[1], between[2], between[3], driver[0], driver[1], driver[2]);
    }

    /** What each cost is multiplied by in a measurement. */
    private interface Terms {
        double[] of(SyncPoint point);
    }

    private static double[] allReduceTerms(SyncPoint point) {
        double ranks = point.ranks();
        double shared = point.ranksPerCore();
        long parameters = point.parameters();
        if (ranks == 1) {
            return new double[] {0, 0, 0, shared * parameters};
        }
        return new double[] {
            2,
            2 * shared * CostModel.messages(parameters, point.ranks()),
            2 * shared * CostModel.WHOLE * parameters * (ranks - 1) / ranks,
            shared * parameters
        };
    }

    private static double[] driverTerms(SyncPoint point) {
        return new double[] {1, point.ranks(), (1 + point.ranks()) * CostModel.WHOLE * point.parameters()};
    }

    private static double[] solve(List<SyncPoint> points, Kind kind, Terms terms) {
        List<double[]> rows = new ArrayList<>();
        for (SyncPoint point : points) {
            if (point.way() == kind && !point.shaped()) {
                // Divided by what was measured, so that each error counts in proportion.
                rows.add(Arrays.stream(terms.of(point))
                        .map(term -> term / point.seconds())
                        .toArray());
            }
        }
        if (rows.isEmpty() || rows.size() < rows.get(0).length) {
            throw new IllegalArgumentException("too few measurements of " + kind.label() + ": " + rows.size());
        }
        return leastSquaresNotNegative(rows.toArray(double[][]::new));
    }

    /**
     * The x, none below 0, for which {@code rows x} comes nearest to ones. Tries every set of costs that may be other
     * than 0: there are few.
     */
    static double[] leastSquaresNotNegative(double[][] rows) {
        int count = rows[0].length;
        double[] best = new double[count];
        double bestError = rows.length;
        for (int set = 1; set < 1 << count; set++) {
            double[] x = leastSquares(rows, set);
            double error = error(rows, x);
            if (Arrays.stream(x).allMatch(value -> value >= 0) && error < bestError) {
                best = x;
                bestError = error;
            }
        }
        return best;
    }

    private static double[] leastSquares(double[][] rows, int set) {
        int[] columns = new int[Integer.bitCount(set)];
        for (int column = 0, next = 0; column < rows[0].length; column++) {
            if ((set >> column & 1) == 1) {
                columns[next++] = column;
            }
        }
        RealMatrix all = new Array2DRowRealMatrix(rows);
        int[] each = new int[rows.length];
        Arrays.setAll(each, i -> i);
        RealVector ones = new ArrayRealVector(rows.length, 1);
        // Costs differ by powers of ten: columns of length 1.
        RealMatrix some = all.getSubMatrix(each, columns);
        double[] x = new double[rows[0].length];
        double[] lengths = new double[columns.length];
        for (int i = 0; i < columns.length; i++) {
            lengths[i] = Math.max(some.getColumnVector(i).getNorm(), Double.MIN_NORMAL);
            some.setColumnVector(i, some.getColumnVector(i).mapDivide(lengths[i]));
        }
        RealVector solved = new SingularValueDecomposition(some).getSolver().solve(ones);
        for (int i = 0; i < columns.length; i++) {
            x[columns[i]] = solved.getEntry(i) / lengths[i];
        }
        return x;
    }

    private static double error(double[][] rows, double[] x) {
        double sum = 0;
        for (double[] row : rows) {
            double value = -1;
            for (int i = 0; i < x.length; i++) {
                value += row[i] * x[i];
            }
            sum += value * value;
        }
        return sum;
    }
}
