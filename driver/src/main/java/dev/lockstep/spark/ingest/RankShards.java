package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.ShardRows;
import java.io.Serializable;
import java.util.List;

/**
 * The shards of one rank: the one element of a partition of {@link ShardedData#rdd()}. Holds no rows itself: they lie in
 * blocks beside it on its executor, and only a task there can read them.
 */
public final class RankShards implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int rank;
    private final StoredShard[] shards;

    RankShards(int rank, StoredShard[] shards) {
        this.rank = rank;
        this.shards = shards;
    }

    /** Which rank. */
    public int rank() {
        return rank;
    }

    /** Its shards, consecutive. */
    public List<ShardRows> shards() {
        return List.of(shards);
    }
}
