package dev.lockstep.spark.predict;

import org.jspecify.annotations.Nullable;

/** Takes the cells that are added to a row, in their order. */
public interface CellSink {
    /** A cell of a double. */
    void number(double value);

    /**
     * A cell of a dense vector, whose elements follow.
     *
     * @param size calls of {@link #element} that follow
     */
    void vector(int size);

    /** The next element of the vector. */
    void element(double value);

    /** A cell of any other type, as a row of a data frame has it; null: it is missing. */
    void cell(@Nullable Object value);
}
