package dev.lockstep.nn.kernel;

/** {@link Softmax}: four steps, which the vector twin replaces. */
class ScalarSoftmax implements Softmax {
    private final Reductions reductions;

    ScalarSoftmax(Reductions reductions) {
        this.reductions = reductions;
    }

    @Override
    public final void softmax(float[] x, int xOffset, float[] y, int yOffset, int length) {
        float m = shift(greatest(x, xOffset, length));
        exponentials(x, xOffset, m, y, yOffset, length);
        divide(y, yOffset, length, reductions.sum(y, yOffset, length));
    }

    @Override
    public final double softmaxLogSumExp(float[] x, int xOffset, float[] y, int yOffset, int length) {
        float m = shift(greatest(x, xOffset, length));
        exponentials(x, xOffset, m, y, yOffset, length);
        float s = reductions.sum(y, yOffset, length);
        divide(y, yOffset, length, s);
        return (double) m + (double) ScalarMath.log(s);
    }

    @Override
    public final double logSumExp(float[] x, int xOffset, int length) {
        float m = shift(greatest(x, xOffset, length));
        return (double) m + (double) ScalarMath.log(sumOfExponentials(x, xOffset, m, length));
    }

    @Override
    public final void softmaxBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        backward(y, yOffset, dy, dyOffset, length, reductions.dot(dy, dyOffset, y, yOffset, length));
    }

    /** What is subtracted before exp: an infinite maximum would give infinity minus infinity. */
    private static float shift(float greatest) {
        return Float.isInfinite(greatest) ? 0f : greatest;
    }

    /** The greatest element, NaN left out; which zero it is when both are there does not matter to the callers. */
    float greatest(float[] x, int xOffset, int length) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            greatest = v > greatest ? v : greatest;
        }
        return greatest;
    }

    /** {@code y = exp(x - m)}. */
    void exponentials(float[] x, int xOffset, float m, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.exp(x[xOffset + i] - m);
        }
    }

    /** {@code y = y / s}. */
    void divide(float[] y, int yOffset, int length, float s) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] /= s;
        }
    }

    /** {@code dy = y * (dy - d)}. */
    void backward(float[] y, int yOffset, float[] dy, int dyOffset, int length, float d) {
        for (int i = 0; i < length; i++) {
            dy[dyOffset + i] = y[yOffset + i] * (dy[dyOffset + i] - d);
        }
    }

    /** The sum of {@code exp(x - m)} in the order of {@link Reductions}, without a place to store the terms. */
    private static float sumOfExponentials(float[] x, int xOffset, float m, int length) {
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, a4 = 0f, a5 = 0f, a6 = 0f, a7 = 0f;
        float a8 = 0f, a9 = 0f, a10 = 0f, a11 = 0f, a12 = 0f, a13 = 0f, a14 = 0f, a15 = 0f;
        for (int i = 0; i < length; i++) {
            float e = ScalarMath.exp(x[xOffset + i] - m);
            switch (i & 15) {
                case 0 -> a0 += e;
                case 1 -> a1 += e;
                case 2 -> a2 += e;
                case 3 -> a3 += e;
                case 4 -> a4 += e;
                case 5 -> a5 += e;
                case 6 -> a6 += e;
                case 7 -> a7 += e;
                case 8 -> a8 += e;
                case 9 -> a9 += e;
                case 10 -> a10 += e;
                case 11 -> a11 += e;
                case 12 -> a12 += e;
                case 13 -> a13 += e;
                case 14 -> a14 += e;
                default -> a15 += e;
            }
        }
        float b0 = (a0 + a8) + (a4 + a12);
        float b1 = (a1 + a9) + (a5 + a13);
        float b2 = (a2 + a10) + (a6 + a14);
        float b3 = (a3 + a11) + (a7 + a15);
        return (b0 + b2) + (b1 + b3);
    }
}
