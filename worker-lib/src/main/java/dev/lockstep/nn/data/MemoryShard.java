package dev.lockstep.nn.data;

import java.util.List;

/** A shard whose blocks lie in this JVM's memory. */
public final class MemoryShard implements ShardRows {
    private final int shard;
    private final double rowWeight;
    private final List<Block> rowBlocks;
    private final int[] firstRows;
    private final long digest;

    /**
     * A shard.
     *
     * @param shard number of the shard
     * @param rowWeight the sum of its rows' weights
     * @param rowBlocks its blocks
     * @param digest digest of its rows
     */
    public MemoryShard(int shard, double rowWeight, List<Block> rowBlocks, long digest) {
        this.shard = shard;
        this.rowWeight = rowWeight;
        this.rowBlocks = List.copyOf(rowBlocks);
        this.digest = digest;
        firstRows = new int[rowBlocks.size() + 1];
        for (int i = 0; i < rowBlocks.size(); i++) {
            firstRows[i + 1] = Math.addExact(firstRows[i], rowBlocks.get(i).rows());
        }
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public int rows() {
        return firstRows[rowBlocks.size()];
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
        return rowBlocks.size();
    }

    @Override
    public int firstRow(int index) {
        return firstRows[index];
    }

    @Override
    public Block block(int index) {
        return rowBlocks.get(index);
    }
}
