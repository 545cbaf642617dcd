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
    private final int firstBlock;
    private final BlockManagerId home;

    StoredShard(ShardSummary summary, int rdd, int task, int firstBlock) {
        this.shard = summary.shard();
        this.rows = summary.rows();
        this.rowWeight = summary.rowWeight();
        this.digest = summary.digest();
        this.rdd = rdd;
        this.task = task;
        this.firstBlock = firstBlock;
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
    public Block block(int index) {
        try {
            return BlockStore.get(rdd, firstBlock + index, home);
        } catch (LostRowsException e) {
            BlockStore.drop(rdd, task);
            throw e;
        }
    }
}
