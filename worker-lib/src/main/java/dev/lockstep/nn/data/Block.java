package dev.lockstep.nn.data;

import java.io.Serializable;

/**
 * Some consecutive packed rows of a shard, in canonical order: the unit in which rows lie in memory, are spilled to
 * disk and are permuted in an epoch. A block ends after {@link #ROWS} rows, or before the row with which its numbers
 * would be more than {@link #NUMBERS}. So it takes at most 16 MB, unless a single row takes more, however wide the rows
 * are, and where it ends follows from the rows' content alone. Read only. A plain class, not a record, so that any of
 * Spark's serialisers can spill it.
 */
public final class Block implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most rows of a block. Part of the format: it decides the order of rows in an epoch. */
    public static final int ROWS = 4096;

    /**
     * The most numbers of a block of more than one row: {@linkplain RowArray#floats() floats} and the
     * {@linkplain RowArray#entries() indexes} of entries. Part of the format.
     */
    public static final int NUMBERS = 1 << 22;

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
}
