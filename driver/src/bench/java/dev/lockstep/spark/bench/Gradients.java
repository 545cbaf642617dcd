package dev.lockstep.spark.bench;

/** What the ways that are not the project's own compute: as little as {@link BenchJob} does. */
final class Gradients {
    private static final int LOOKED_UP = 100;

    private Gradients() {}

    /** A gradient that is zero but for one part of the parameters, another one for each rank. */
    static float[] of(float[] theta, int rank) {
        float[] gradient = new float[theta.length];
        int length = Math.max(1, theta.length / LOOKED_UP);
        System.arraycopy(theta, rank % LOOKED_UP * length, gradient, rank % LOOKED_UP * length, length);
        return gradient;
    }
}
