package dev.lockstep.spark.shard;

import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * Which rows are set aside for validation: decided by a hash of what they are predicted from alone, so that rows that
 * are equal in it are on the same side. That is the cells of columns with types, otherwise the features.
 *
 * @param fraction about which part of the rows is set aside
 * @param hashSeed the seed of the hash
 */
record Split(double fraction, long hashSeed) implements Serializable {
    private static final double LEAST_NOTED = 0.05;
    /** Standard deviations that chance does not make. */
    private static final double FAR = 4;

    /** The split of a job with this seed. */
    static Split of(double fraction, long seed) {
        return new Split(fraction, StreamKey.key(seed, Purpose.SPLIT));
    }

    /**
     * What a person should know of how the rows were split: the share that was set aside, if it is not what chance
     * would make of rows that differ.
     *
     * @param kept how many rows were not set aside
     * @param setAside how many were
     */
    List<String> notices(long kept, long setAside) {
        double rows = kept + setAside;
        double share = setAside / rows;
        double deviation = Math.sqrt(fraction * (1 - fraction) / rows);
        if (Math.abs(share - fraction) <= Math.max(LEAST_NOTED, FAR * deviation)) {
            return List.of();
        }
        return List.of(String.format(
                Locale.ROOT,
                "data.validation: %d of %d rows are set aside, %.2f of them where %.2f was asked for: rows that are"
                        + " equal in all features stay together, and there are few that differ",
                setAside,
                kept + setAside,
                share,
                fraction));
    }

    /** Whether a row of this hash is set aside. */
    boolean setsAside(long hash) {
        return (hash >>> 11) * 0x1.0p-53 < fraction;
    }
}
