package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.ShardRows;
import java.io.Serializable;
import java.util.List;

/**
 * The shards of one task: the one element of a partition of {@link ShardedData#rdd()}. Holds no rows itself: they lie
 * in blocks beside it on its executor, and only a task there can read them.
 */
public final class TaskShards implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int task;
    private final StoredShard[] shards;

    TaskShards(int task, StoredShard[] shards) {
        this.task = task;
        this.shards = shards;
    }

    /** Which task. */
    public int task() {
        return task;
    }

    /** Its shards, consecutive. */
    public List<ShardRows> shards() {
        return List.of(shards);
    }
}
