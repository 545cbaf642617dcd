package dev.lockstep.nn.data;

import java.util.function.Consumer;

/** Packs rows that arrive one by one into blocks, and computes the shard's digest on the way. */
public final class BlockBuilder {
    private final RowLayout layout;
    private final Consumer<Block> blocks;
    private RowArray packed;
    private int rows;
    private double rowWeight;
    private long digest = ShardDigest.EMPTY;

    /**
     * @param layout how the rows are packed
     * @param expectedRows rows to make room for at first
     * @param blocks receives each block when it is complete
     * @throws IllegalArgumentException if the rows are too wide for a block of them
     */
    public BlockBuilder(RowLayout layout, int expectedRows, Consumer<Block> blocks) {
        this.layout = layout;
        this.blocks = blocks;
        if (!layout.allowsEntries()) {
            Block.check(expectedRows, layout.width());
        }
        this.packed = new RowArray(layout, Math.min(expectedRows, Block.ROWS));
    }

    /**
     * Appends a row.
     *
     * @throws IllegalArgumentException if the block's rows take more than an array can hold
     */
    public void add(RowArray from, int row) {
        if (packed.rows() == Block.ROWS) {
            endBlock();
            packed = new RowArray(layout, Block.ROWS);
        }
        packed.add(from, row);
        rows = Math.addExact(rows, 1);
        rowWeight += layout.weight(from, row);
    }

    /** Completes the last block. */
    public void finish() {
        if (packed.rows() > 0) {
            endBlock();
            packed = new RowArray(layout, 0);
        }
    }

    private void endBlock() {
        Block block = new Block(packed.trimmed());
        digest = ShardDigest.append(digest, block, layout);
        blocks.accept(block);
    }

    /** Rows so far. */
    public int rows() {
        return rows;
    }

    /** The sum of the weights of the rows so far, in their order. */
    public double rowWeight() {
        return rowWeight;
    }

    /** The digest of the blocks completed so far. */
    public long digest() {
        return digest;
    }
}
