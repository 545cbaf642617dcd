package dev.lockstep.spark.ingest;

import java.io.Closeable;
import java.io.IOException;

/** Reads the rows of part of a file as the cells of a table. */
interface TableCursor extends Closeable {
    /** Goes to the next row; false if there is none. */
    boolean next() throws IOException, RowException;

    /** The cells of the current row. */
    Object[] cells() throws RowException;

    /** The line of the current row in the part, from 1; 0 where rows are not lines. */
    long line();
}
