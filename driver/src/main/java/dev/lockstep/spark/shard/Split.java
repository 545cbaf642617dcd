package dev.lockstep.spark.shard;

import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import java.io.Serializable;

/**
 * Which rows are set aside for validation: decided by a hash of what they are predicted from alone, so that rows that
 * are equal in it are on the same side. That is the cells of columns with types, otherwise the features.
 *
 * @param fraction about which part of the rows is set aside
 * @param hashSeed the seed of the hash
 */
record Split(double fraction, long hashSeed) implements Serializable {
    /** The split of a job with this seed. */
    static Split of(double fraction, long seed) {
        return new Split(fraction, StreamKey.key(seed, Purpose.SPLIT));
    }

    /** Whether a row of this hash is set aside. */
    boolean setsAside(long hash) {
        return (hash >>> 11) * 0x1.0p-53 < fraction;
    }
}
