package dev.lockstep.nn.data.column;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A cell that cannot be used. The code that reads rows knows the place of its row. */
public final class CellException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final @Nullable String column;
    private final String complaint;

    /** @param complaint what was expected, and what there is */
    CellException(String complaint) {
        this(null, complaint);
    }

    /** @param column the name of the cell's column */
    CellException(@Nullable String column, String complaint) {
        super(column == null ? complaint : column + ": " + complaint, null, false, false);
        this.column = column;
        this.complaint = complaint;
    }

    /** The same with the name of the cell's column. */
    CellException in(String name) {
        return new CellException(name, complaint);
    }

    /** The name of the cell's column; null where it is not known. */
    public @Nullable String column() {
        return column;
    }

    /** What was expected, and what there is. */
    public String complaint() {
        return complaint;
    }
}
