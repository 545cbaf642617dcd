package dev.lockstep.nn.random;

/**
 * Derives the 64-bit key of a random stream from what the stream is for.
 *
 * <p>The parts are folded in one by one with the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a bijection
 * of 64-bit words in which every input bit flips every output bit with a probability near one half:
 *
 * <pre>{@code
 * h = mix(seed + GOLDEN)
 * h = mix((h ^ part) + GOLDEN)        for each part: purpose number, step, shard, row, layer
 * GOLDEN = 0x9E3779B97F4A7C15
 * }</pre>
 *
 * <p>For a fixed prefix each step is a bijection of the part, so streams whose keys differ in the last part only never
 * share a key; others collide with the probability of a random 64-bit hash. A part that has no meaning for a purpose is
 * 0.
 */
public final class StreamKey {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private StreamKey() {}

    /** Returns the key of the stream of one layer for one row (numbered within its shard's part of the batch). */
    public static long key(long seed, Purpose purpose, long step, long shard, long row, long layer) {
        return fold(fold(fold(fold(key(seed, purpose), step), shard), row), layer);
    }

    /** Returns the key shared by all that {@code seed} and {@code purpose} stand for; extend it with {@link #fold}. */
    public static long key(long seed, Purpose purpose) {
        return fold(mix(seed + GOLDEN), purpose.number());
    }

    /** Returns the key extended by one more part. Lets a loop over rows keep what the other parts gave. */
    public static long fold(long key, long part) {
        return mix((key ^ part) + GOLDEN);
    }

    /** The SplitMix64 finaliser (variant 13 of Stafford's mixers). */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
