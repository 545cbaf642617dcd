package dev.lockstep.spark.ingest.text;

import dev.lockstep.spark.ingest.RowException;
import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.jspecify.annotations.Nullable;

/**
 * The rows of part of a delimited text file: its lines that are not blank or, where fields in quotes may hold line
 * breaks, as many lines as a row takes.
 */
public final class DelimitedLines implements Closeable {
    /** A row of more characters than that is one whose quote does not end. */
    private static final int LONGEST_ROW = 1 << 24;

    private final TextLines lines;
    private final Delimited format;
    private final boolean multiLine;
    private final boolean encodingIsGiven;
    private String row = "";
    private @Nullable RowException refused;
    private long number;

    /**
     * Opens part of a file.
     *
     * @param part which bytes; all of the file where rows have several lines
     */
    public DelimitedLines(Configuration configuration, FileSplit part, DelimitedFormat format) throws IOException {
        this.lines = new TextLines(configuration, part, TextLines.charset(format.encoding()));
        this.format = Delimited.by(format);
        this.multiLine = format.multiLine();
        this.encodingIsGiven = format.encoding() != null;
    }

    /** Whether the part begins where the file does. */
    public boolean atStart() {
        return lines.atStart();
    }

    /** Goes to the next row; false if there is none. */
    public boolean next() throws IOException, RowException {
        boolean found = lines.next();
        number = lines.number();
        refused = null;
        if (found) {
            try {
                row = line();
                join();
            } catch (RowException e) {
                refused = e;
            }
        }
        return found;
    }

    private String line() throws RowException {
        try {
            return lines.line();
        } catch (RowException e) {
            throw encodingIsGiven
                    ? e
                    : new RowException(null, e.getMessage() + "; set encoding, for example windows-1252");
        }
    }

    private void join() throws IOException, RowException {
        if (!multiLine || !format.endsInQuotes(row, 0, false)) {
            return;
        }
        StringBuilder joined = new StringBuilder(row);
        boolean open = true;
        while (open) {
            if (joined.length() > LONGEST_ROW || !lines.nextOfAll()) {
                throw new RowException(null, "a quoted field that begins here does not end");
            }
            String more = line();
            joined.append('\n').append(more);
            open = format.endsInQuotes(more, 0, true);
        }
        row = joined.toString();
    }

    /**
     * Divides the current row into fields.
     *
     * @throws RowException if it is none, or not in the file's encoding
     */
    public Delimited fields() throws RowException {
        if (refused != null) {
            throw refused;
        }
        format.split(row);
        return format;
    }

    /**
     * Number of the first line of the current row in the part, from 1; after the last row, how many lines there are.
     */
    public long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
