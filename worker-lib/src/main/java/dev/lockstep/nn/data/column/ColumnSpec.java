package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.Excerpt;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** The type of a column in a job: its type, and how its cells become numbers. */
public sealed interface ColumnSpec extends Serializable permits Numeric, Categorical, Time, Words, Image {

    /**
     * Reads a cell that is not missing.
     *
     * @param raw a text, a number, a truth value, a date, a time or an image
     * @return a {@link Double}, a {@link String}, a {@link java.time.LocalDateTime} or bytes of one size: equal for
     *     equal cells, in whichever form they came
     * @throws CellException if it is something else
     */
    Object read(Object raw) throws CellException;

    /**
     * Whether words that stand for missing numbers in many files ({@code NA}) do so here, unless the job lists some.
     */
    boolean takesWordsForMissing();

    /** Whether rows in which the cell is missing are left out. */
    boolean dropsRows();

    /** A summary of no cells. */
    ColumnSummary summary();

    /** The complaint about a missing cell where it is an error. */
    static CellException missing(String expected) {
        return new CellException("expected " + expected + ", got nothing; missing: sets what replaces it");
    }

    /** Shows a cell in a message. */
    static String shown(@Nullable Object raw) {
        return raw instanceof String text ? Excerpt.quoted(text) : Excerpt.of(String.valueOf(raw));
    }
}
