package dev.lockstep.nn.data;

import java.util.Arrays;
import java.util.function.Consumer;

/** Packs rows that arrive one by one into blocks, and computes the shard's digest on the way. */
public final class BlockBuilder {
    private final RowLayout layout;
    private final Consumer<Block> blocks;
    private final int width;
    private float[] values;
    private int rowsInBlock;
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
        this.width = layout.width();
        Block.check(expectedRows, width);
        this.values = new float[Math.min(expectedRows, Block.ROWS) * width];
    }

    /** Appends the packed row that begins at index {@code at}. */
    public void add(float[] packed, int at) {
        if (rowsInBlock == Block.ROWS) {
            endBlock();
            values = new float[Math.multiplyExact(Block.ROWS, width)];
        }
        int end = Math.multiplyExact(rowsInBlock + 1, width);
        if (end > values.length) {
            values = Arrays.copyOf(values, Math.multiplyExact(Math.min(2 * rowsInBlock + 1, Block.ROWS), width));
        }
        System.arraycopy(packed, at, values, rowsInBlock * width, width);
        rowsInBlock++;
        rows = Math.addExact(rows, 1);
        rowWeight += layout.weighted() ? packed[at + layout.weightOffset()] : 1;
    }

    /** Completes the last block. */
    public void finish() {
        if (rowsInBlock > 0) {
            endBlock();
        }
    }

    private void endBlock() {
        int length = rowsInBlock * width;
        Block block = new Block(length == values.length ? values : Arrays.copyOf(values, length), rowsInBlock);
        digest = ShardDigest.append(digest, block, layout);
        blocks.accept(block);
        rowsInBlock = 0;
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
