package dev.lockstep.spark.ingest;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A column of a data frame whose cells hold one number.
 *
 * @param index its number
 * @param name what errors call it
 */
record NumberColumn(int index, String name) implements Serializable {
    /** A column; null for column -1. */
    static @Nullable NumberColumn of(Columns columns, int index) {
        return index < 0
                ? null
                : new NumberColumn(index, Columns.called(columns.names().get(index)));
    }

    double read(Row row) throws RowException {
        return Cells.number(row, index, name);
    }
}
