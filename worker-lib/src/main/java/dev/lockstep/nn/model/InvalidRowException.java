package dev.lockstep.nn.model;

import dev.lockstep.nn.spec.Excerpt;
import org.jspecify.annotations.Nullable;

/** A row that cannot be predicted: which one, which of its cells, and why. */
public final class InvalidRowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int row;
    private final @Nullable String column;
    private final String complaint;

    /**
     * A complaint about a row.
     *
     * @param row its number from 0
     * @param column the name of the cell's column; null: the row as a whole
     * @param complaint what was expected, and what there is
     */
    public InvalidRowException(int row, @Nullable String column, String complaint) {
        super("row " + row + (column == null ? "" : ", column " + Excerpt.quoted(column)) + ": " + complaint);
        this.row = row;
        this.column = column;
        this.complaint = complaint;
    }

    /** The row's number from 0, among those that were given together. */
    public int row() {
        return row;
    }

    /** The name of the cell's column; null where the complaint is about the row as a whole. */
    public @Nullable String column() {
        return column;
    }

    /** What was expected, and what there is. */
    public String complaint() {
        return complaint;
    }
}
