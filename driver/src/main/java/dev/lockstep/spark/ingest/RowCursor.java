package dev.lockstep.spark.ingest;

import java.io.Closeable;
import java.io.IOException;

/** Reads the rows of one piece of a source, one after the other. */
public interface RowCursor extends Closeable {
    /**
     * Goes to the next row, unread so far.
     *
     * @return whether there is one
     * @throws RowException if the source ends in the middle of a row, or is not what it claims to be
     */
    boolean next() throws IOException, RowException;

    /** Reads the current row; at most once a row. */
    void read(RawRow row) throws RowException;

    /**
     * Number of the current row (after the last one: how many rows there are), from 0, in the whole file or the piece.
     */
    long row();

    /**
     * Number of the current row's first line (after the last row: how many lines there are), from 1, in the file or the
     * piece; 0 where rows are not lines.
     */
    default long line() {
        return 0;
    }

    /** What errors call the current row's file. */
    String file();
}
