package dev.lockstep.nn.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Reductions} on vectors. The 16 accumulators are one, two or four vectors; the last elements and the tree are
 * the scalar twin's, as the lanes have to be taken out for the tree anyway.
 */
final class SimdReductions extends ScalarReductions {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Double> D = Lanes.DOUBLES;
    private static final int L = F.length();

    @Override
    public float sum(float[] x, int xOffset, int length) {
        if (length < 16) {
            return super.sum(x, xOffset, length);
        }
        return switch (L) {
            case 16 -> sum1(x, xOffset, length);
            case 8 -> sum2(x, xOffset, length);
            default -> sum4(x, xOffset, length);
        };
    }

    /** sum with one vector of accumulators. */
    private static float sum1(float[] x, int xOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = s0.add(load(x, xOffset + i));
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        float b0 = pair(x, at, remaining, s0.lane(0), s0.lane(8))
                + pair(x, at + 4, remaining - 4, s0.lane(4), s0.lane(12));
        float b1 = pair(x, at + 1, remaining - 1, s0.lane(1), s0.lane(9))
                + pair(x, at + 5, remaining - 5, s0.lane(5), s0.lane(13));
        float b2 = pair(x, at + 2, remaining - 2, s0.lane(2), s0.lane(10))
                + pair(x, at + 6, remaining - 6, s0.lane(6), s0.lane(14));
        float b3 = pair(x, at + 3, remaining - 3, s0.lane(3), s0.lane(11))
                + pair(x, at + 7, remaining - 7, s0.lane(7), s0.lane(15));
        return (b0 + b2) + (b1 + b3);
    }

    /** sum with two vectors of accumulators. */
    private static float sum2(float[] x, int xOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = s0.add(load(x, xOffset + i));
            s1 = s1.add(load(x, xOffset + i + 8));
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        float b0 =
                pair(x, at, remaining, s0.lane(0), s1.lane(0)) + pair(x, at + 4, remaining - 4, s0.lane(4), s1.lane(4));
        float b1 = pair(x, at + 1, remaining - 1, s0.lane(1), s1.lane(1))
                + pair(x, at + 5, remaining - 5, s0.lane(5), s1.lane(5));
        float b2 = pair(x, at + 2, remaining - 2, s0.lane(2), s1.lane(2))
                + pair(x, at + 6, remaining - 6, s0.lane(6), s1.lane(6));
        float b3 = pair(x, at + 3, remaining - 3, s0.lane(3), s1.lane(3))
                + pair(x, at + 7, remaining - 7, s0.lane(7), s1.lane(7));
        return (b0 + b2) + (b1 + b3);
    }

    /** sum with four vectors of accumulators. */
    private static float sum4(float[] x, int xOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = s0.add(load(x, xOffset + i));
            s1 = s1.add(load(x, xOffset + i + 4));
            s2 = s2.add(load(x, xOffset + i + 8));
            s3 = s3.add(load(x, xOffset + i + 12));
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        float b0 =
                pair(x, at, remaining, s0.lane(0), s2.lane(0)) + pair(x, at + 4, remaining - 4, s1.lane(0), s3.lane(0));
        float b1 = pair(x, at + 1, remaining - 1, s0.lane(1), s2.lane(1))
                + pair(x, at + 5, remaining - 5, s1.lane(1), s3.lane(1));
        float b2 = pair(x, at + 2, remaining - 2, s0.lane(2), s2.lane(2))
                + pair(x, at + 6, remaining - 6, s1.lane(2), s3.lane(2));
        float b3 = pair(x, at + 3, remaining - 3, s0.lane(3), s2.lane(3))
                + pair(x, at + 7, remaining - 7, s1.lane(3), s3.lane(3));
        return (b0 + b2) + (b1 + b3);
    }

    @Override
    public float dot(float[] x, int xOffset, float[] y, int yOffset, int length) {
        if (length < 16) {
            return super.dot(x, xOffset, y, yOffset, length);
        }
        return switch (L) {
            case 16 -> dot1(x, xOffset, y, yOffset, length);
            case 8 -> dot2(x, xOffset, y, yOffset, length);
            default -> dot4(x, xOffset, y, yOffset, length);
        };
    }

    /** dot with one vector of accumulators. */
    private static float dot1(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
        }
        int p = xOffset + bound;
        int q = yOffset + bound;
        int remaining = length - bound;
        float b0 = pairOfDot(x, p, y, q, remaining, s0.lane(0), s0.lane(8))
                + pairOfDot(x, p + 4, y, q + 4, remaining - 4, s0.lane(4), s0.lane(12));
        float b1 = pairOfDot(x, p + 1, y, q + 1, remaining - 1, s0.lane(1), s0.lane(9))
                + pairOfDot(x, p + 5, y, q + 5, remaining - 5, s0.lane(5), s0.lane(13));
        float b2 = pairOfDot(x, p + 2, y, q + 2, remaining - 2, s0.lane(2), s0.lane(10))
                + pairOfDot(x, p + 6, y, q + 6, remaining - 6, s0.lane(6), s0.lane(14));
        float b3 = pairOfDot(x, p + 3, y, q + 3, remaining - 3, s0.lane(3), s0.lane(11))
                + pairOfDot(x, p + 7, y, q + 7, remaining - 7, s0.lane(7), s0.lane(15));
        return (b0 + b2) + (b1 + b3);
    }

    /** dot with two vectors of accumulators. */
    private static float dot2(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
            s1 = load(x, xOffset + i + 8).fma(load(y, yOffset + i + 8), s1);
        }
        int p = xOffset + bound;
        int q = yOffset + bound;
        int remaining = length - bound;
        float b0 = pairOfDot(x, p, y, q, remaining, s0.lane(0), s1.lane(0))
                + pairOfDot(x, p + 4, y, q + 4, remaining - 4, s0.lane(4), s1.lane(4));
        float b1 = pairOfDot(x, p + 1, y, q + 1, remaining - 1, s0.lane(1), s1.lane(1))
                + pairOfDot(x, p + 5, y, q + 5, remaining - 5, s0.lane(5), s1.lane(5));
        float b2 = pairOfDot(x, p + 2, y, q + 2, remaining - 2, s0.lane(2), s1.lane(2))
                + pairOfDot(x, p + 6, y, q + 6, remaining - 6, s0.lane(6), s1.lane(6));
        float b3 = pairOfDot(x, p + 3, y, q + 3, remaining - 3, s0.lane(3), s1.lane(3))
                + pairOfDot(x, p + 7, y, q + 7, remaining - 7, s0.lane(7), s1.lane(7));
        return (b0 + b2) + (b1 + b3);
    }

    /** dot with four vectors of accumulators. */
    private static float dot4(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = length & -16;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int i = 0; i < bound; i += 16) {
            s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
            s1 = load(x, xOffset + i + 4).fma(load(y, yOffset + i + 4), s1);
            s2 = load(x, xOffset + i + 8).fma(load(y, yOffset + i + 8), s2);
            s3 = load(x, xOffset + i + 12).fma(load(y, yOffset + i + 12), s3);
        }
        int p = xOffset + bound;
        int q = yOffset + bound;
        int remaining = length - bound;
        float b0 = pairOfDot(x, p, y, q, remaining, s0.lane(0), s2.lane(0))
                + pairOfDot(x, p + 4, y, q + 4, remaining - 4, s1.lane(0), s3.lane(0));
        float b1 = pairOfDot(x, p + 1, y, q + 1, remaining - 1, s0.lane(1), s2.lane(1))
                + pairOfDot(x, p + 5, y, q + 5, remaining - 5, s1.lane(1), s3.lane(1));
        float b2 = pairOfDot(x, p + 2, y, q + 2, remaining - 2, s0.lane(2), s2.lane(2))
                + pairOfDot(x, p + 6, y, q + 6, remaining - 6, s1.lane(2), s3.lane(2));
        float b3 = pairOfDot(x, p + 3, y, q + 3, remaining - 3, s0.lane(3), s2.lane(3))
                + pairOfDot(x, p + 7, y, q + 7, remaining - 7, s1.lane(3), s3.lane(3));
        return (b0 + b2) + (b1 + b3);
    }

    @Override
    double blockSumOfSquares(float[] x, int xOffset, int length) {
        if (length < 16) {
            return super.blockSumOfSquares(x, xOffset, length);
        }
        return switch (L) {
            case 16 -> squares2(x, xOffset, length);
            case 8 -> squares4(x, xOffset, length);
            default -> squares8(x, xOffset, length);
        };
    }

    /** Sum of squares with two vectors of accumulators. */
    private static double squares2(float[] x, int xOffset, int length) {
        int bound = length & -16;
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = DoubleVector.zero(D);
        for (int i = 0; i < bound; i += 16) {
            FloatVector v0 = load(x, xOffset + i);
            DoubleVector d0 = half(v0, 0);
            DoubleVector d1 = half(v0, 1);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        double b0 = pairOfSquares(x, at, remaining, s0.lane(0), s1.lane(0))
                + pairOfSquares(x, at + 4, remaining - 4, s0.lane(4), s1.lane(4));
        double b1 = pairOfSquares(x, at + 1, remaining - 1, s0.lane(1), s1.lane(1))
                + pairOfSquares(x, at + 5, remaining - 5, s0.lane(5), s1.lane(5));
        double b2 = pairOfSquares(x, at + 2, remaining - 2, s0.lane(2), s1.lane(2))
                + pairOfSquares(x, at + 6, remaining - 6, s0.lane(6), s1.lane(6));
        double b3 = pairOfSquares(x, at + 3, remaining - 3, s0.lane(3), s1.lane(3))
                + pairOfSquares(x, at + 7, remaining - 7, s0.lane(7), s1.lane(7));
        return (b0 + b2) + (b1 + b3);
    }

    /** Sum of squares with four vectors of accumulators. */
    private static double squares4(float[] x, int xOffset, int length) {
        int bound = length & -16;
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = DoubleVector.zero(D);
        DoubleVector s2 = DoubleVector.zero(D);
        DoubleVector s3 = DoubleVector.zero(D);
        for (int i = 0; i < bound; i += 16) {
            FloatVector v0 = load(x, xOffset + i);
            FloatVector v1 = load(x, xOffset + i + 8);
            DoubleVector d0 = half(v0, 0);
            DoubleVector d1 = half(v0, 1);
            DoubleVector d2 = half(v1, 0);
            DoubleVector d3 = half(v1, 1);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        double b0 = pairOfSquares(x, at, remaining, s0.lane(0), s2.lane(0))
                + pairOfSquares(x, at + 4, remaining - 4, s1.lane(0), s3.lane(0));
        double b1 = pairOfSquares(x, at + 1, remaining - 1, s0.lane(1), s2.lane(1))
                + pairOfSquares(x, at + 5, remaining - 5, s1.lane(1), s3.lane(1));
        double b2 = pairOfSquares(x, at + 2, remaining - 2, s0.lane(2), s2.lane(2))
                + pairOfSquares(x, at + 6, remaining - 6, s1.lane(2), s3.lane(2));
        double b3 = pairOfSquares(x, at + 3, remaining - 3, s0.lane(3), s2.lane(3))
                + pairOfSquares(x, at + 7, remaining - 7, s1.lane(3), s3.lane(3));
        return (b0 + b2) + (b1 + b3);
    }

    /** Sum of squares with eight vectors of accumulators. */
    private static double squares8(float[] x, int xOffset, int length) {
        int bound = length & -16;
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = DoubleVector.zero(D);
        DoubleVector s2 = DoubleVector.zero(D);
        DoubleVector s3 = DoubleVector.zero(D);
        DoubleVector s4 = DoubleVector.zero(D);
        DoubleVector s5 = DoubleVector.zero(D);
        DoubleVector s6 = DoubleVector.zero(D);
        DoubleVector s7 = DoubleVector.zero(D);
        for (int i = 0; i < bound; i += 16) {
            FloatVector v0 = load(x, xOffset + i);
            FloatVector v1 = load(x, xOffset + i + 4);
            FloatVector v2 = load(x, xOffset + i + 8);
            FloatVector v3 = load(x, xOffset + i + 12);
            DoubleVector d0 = half(v0, 0);
            DoubleVector d1 = half(v0, 1);
            DoubleVector d2 = half(v1, 0);
            DoubleVector d3 = half(v1, 1);
            DoubleVector d4 = half(v2, 0);
            DoubleVector d5 = half(v2, 1);
            DoubleVector d6 = half(v3, 0);
            DoubleVector d7 = half(v3, 1);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
            s4 = d4.fma(d4, s4);
            s5 = d5.fma(d5, s5);
            s6 = d6.fma(d6, s6);
            s7 = d7.fma(d7, s7);
        }
        int at = xOffset + bound;
        int remaining = length - bound;
        double b0 = pairOfSquares(x, at, remaining, s0.lane(0), s4.lane(0))
                + pairOfSquares(x, at + 4, remaining - 4, s2.lane(0), s6.lane(0));
        double b1 = pairOfSquares(x, at + 1, remaining - 1, s0.lane(1), s4.lane(1))
                + pairOfSquares(x, at + 5, remaining - 5, s2.lane(1), s6.lane(1));
        double b2 = pairOfSquares(x, at + 2, remaining - 2, s1.lane(0), s5.lane(0))
                + pairOfSquares(x, at + 6, remaining - 6, s3.lane(0), s7.lane(0));
        double b3 = pairOfSquares(x, at + 3, remaining - 3, s1.lane(1), s5.lane(1))
                + pairOfSquares(x, at + 7, remaining - 7, s3.lane(1), s7.lane(1));
        return (b0 + b2) + (b1 + b3);
    }

    /**
     * The lower (0) or upper (1) half of a vector, in double. A square is then exact, so that fma rounds as an addition
     * does.
     */
    private static DoubleVector half(FloatVector v, int part) {
        return (DoubleVector) v.convertShape(VectorOperators.F2D, D, part);
    }

    @Override
    public float max(float[] x, int xOffset, int length) {
        if (length < L) {
            return super.max(x, xOffset, length);
        }
        int bound = F.loopBound(length);
        FloatVector greatest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < bound; i += L) {
            greatest = greatest.max(load(x, xOffset + i));
        }
        // Not a rounding operation: any order of lanes gives the same number.
        float lanes = greatest.reduceLanes(VectorOperators.MAX);
        return Math.max(lanes, super.max(x, xOffset + bound, length - bound));
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }
}
