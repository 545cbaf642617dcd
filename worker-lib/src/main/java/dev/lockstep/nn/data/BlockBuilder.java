package dev.lockstep.nn.data;

import java.util.Arrays;
import java.util.function.Consumer;

/** Packs rows that arrive one by one into blocks, and computes the shard's digest on the way. */
public final class BlockBuilder {
    private final RowLayout layout;
    private final Consumer<Block> blocks;
    private RowArray packed;
    private int rows;
    private double rowWeight;
    private long digest = ShardDigest.EMPTY;
    /** The first row of each block, as far as there are blocks. */
    private int[] firstRows = new int[1];

    private int count;

    /**
     * @param layout how the rows are packed
     * @param expectedRows rows to make room for at first
     * @param blocks receives each block when it is complete
     */
    public BlockBuilder(RowLayout layout, int expectedRows, Consumer<Block> blocks) {
        this.layout = layout;
        this.blocks = blocks;
        this.packed = room(expectedRows);
    }

    private RowArray room(int expectedRows) {
        return new RowArray(layout, Math.min(expectedRows, Math.min(Block.ROWS, Block.NUMBERS / layout.width())));
    }

    /** Appends a row. */
    public void add(RowArray from, int row) {
        if (packed.rows() == Block.ROWS) {
            endBlock();
            packed = room(Block.ROWS);
        }
        packed.add(from, row);
        if (packed.rows() > 1 && packed.numbers() > Block.NUMBERS) {
            packed.removeLast();
            endBlock();
            packed = room(Block.ROWS);
            packed.add(from, row);
        }
        rows = Math.addExact(rows, 1);
        rowWeight += layout.weight(from, row);
    }

    /** Completes the last block. */
    public void finish() {
        if (packed.rows() > 0) {
            endBlock();
            packed = new RowArray(layout, 0);
        }
        firstRows = Arrays.copyOf(firstRows, count + 1);
    }

    private void endBlock() {
        Block block = new Block(packed.trimmed());
        digest = ShardDigest.append(digest, block, layout);
        if (count + 1 == firstRows.length) {
            firstRows = Arrays.copyOf(firstRows, 2 * firstRows.length);
        }
        firstRows[count + 1] = firstRows[count] + block.rows();
        count++;
        blocks.accept(block);
    }

    /** After {@link #finish}, the first row of each block, and after the last one the number of rows. */
    public int[] firstRows() {
        return firstRows.clone();
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
