package dev.lockstep.nn.data.column;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of a column over some rows. Summaries merge to the same bits in any order and any grouping. Not for
 * use by two threads at once.
 */
public abstract class ColumnSummary implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What a kind of column can measure of itself, no others. */
    ColumnSummary() {}

    /**
     * Takes in a cell.
     *
     * @param cell as {@link ColumnSpec#read} gives it; null: missing
     * @throws CellException if the column cannot have such a cell
     */
    public abstract void add(@Nullable Object cell) throws CellException;

    /** Takes in a summary of other rows of the same column; returns this one. */
    public abstract ColumnSummary merge(ColumnSummary other);

    /**
     * How cells are encoded that are like these.
     *
     * @throws IllegalArgumentException if too little or too much was measured, saying what to do
     */
    public abstract ColumnEncoding encoding();
}
