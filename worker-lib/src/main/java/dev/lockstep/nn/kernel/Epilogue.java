package dev.lockstep.nn.kernel;

/** What is done with the chain {@code p} of products that a GEMM computes for an element {@code c[i][j]}. */
public enum Epilogue {
    /** {@code c = p}. */
    OVERWRITE,
    /** {@code c = c + p}: one addition, after the chain. */
    ACCUMULATE,
    /** {@code c = p + bias[j]}. */
    BIAS,
    /** {@code s = p + bias[j]; c = s < 0 ? +0 : s}, which is {@link Activations#relu} of {@link #BIAS}. */
    BIAS_RELU
}
