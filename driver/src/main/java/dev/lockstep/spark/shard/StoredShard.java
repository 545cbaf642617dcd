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

    private final ShardSummary summary;
    private final int rdd;
    private final int task;
    private final int firstBlock;
    private final BlockManagerId home;

    StoredShard(ShardSummary summary, int rdd, int task, int firstBlock) {
        this.summary = summary;
        this.rdd = rdd;
        this.task = task;
        this.firstBlock = firstBlock;
        this.home = BlockStore.here();
    }

    @Override
    public int shard() {
        return summary.shard();
    }

    @Override
    public int rows() {
        return summary.rows();
    }

    @Override
    public double rowWeight() {
        return summary.rowWeight();
    }

    @Override
    public long digest() {
        return summary.digest();
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
