package dev.lockstep.spark.shard;

import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are set aside for validation. Without a rule that is decided by a hash of what they are predicted from
 * alone, the cells of columns with types, otherwise the features, so that rows that are equal in it are on the same
 * side.
 *
 * @param fraction about which part of the rows is set aside
 * @param hashSeed the seed of the hash
 * @param rule what decides; null: the hash alone
 */
record Split(double fraction, long hashSeed, @Nullable SplitRule rule) implements Serializable {
    private static final double LEAST_NOTED = 0.05;
    /** Standard deviations that chance does not make. */
    private static final double FAR = 4;

    /** The split of a job with this seed, by a hash alone. */
    static Split of(double fraction, long seed) {
        return new Split(fraction, hashSeed(seed), null);
    }

    /** The seed of the hash for a job with this seed. */
    static long hashSeed(long seed) {
        return StreamKey.key(seed, Purpose.SPLIT);
    }

    /**
     * Whether so many rows are not what chance would make of rows that differ.
     *
     * @param kept how many rows were not set aside
     * @param setAside how many were
     */
    boolean isFar(long kept, long setAside) {
        double rows = kept + setAside;
        double deviation = Math.sqrt(fraction * (1 - fraction) / rows);
        boolean uneven = Math.abs(setAside / rows - fraction) > Math.max(LEAST_NOTED, FAR * deviation);
        return uneven || kept == 0 || setAside == 0;
    }

    /** What a person should know of how the rows were split: the share that was set aside, if it is far off. */
    List<String> notices(long kept, long setAside) {
        if (!isFar(kept, setAside)) {
            return List.of();
        }
        return List.of(String.format(
                Locale.ROOT,
                "data.validation: %d of %d rows are set aside, %.2f of them where %.2f was asked for: %s",
                setAside,
                kept + setAside,
                setAside / (double) (kept + setAside),
                fraction,
                rule == null ? "rows that are equal in all features stay together" : rule.why()));
    }

    /** Whether a row of this hash is set aside where a hash alone decides. */
    boolean setsAside(long hash) {
        return (hash >>> 11) * 0x1.0p-53 < fraction;
    }
}
