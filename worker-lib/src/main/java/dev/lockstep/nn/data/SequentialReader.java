package dev.lockstep.nn.data;

import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of shards in canonical order, a chunk at a time, with the keys that random streams outside training
 * need. Keeps one block alive; not thread-safe.
 */
public final class SequentialReader {
    private final RowLayout layout;
    private final long hashSeed;
    private @Nullable ShardRows shard;
    private @Nullable RowArray block;
    /** The block's first row. */
    private int firstRow;

    /**
     * @param layout how the rows are packed
     * @param seed the job's seed
     */
    public SequentialReader(RowLayout layout, long seed) {
        this.layout = layout;
        this.hashSeed = CanonicalOrder.hashSeed(seed);
    }

    /**
     * Appends rows to a batch, as its next shard.
     *
     * @param rows the shard
     * @param from its first row to append
     * @param count how many; fewer are appended if the shard ends before
     * @param batch gets the rows
     * @return how many rows were appended
     */
    public int read(ShardRows rows, int from, int count, Batch batch) {
        int to = (int) Math.min(rows.rows(), (long) from + count);
        batch.beginShard();
        for (int row = from; row < to; row++) {
            RowArray packed = fetch(rows, row);
            int inBlock = row - firstRow;
            batch.addRow(packed, inBlock, CanonicalOrder.rowKey(layout, packed, inBlock, hashSeed));
        }
        batch.endShard();
        return Math.max(0, to - from);
    }

    private RowArray fetch(ShardRows rows, int row) {
        RowArray fetched = block;
        if (fetched == null || rows != shard || row < firstRow || row >= firstRow + fetched.rows()) {
            int number = rows.blockOf(row);
            fetched = rows.block(number).packed();
            block = fetched;
            shard = rows;
            firstRow = rows.firstRow(number);
        }
        return fetched;
    }
}
