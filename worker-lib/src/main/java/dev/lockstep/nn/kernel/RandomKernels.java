package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Vector;

/**
 * Fills from the counter-based streams of {@link dev.lockstep.nn.random.CounterRandom}. Each takes the stream's key and
 * the index (at least 0) of the first value, so that a part of a stream can be made without what precedes it.
 */
public interface RandomKernels {
    /** {@code out[i] = (word(first + i) >>> 8) * 2^-24}, in [0, 1); out is overwritten. */
    void uniform(long key, long first, Vector out);

    /**
     * Standard normal values (Box and Muller). Values 2b and 2b + 1 come from the two words of block b:
     *
     * <pre>{@code
     * u = ((float) (word0 >>> 1) + 0.5) * 2^-31          in (0, 1]
     * r = sqrt(-2 * log(u))
     * t = (word1 >>> 8) * 2^-24                          in [0, 1)
     * value 2b = r * cos(2 pi t), value 2b + 1 = r * sin(2 pi t)
     * }</pre>
     *
     * <p>No value exceeds 6.67 in magnitude.
     *
     * @param out overwritten
     */
    void normal(long key, long first, Vector out);

    /**
     * Inverted dropout without a mask that is stored, {@code 0 <= p < 1}: {@code y[i] = uniform(first + i) < p ? +0 :
     * x[i] * (1 / (1 - p))}. Applied to dy with the same key it is the derivative.
     *
     * @param x read
     * @param y as long; overwritten, may be x
     */
    void dropout(long key, long first, float p, Vector x, Vector y);
}
