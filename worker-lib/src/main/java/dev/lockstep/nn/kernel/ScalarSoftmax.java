package dev.lockstep.nn.kernel;

/** {@link Softmax}: the rows here, what is done along a row in four steps that the vector twin replaces. */
class ScalarSoftmax implements Softmax {
    private final Reductions reductions;

    ScalarSoftmax(Reductions reductions) {
        this.reductions = reductions;
    }

    @Override
    public final void softmax(int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        for (int row = 0; row < rows; row++) {
            int from = xOffset + row * ldx;
            int to = yOffset + row * ldy;
            float m = shift(greatest(x, from, columns));
            exponentials(x, from, m, y, to, columns);
            divide(y, to, columns, reductions.sum(y, to, columns));
        }
    }

    @Override
    public final void softmaxLogSumExp(
            int rows,
            int columns,
            float[] x,
            int xOffset,
            int ldx,
            float[] y,
            int yOffset,
            int ldy,
            double[] logSumExp,
            int logSumExpOffset) {
        for (int row = 0; row < rows; row++) {
            int from = xOffset + row * ldx;
            int to = yOffset + row * ldy;
            float m = shift(greatest(x, from, columns));
            exponentials(x, from, m, y, to, columns);
            float s = reductions.sum(y, to, columns);
            divide(y, to, columns, s);
            logSumExp[logSumExpOffset + row] = (double) m + (double) ScalarMath.log(s);
        }
    }

    @Override
    public final void logSumExp(
            int rows, int columns, float[] x, int xOffset, int ldx, double[] logSumExp, int logSumExpOffset) {
        for (int row = 0; row < rows; row++) {
            int from = xOffset + row * ldx;
            float m = shift(greatest(x, from, columns));
            float s = sumOfExponentials(x, from, m, columns);
            logSumExp[logSumExpOffset + row] = (double) m + (double) ScalarMath.log(s);
        }
    }

    @Override
    public final void softmaxBackward(
            int rows,
            int columns,
            float[] y,
            int yOffset,
            int ldy,
            float[] dy,
            int dyOffset,
            int lddy,
            float[] dx,
            int dxOffset,
            int lddx) {
        for (int row = 0; row < rows; row++) {
            int outputs = yOffset + row * ldy;
            int gradients = dyOffset + row * lddy;
            float d = reductions.dot(dy, gradients, y, outputs, columns);
            backwardRow(y, outputs, dy, gradients, d, dx, dxOffset + row * lddx, columns);
        }
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

    /** {@code dx = y * (dy - d)}. */
    void backwardRow(float[] y, int yOffset, float[] dy, int dyOffset, float d, float[] dx, int dxOffset, int length) {
        for (int i = 0; i < length; i++) {
            dx[dxOffset + i] = y[yOffset + i] * (dy[dyOffset + i] - d);
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
        return ScalarReductions.tree(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15);
    }
}
