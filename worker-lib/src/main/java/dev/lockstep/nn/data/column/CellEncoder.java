package dev.lockstep.nn.data.column;

import org.jspecify.annotations.Nullable;

/** Encodes the cells of one column, in one thread. */
@FunctionalInterface
public interface CellEncoder {
    /**
     * Encodes a cell.
     *
     * @param cell as {@link ColumnSpec#read} gives it; null: missing
     * @param out the features, overwritten from {@code at} on: finite, +0 for -0
     * @throws CellException if the column cannot have such a cell
     */
    void encode(@Nullable Object cell, float[] out, int at) throws CellException;

    /** A number rounded once to a float. */
    static float rounded(double value, Object cell) throws CellException {
        float result = (float) value + 0f;
        if (!Float.isFinite(result)) {
            throw new CellException("expected a number that fits a float, got " + cell
                    + (value == ((Number) cell).doubleValue() ? "" : ", which becomes " + value));
        }
        return result;
    }
}
