package dev.lockstep.spark.ingest;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * Reads what a network takes in out of the rows of a data frame: the features, and how many steps are valid. Travels to
 * the executors.
 */
public interface RowInputs extends Serializable {
    /** How many features a row has. */
    int width();

    /** The numbers of the columns that are read. */
    int[] columns();

    /** What errors call the features. */
    ValueNames names();

    /** Whether rows say how many of their steps are valid. */
    default boolean sequences() {
        return false;
    }

    /**
     * Room for a row.
     *
     * @param shape of its features
     */
    default RawRow newRow(Shape shape) {
        return new RawRow(width(), 0, sequences() ? new RawRow.Steps(shape.dimension(0), false) : RawRow.Steps.NONE);
    }

    /**
     * Reads a row.
     *
     * @param raw gets the features, and the valid steps of a sequence
     * @throws RowException if there is something else in the row
     */
    void read(Row row, RawRow raw) throws RowException;
}
