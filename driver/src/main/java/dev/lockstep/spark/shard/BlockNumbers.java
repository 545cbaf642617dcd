package dev.lockstep.spark.shard;

import java.io.Serializable;

/**
 * The numbers that a shard's blocks have in the {@link BlockStore}, behind those of the tasks, whose partitions the RDD
 * caches under theirs. Those of different shards alternate, because how many blocks a shard has is known last.
 */
final class BlockNumbers implements Serializable {
    private static final long serialVersionUID = 1L;

    // Not a record: Kryo, to which a session may be set, cannot set the fields of a record.
    private final int tasks;
    private final int shards;
    private final int shard;

    /**
     * The numbers of one shard.
     *
     * @param tasks how many tasks there are
     * @param shards how many shards
     * @param shard number of the shard
     */
    BlockNumbers(int tasks, int shards, int shard) {
        this.tasks = tasks;
        this.shards = shards;
        this.shard = shard;
    }

    /**
     * The number of block {@code index}.
     *
     * @throws ArithmeticException if there are more than Spark has numbers
     */
    int of(int index) {
        return Math.addExact(Math.addExact(tasks, shard), Math.multiplyExact(index, shards));
    }
}
