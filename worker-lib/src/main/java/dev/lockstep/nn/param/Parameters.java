package dev.lockstep.nn.param;

/**
 * What a network has learned: all its trainable parameters in one vector and all its buffers (running statistics) in
 * another. A layer knows its offsets, which {@link ParameterLayout} gave it.
 *
 * @param theta the trainable parameters
 * @param buffers running statistics, not trained by gradient
 */
public record Parameters(float[] theta, float[] buffers) {
    /** The same numbers in vectors of their own. */
    public Parameters copy() {
        return new Parameters(theta.clone(), buffers.clone());
    }
}
