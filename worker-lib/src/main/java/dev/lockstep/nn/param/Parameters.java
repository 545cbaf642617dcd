package dev.lockstep.nn.param;

import org.jspecify.annotations.Nullable;

/**
 * The numbers that a network has learned: all its trainable parameters in one vector and all its buffers (running
 * statistics) in another. A layer knows its offsets, which {@link ParameterLayout} gave it.
 *
 * @param theta the trainable parameters
 * @param buffers running statistics, not trained by gradient
 * @param spread how the parameters are distributed about theta, for predictive samples; null: they are theta
 */
public record Parameters(
        float[] theta, float[] buffers, @Nullable Spread spread) {
    /** Parameters that are theta. */
    public Parameters(float[] theta, float[] buffers) {
        this(theta, buffers, null);
    }

    /** The same numbers in vectors of their own. */
    public Parameters copy() {
        return new Parameters(theta.clone(), buffers.clone(), spread);
    }

    /** The same numbers, distributed. */
    public Parameters with(@Nullable Spread distributed) {
        return new Parameters(theta, buffers, distributed);
    }

    /**
     * The parameters of a predictive sample: drawn where they are distributed, otherwise these.
     *
     * @param seed the job's seed
     * @param sample its number, from 1
     */
    public Parameters sample(long seed, long sample) {
        if (spread == null) {
            return this;
        }
        float[] drawn = new float[theta.length];
        spread.draw(seed, sample, theta, drawn);
        return new Parameters(drawn, buffers);
    }
}
