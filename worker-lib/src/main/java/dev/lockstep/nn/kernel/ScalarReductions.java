package dev.lockstep.nn.kernel;

/** {@link Reductions}, one element at a time: the plain form of their order. */
class ScalarReductions implements Reductions {
    @Override
    public float sum(float[] x, int xOffset, int length) {
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, a4 = 0f, a5 = 0f, a6 = 0f, a7 = 0f;
        float a8 = 0f, a9 = 0f, a10 = 0f, a11 = 0f, a12 = 0f, a13 = 0f, a14 = 0f, a15 = 0f;
        int at = xOffset;
        int remaining = length;
        for (; remaining >= 16; remaining -= 16, at += 16) {
            a0 += x[at];
            a1 += x[at + 1];
            a2 += x[at + 2];
            a3 += x[at + 3];
            a4 += x[at + 4];
            a5 += x[at + 5];
            a6 += x[at + 6];
            a7 += x[at + 7];
            a8 += x[at + 8];
            a9 += x[at + 9];
            a10 += x[at + 10];
            a11 += x[at + 11];
            a12 += x[at + 12];
            a13 += x[at + 13];
            a14 += x[at + 14];
            a15 += x[at + 15];
        }
        float b0 = pair(x, at, remaining, a0, a8) + pair(x, at + 4, remaining - 4, a4, a12);
        float b1 = pair(x, at + 1, remaining - 1, a1, a9) + pair(x, at + 5, remaining - 5, a5, a13);
        float b2 = pair(x, at + 2, remaining - 2, a2, a10) + pair(x, at + 6, remaining - 6, a6, a14);
        float b3 = pair(x, at + 3, remaining - 3, a3, a11) + pair(x, at + 7, remaining - 7, a7, a15);
        return (b0 + b2) + (b1 + b3);
    }

    /**
     * The first step of the tree for two accumulators that lie 8 apart, after the last elements, fewer than 16, have
     * been added to them.
     *
     * @param at where the first accumulator's last element lies if there is one
     * @param remaining how many elements are left from there on, 0 or below for none
     */
    static float pair(float[] x, int at, int remaining, float first, float second) {
        // An accumulator is never -0, so that adding +0 for an element that is not there changes nothing.
        return (first + (remaining > 0 ? x[at] : 0f)) + (second + (remaining > 8 ? x[at + 8] : 0f));
    }

    @Override
    public float dot(float[] x, int xOffset, float[] y, int yOffset, int length) {
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, a4 = 0f, a5 = 0f, a6 = 0f, a7 = 0f;
        float a8 = 0f, a9 = 0f, a10 = 0f, a11 = 0f, a12 = 0f, a13 = 0f, a14 = 0f, a15 = 0f;
        int p = xOffset;
        int q = yOffset;
        int remaining = length;
        for (; remaining >= 16; remaining -= 16, p += 16, q += 16) {
            a0 = Math.fma(x[p], y[q], a0);
            a1 = Math.fma(x[p + 1], y[q + 1], a1);
            a2 = Math.fma(x[p + 2], y[q + 2], a2);
            a3 = Math.fma(x[p + 3], y[q + 3], a3);
            a4 = Math.fma(x[p + 4], y[q + 4], a4);
            a5 = Math.fma(x[p + 5], y[q + 5], a5);
            a6 = Math.fma(x[p + 6], y[q + 6], a6);
            a7 = Math.fma(x[p + 7], y[q + 7], a7);
            a8 = Math.fma(x[p + 8], y[q + 8], a8);
            a9 = Math.fma(x[p + 9], y[q + 9], a9);
            a10 = Math.fma(x[p + 10], y[q + 10], a10);
            a11 = Math.fma(x[p + 11], y[q + 11], a11);
            a12 = Math.fma(x[p + 12], y[q + 12], a12);
            a13 = Math.fma(x[p + 13], y[q + 13], a13);
            a14 = Math.fma(x[p + 14], y[q + 14], a14);
            a15 = Math.fma(x[p + 15], y[q + 15], a15);
        }
        float b0 = pairOfDot(x, p, y, q, remaining, a0, a8) + pairOfDot(x, p + 4, y, q + 4, remaining - 4, a4, a12);
        float b1 = pairOfDot(x, p + 1, y, q + 1, remaining - 1, a1, a9)
                + pairOfDot(x, p + 5, y, q + 5, remaining - 5, a5, a13);
        float b2 = pairOfDot(x, p + 2, y, q + 2, remaining - 2, a2, a10)
                + pairOfDot(x, p + 6, y, q + 6, remaining - 6, a6, a14);
        float b3 = pairOfDot(x, p + 3, y, q + 3, remaining - 3, a3, a11)
                + pairOfDot(x, p + 7, y, q + 7, remaining - 7, a7, a15);
        return (b0 + b2) + (b1 + b3);
    }

    /** {@link #pair} for {@link #dot}; the first accumulator's last factors lie at {@code p} and {@code q}. */
    static float pairOfDot(float[] x, int p, float[] y, int q, int remaining, float first, float second) {
        float one = remaining > 0 ? Math.fma(x[p], y[q], first) : first;
        float other = remaining > 8 ? Math.fma(x[p + 8], y[q + 8], second) : second;
        return one + other;
    }

    @Override
    public final double sumOfSquares(float[] x, int xOffset, int length) {
        double sum = 0.0;
        for (int from = 0; from < length; from += BLOCK) {
            sum += blockSumOfSquares(x, xOffset + from, Math.min(BLOCK, length - from));
        }
        return sum;
    }

    /** The sum of the squares of one block, at most {@link #BLOCK} elements. */
    double blockSumOfSquares(float[] x, int xOffset, int length) {
        double a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0;
        double a8 = 0, a9 = 0, a10 = 0, a11 = 0, a12 = 0, a13 = 0, a14 = 0, a15 = 0;
        int at = xOffset;
        int remaining = length;
        for (; remaining >= 16; remaining -= 16, at += 16) {
            a0 += square(x[at]);
            a1 += square(x[at + 1]);
            a2 += square(x[at + 2]);
            a3 += square(x[at + 3]);
            a4 += square(x[at + 4]);
            a5 += square(x[at + 5]);
            a6 += square(x[at + 6]);
            a7 += square(x[at + 7]);
            a8 += square(x[at + 8]);
            a9 += square(x[at + 9]);
            a10 += square(x[at + 10]);
            a11 += square(x[at + 11]);
            a12 += square(x[at + 12]);
            a13 += square(x[at + 13]);
            a14 += square(x[at + 14]);
            a15 += square(x[at + 15]);
        }
        double b0 = pairOfSquares(x, at, remaining, a0, a8) + pairOfSquares(x, at + 4, remaining - 4, a4, a12);
        double b1 = pairOfSquares(x, at + 1, remaining - 1, a1, a9) + pairOfSquares(x, at + 5, remaining - 5, a5, a13);
        double b2 = pairOfSquares(x, at + 2, remaining - 2, a2, a10) + pairOfSquares(x, at + 6, remaining - 6, a6, a14);
        double b3 = pairOfSquares(x, at + 3, remaining - 3, a3, a11) + pairOfSquares(x, at + 7, remaining - 7, a7, a15);
        return (b0 + b2) + (b1 + b3);
    }

    /** {@link #pair} for {@link #sumOfSquares}. */
    static double pairOfSquares(float[] x, int at, int remaining, double first, double second) {
        return (first + (remaining > 0 ? square(x[at]) : 0)) + (second + (remaining > 8 ? square(x[at + 8]) : 0));
    }

    private static double square(double v) {
        return v * v;
    }

    @Override
    public float max(float[] x, int xOffset, int length) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            greatest = Math.max(greatest, x[xOffset + i]);
        }
        return greatest;
    }

    @Override
    public int argMax(float[] x, int xOffset, int length) {
        float greatest = Float.NEGATIVE_INFINITY;
        int index = 0;
        for (int i = 0; i < length; i++) {
            if (x[xOffset + i] > greatest) {
                greatest = x[xOffset + i];
                index = i;
            }
        }
        return index;
    }
}
