package dev.lockstep.nn.data;

import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;

/**
 * The order in which an epoch visits a shard's rows. The shard's blocks are permuted, then the rows inside each window
 * of {@link #WINDOW_BLOCKS} consecutive permuted blocks, so that few blocks are in use at a time.
 *
 * <p>Blocks: stream {@code (seed, EPOCH_BLOCKS, epoch, shard)}. Rows: stream {@code (seed, EPOCH_ROWS, epoch, shard,
 * window)} permutes the rows of the window, numbered through its blocks in permuted order.
 *
 * <p>An epoch over {@code N} rows has {@code T = ceil(N / B)} steps of about {@code B} rows; a shard of {@code n} rows
 * supplies rows {@code floor(t n / T)} to {@code floor((t + 1) n / T) - 1} of its order in step {@code t}. All shards
 * end together.
 */
public final class EpochOrder {
    /** Blocks whose rows are mixed. Part of the format. */
    public static final int WINDOW_BLOCKS = 8;

    private EpochOrder() {}

    /**
     * The most numbers that the rows of a window take.
     *
     * @param shardRows rows of the shard
     * @param width floats a row
     */
    public static long windowNumbers(long shardRows, long width) {
        long rows = Math.min(shardRows, (long) WINDOW_BLOCKS * Block.ROWS);
        return Math.min(rows * width, WINDOW_BLOCKS * Math.max(Block.NUMBERS, width));
    }

    /** Steps of an epoch: {@code ceil(rows / batchSize)}. */
    public static long steps(long rows, long batchSize) {
        return (rows + batchSize - 1) / batchSize;
    }

    /**
     * The first of a shard's rows, in the epoch's order, that a step uses; for {@code step == steps} the number of
     * rows.
     */
    public static int firstRow(long step, long steps, int shardRows) {
        return (int) (Math.multiplyExact(step, (long) shardRows) / steps);
    }

    /** The most rows that a shard supplies in one step. */
    public static int mostRows(long steps, int shardRows) {
        return (int) ((shardRows + steps - 1) / steps);
    }

    /** Writes the order of a shard's blocks in an epoch to {@code order}, one entry a block. */
    static void blocks(long seed, long epoch, int shard, int[] order) {
        CounterRandom.permutation(StreamKey.key(seed, Purpose.EPOCH_BLOCKS, epoch, shard, 0, 0), order);
    }

    /** Writes the order of a window's rows to the first {@code rows} entries of {@code order}. */
    static void rows(long seed, long epoch, int shard, int window, int[] order, int rows) {
        CounterRandom.permutation(StreamKey.key(seed, Purpose.EPOCH_ROWS, epoch, shard, window, 0), order, rows);
    }
}
