package dev.lockstep.spark.ingest;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * Reads what a network takes in out of the rows of a data frame: the features, and how many steps are valid. Travels to
 * the executors.
 */
public interface RowInputs extends Serializable {
    /** How many features a row has. */
    int width();

    /** What errors call the features. */
    ValueNames names();

    /** Whether rows say how many of their steps are valid. */
    default boolean sequences() {
        return false;
    }

    /** Room for a row. */
    default RawRow newRow() {
        return new RawRow(width(), 0);
    }

    /**
     * Reads a row.
     *
     * @param raw gets the features, and the valid steps of a sequence
     * @throws RowException if there is something else in the row
     */
    void read(Row row, RawRow raw) throws RowException;
}
