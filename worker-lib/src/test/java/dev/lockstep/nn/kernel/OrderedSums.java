package dev.lockstep.nn.kernel;

/** The sums of {@link Reductions}, written from its text alone: what both twins are held to, in bits. */
final class OrderedSums {
    private static final int ACCUMULATORS = 16;

    private OrderedSums() {}

    static float sum(float[] x, int xOffset, int length) {
        float[] acc = new float[ACCUMULATORS];
        for (int i = 0; i < length; i++) {
            acc[i % ACCUMULATORS] += x[xOffset + i];
        }
        return tree(acc);
    }

    static float dot(float[] x, int xOffset, float[] y, int yOffset, int length) {
        float[] acc = new float[ACCUMULATORS];
        for (int i = 0; i < length; i++) {
            acc[i % ACCUMULATORS] = Math.fma(x[xOffset + i], y[yOffset + i], acc[i % ACCUMULATORS]);
        }
        return tree(acc);
    }

    static double sumOfSquares(float[] x, int xOffset, int length) {
        double sum = 0;
        for (int block = 0; block < length; block += 4096) {
            double[] acc = new double[ACCUMULATORS];
            for (int i = block; i < Math.min(length, block + 4096); i++) {
                acc[(i - block) % ACCUMULATORS] += (double) x[xOffset + i] * x[xOffset + i];
            }
            sum += tree(acc);
        }
        return sum;
    }

    private static float tree(float[] acc) {
        for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                acc[j] += acc[j + half];
            }
        }
        return acc[0];
    }

    private static double tree(double[] acc) {
        for (int half = ACCUMULATORS / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                acc[j] += acc[j + half];
            }
        }
        return acc[0];
    }
}
