package dev.lockstep.spark.ingest;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** One row that cannot be used. The code that counts rows knows its place. */
public final class RowException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param column what the column is called, such as {@code column "age"} or {@code column 3}; null: no one column
     * @param complaint both values
     */
    public RowException(@Nullable String column, String complaint) {
        super(column == null ? complaint : column + ": " + complaint, null, false, false);
    }
}
