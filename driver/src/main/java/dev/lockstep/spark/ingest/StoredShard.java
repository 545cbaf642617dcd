package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.ShardRows;
import java.io.Serializable;

/** A shard whose blocks lie in the {@link BlockStore} of its executor; only a task there can read them. */
final class StoredShard implements ShardRows, Serializable {
    private static final long serialVersionUID = 1L;

    private final int shard;
    private final int rows;
    private final long digest;
    private final int rdd;
    private final int firstBlock;

    StoredShard(int shard, int rows, long digest, int rdd, int firstBlock) {
        this.shard = shard;
        this.rows = rows;
        this.digest = digest;
        this.rdd = rdd;
        this.firstBlock = firstBlock;
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
        return BlockStore.get(rdd, firstBlock + index);
    }
}
