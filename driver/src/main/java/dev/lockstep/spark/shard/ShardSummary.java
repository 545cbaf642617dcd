package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.ShardRows;
import java.io.Serializable;

/**
 * The driver's knowledge about a shard.
 *
 * @param shard number of the shard
 * @param rows how many rows it has
 * @param rowWeight the sum of their weights
 * @param digest digest of its rows and their order
 */
public record ShardSummary(int shard, int rows, double rowWeight, long digest) implements Serializable {
    static ShardSummary of(ShardRows shard) {
        return new ShardSummary(shard.shard(), shard.rows(), shard.rowWeight(), shard.digest());
    }
}
