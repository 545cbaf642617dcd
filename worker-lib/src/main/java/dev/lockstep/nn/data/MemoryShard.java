package dev.lockstep.nn.data;

import java.util.List;

/**
 * A shard whose blocks lie in this JVM's memory.
 *
 * @param shard number of the shard
 * @param rows how many rows it has
 * @param rowWeight the sum of their weights
 * @param rowBlocks their blocks
 * @param digest digest of its rows
 */
public record MemoryShard(int shard, int rows, double rowWeight, List<Block> rowBlocks, long digest)
        implements ShardRows {
    public MemoryShard {
        rowBlocks = List.copyOf(rowBlocks);
    }

    @Override
    public Block block(int index) {
        return rowBlocks.get(index);
    }
}
