package dev.lockstep.nn.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * Areas under the curves of one question, and points of these curves, from its rows in rising order of their scores,
 * ties together.
 */
final class RankedAreas {
    /** Points of a curve lie at least so far apart, along one of the two axes. */
    private static final double LEAST_STEP = 0.02;

    private static final double DIGITS = 1e4;

    private final double positives;
    private final double negatives;
    private double positivesBelow;
    private double negativesBelow;
    private double wins;
    private double precisions;
    private final List<double[]> points = new ArrayList<>();

    /**
     * Areas of so many rows.
     *
     * @param positives weight of the positive rows
     * @param negatives weight of the others
     */
    RankedAreas(double positives, double negatives) {
        this.positives = positives;
        this.negatives = negatives;
    }

    /** Adds rows of one score, above those before. */
    void addTied(double tiedPositives, double tiedNegatives) {
        if (tiedPositives > 0) {
            double right = positives - positivesBelow;
            precisions += tiedPositives * right / (right + (negatives - negativesBelow));
        }
        add(tiedPositives, tiedNegatives);
    }

    /**
     * Adds rows whose scores are close together, above those before, as if both kinds were evenly mixed: with {@code a}
     * positives among {@code b} rows above them and {@code p} among {@code n} of their own, the mean precision is
     * {@code integral (a + p x) / (b + n x) dx = p/n + (a n - p b) / n^2 log(1 + n/b)} for {@code x} from 0 to 1.
     */
    void addMixed(double mixedPositives, double mixedNegatives) {
        if (mixedPositives > 0) {
            double n = mixedPositives + mixedNegatives;
            double share = mixedPositives / n;
            double a = positives - positivesBelow - mixedPositives;
            double b = a + (negatives - negativesBelow - mixedNegatives);
            double precision = b <= 0 ? share : share + (a - share * b) / n * StrictMath.log1p(n / b);
            precisions += mixedPositives * precision;
        }
        add(mixedPositives, mixedNegatives);
    }

    private void add(double tiedPositives, double tiedNegatives) {
        addPoint();
        wins += tiedPositives * (negativesBelow + tiedNegatives / 2);
        positivesBelow += tiedPositives;
        negativesBelow += tiedNegatives;
    }

    /** Adds the point of the curves at which all rows from here on are predicted as positive. */
    private void addPoint() {
        double right = positives - positivesBelow;
        double wrong = negatives - negativesBelow;
        if (right + wrong <= 0) {
            return;
        }
        double[] point = {wrong / negatives, right / positives, right / (right + wrong)};
        if (!points.isEmpty()) {
            double[] last = points.get(points.size() - 1);
            if (last[0] - point[0] < LEAST_STEP && last[1] - point[1] < LEAST_STEP) {
                return;
            }
        }
        points.add(point);
    }

    /**
     * Points of both curves, from the least score on: {@code [false positive rate, recall, precision]} where the rows
     * from a score on are predicted as positive. At most a hundred or so, rounded to four digits; none where there is
     * no pair.
     */
    double[][] curve() {
        if (!(positives > 0 && negatives > 0)) {
            return new double[0][];
        }
        for (double[] point : points) {
            for (int i = 0; i < point.length; i++) {
                point[i] = Math.rint(point[i] * DIGITS) / DIGITS;
            }
        }
        return points.toArray(double[][]::new);
    }

    /** Share of the pairs of a positive and a negative row whose scores are in order. NaN where there is no pair. */
    double roc() {
        return wins / (positives * negatives);
    }

    /** Mean over the positive rows of the precision among the rows from their score on. NaN where there is no pair. */
    double precision() {
        return positives * negatives > 0 ? precisions / positives : Double.NaN;
    }
}
