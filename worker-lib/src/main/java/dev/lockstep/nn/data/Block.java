package dev.lockstep.nn.data;

import java.io.Serializable;

/**
 * Up to {@link #ROWS} packed rows of a shard, in canonical order. The unit in which rows lie in memory, are spilled to
 * disk and are permuted in an epoch. Read only. A plain class, not a record, so that any of Spark's serialisers can
 * spill it.
 */
public final class Block implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Rows of every block of a shard but its last. Part of the format: it decides the order of rows in an epoch. */
    public static final int ROWS = 4096;

    private final RowArray packed;

    /** A block of rows, which must not change any more. */
    public Block(RowArray packed) {
        this.packed = packed;
    }

    /** The rows, one after the other. */
    public RowArray packed() {
        return packed;
    }

    /** How many rows. */
    public int rows() {
        return packed.rows();
    }

    /**
     * Checks that an array can hold a block.
     *
     * @param shardRows rows of the shard
     * @param width floats a row, on average
     * @throws IllegalArgumentException naming both and the most that there can be
     */
    public static void check(long shardRows, int width) {
        long rows = Math.min(shardRows, ROWS);
        if (rows * width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "expected at most " + Integer.MAX_VALUE / rows + " floats a row where a shard has " + shardRows
                            + " rows, got " + width + "; shards of fewer than " + ROWS + " rows may have wider ones");
        }
    }

    /** How many blocks hold this many rows. */
    public static int count(long rows) {
        return Math.toIntExact((rows + ROWS - 1) / ROWS);
    }

    /** Rows in block {@code index} of a shard of so many rows. */
    public static int rowsIn(int index, int shardRows) {
        return Math.min(ROWS, shardRows - index * ROWS);
    }
}
