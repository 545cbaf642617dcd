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

    private final int shard;
    private final int rows;
    private final long digest;
    private final int rdd;
    private final int firstBlock;
    private final BlockManagerId home;

    StoredShard(int shard, int rows, long digest, int rdd, int firstBlock) {
        this.shard = shard;
        this.rows = rows;
        this.digest = digest;
        this.rdd = rdd;
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
    public long digest() {
        return digest;
    }

    @Override
    public Block block(int index) {
        return BlockStore.get(rdd, firstBlock + index, home);
    }
}
