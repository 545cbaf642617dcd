package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.CanonicalOrder;
import java.io.Serializable;

/**
 * Where the canonical order is cut, known from counting rows by the upper 16 bits of their hash (their
 * <em>bucket</em>). A bucket that lies within one shard needs no more; one that a cut goes through is sent to each
 * shard it reaches into, which sorts it and takes its part.
 *
 * <p>Consecutive buckets form <em>groups</em> of about as many rows: what a shard sorts at a time, so that it never
 * holds all of its rows twice. Their size follows the number of rows, so that the rows on their way to a group are
 * many.
 */
final class CutPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    static final int BUCKETS = 1 << 16;

    /** Rows that a group has at least, if they take no more than some tens of megabytes. */
    private static final int GROUP_ROWS = Block.ROWS;

    private static final int GROUP_FLOATS = 1 << 24;

    /** So many groups share what a {@link RowRouter} keeps; fewer rows for each would travel in small pieces. */
    private static final int MOST_GROUPS = RowRouter.MOST_NUMBERS >> 13;

    private final int shards;
    /** Canonical number of each bucket's first row, and behind the last bucket the number of rows. */
    private final long[] start;

    private final int[] group;
    private final long heavy;

    private CutPlan(int shards, long[] start, int[] group, long heavy) {
        this.shards = shards;
        this.start = start;
        this.group = group;
        this.heavy = heavy;
    }

    /**
     * A plan.
     *
     * @param counts rows of each bucket
     * @param shards how many shards
     * @param width floats a row
     */
    static CutPlan of(long[] counts, int shards, int width) {
        long[] start = new long[BUCKETS + 1];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            start[bucket + 1] = Math.addExact(start[bucket], counts[bucket]);
        }
        long sorted = Math.max(16, GROUP_FLOATS / width);
        long groupRows = Math.min(sorted, Math.max(GROUP_ROWS, start[BUCKETS] / MOST_GROUPS));
        int[] group = new int[BUCKETS];
        long inGroup = 0;
        for (int bucket = 1; bucket < BUCKETS; bucket++) {
            inGroup += counts[bucket - 1];
            boolean full = inGroup >= groupRows;
            group[bucket] = group[bucket - 1] + (full ? 1 : 0);
            inGroup = full ? 0 : inGroup;
        }
        // Rows that differ spread evenly over the buckets; only equal rows can make one bucket much larger than the
        // rest.
        long heavy = 4 * (Math.min(sorted, GROUP_ROWS) + start[BUCKETS] / BUCKETS);
        return new CutPlan(shards, start, group, heavy);
    }

    static int bucket(long hash) {
        return (int) (hash >>> 48);
    }

    int shards() {
        return shards;
    }

    long rows() {
        return start[BUCKETS];
    }

    /** Canonical number of a bucket's first row. */
    long start(int bucket) {
        return start[bucket];
    }

    int group(int bucket) {
        return group[bucket];
    }

    int groups() {
        return group[BUCKETS - 1] + 1;
    }

    /** Whether a bucket holds so many equal rows that they are sent as a row and a count. */
    boolean isHeavy(int bucket) {
        return start[bucket + 1] - start[bucket] > heavy;
    }

    /** First shard that a bucket with rows reaches into. */
    int firstShard(int bucket) {
        return CanonicalOrder.shardOf(start[bucket], shards, rows());
    }

    /** Last shard that a bucket with rows reaches into. */
    int lastShard(int bucket) {
        return CanonicalOrder.shardOf(start[bucket + 1] - 1, shards, rows());
    }

    /** First canonical row of a shard; for {@code shard == shards()} the number of rows. */
    long firstRow(int shard) {
        return CanonicalOrder.firstRow(shard, shards, rows());
    }

    /** How many rows a shard has. */
    int shardRows(int shard) {
        return Math.toIntExact(firstRow(shard + 1) - firstRow(shard));
    }
}
