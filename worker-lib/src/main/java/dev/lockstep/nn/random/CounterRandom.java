package dev.lockstep.nn.random;

/**
 * Random streams without state: value {@code i} of stream {@code key} is a function of both, so that any part of a
 * stream can be computed anywhere, in any order. The generator is {@link Threefry}; the key comes from
 * {@link StreamKey}.
 *
 * <p>Word {@code i} is word {@code i & 1} of the Threefry block of counter {@code i >> 1}. A caller draws from one
 * stream either words (also through the fills of the kernels), or bounded numbers, not both: they share the blocks.
 */
public final class CounterRandom {
    private CounterRandom() {}

    /** Returns word {@code index} (at least 0) of the stream, 32 random bits. */
    public static int word(long key, long index) {
        long block = Threefry.block(key, index >> 1);
        return (int) ((index & 1) == 0 ? block : block >>> 32);
    }

    /** Returns value {@code index} of the stream as a float in [0, 1): the upper 24 bits of its word times 2^-24. */
    public static float uniform(long key, long index) {
        return (word(key, index) >>> 8) * 0x1.0p-24f;
    }

    /**
     * Returns number {@code index} of the stream, in {@code 0 .. bound-1}: the upper half of the 96-bit product of the
     * block of counter {@code index}, as an unsigned 64-bit number, and {@code bound}. No number's probability differs
     * from {@code 1 / bound} by more than 2^-64.
     *
     * @param bound 1 to 2^32
     */
    public static long bounded(long key, long index, long bound) {
        if (bound < 1 || bound > 1L << 32) {
            throw new IllegalArgumentException("bound must be 1 to 2^32, got " + bound);
        }
        long bits = Threefry.block(key, index);
        long high = (bits >>> 32) * bound;
        long low = (bits & 0xFFFFFFFFL) * bound;
        return (high + (low >>> 32)) >>> 32;
    }

    /**
     * Fills {@code out} with a random permutation of {@code 0 .. out.length-1} (Fisher and Yates): for i from the last
     * index down to 1, elements i and {@code bounded(key, i, i + 1)} are exchanged.
     *
     * @param out overwritten
     */
    public static void permutation(long key, int[] out) {
        permutation(key, out, out.length);
    }

    /**
     * As {@link #permutation(long, int[])}, of {@code 0 .. length-1} in the first {@code length} elements of
     * {@code out}.
     */
    public static void permutation(long key, int[] out, int length) {
        for (int i = 0; i < length; i++) {
            out[i] = i;
        }
        for (int i = length - 1; i > 0; i--) {
            int j = (int) bounded(key, i, i + 1L);
            int swapped = out[i];
            out[i] = out[j];
            out[j] = swapped;
        }
    }
}
