package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.ShardRows;
import java.io.Serializable;
import org.apache.spark.storage.BlockManagerId;

/**
 * A shard whose blocks lie in the {@link BlockStore} of the executor that built it, from where a task elsewhere brings
 * them to its own.
 */
final class StoredShard implements ShardRows, Serializable {
    private static final long serialVersionUID = 1L;

    // Not the summary itself: Kryo, to which a session may be set, cannot set the fields of a record.
    private final int shard;
    private final int rows;
    private final double rowWeight;
    private final long digest;
    private final int rdd;
    private final int task;
    private final BlockNumbers numbers;
    private final int[] firstRows;
    private final BlockManagerId home;

    /**
     * A shard that this executor has built.
     *
     * @param firstRows the first row of each block, and behind the last one the number of rows
     * @param rdd of which the blocks are
     * @param task that built it
     * @param numbers of the blocks
     */
    StoredShard(ShardSummary summary, int[] firstRows, int rdd, int task, BlockNumbers numbers) {
        this.shard = summary.shard();
        this.rows = summary.rows();
        this.rowWeight = summary.rowWeight();
        this.digest = summary.digest();
        this.rdd = rdd;
        this.task = task;
        this.numbers = numbers;
        this.firstRows = firstRows;
        this.home = BlockStore.here();
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public double rowWeight() {
        return rowWeight;
    }

    @Override
    public long digest() {
        return digest;
    }

    @Override
    public int blocks() {
        return firstRows.length - 1;
    }

    @Override
    public int firstRow(int index) {
        return firstRows[index];
    }

    @Override
    public Block block(int index) {
        try {
            return BlockStore.get(rdd, numbers.of(index), home);
        } catch (LostRowsException e) {
            BlockStore.drop(rdd, task);
            throw e;
        }
    }
}
