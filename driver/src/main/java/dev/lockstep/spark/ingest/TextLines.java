package dev.lockstep.spark.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/** The lines of part of a UTF-8 text file, those with nothing in them left out; compressed files too. */
final class TextLines implements Closeable {
    private final LineRecordReader reader = new LineRecordReader();
    private final boolean atStart;
    private String line = "";
    private boolean malformed;
    private long number;

    TextLines(Configuration configuration, FilePart part) throws IOException {
        atStart = part.start() == 0;
        reader.initialize(
                new FileSplit(part.path(), part.start(), part.length(), null),
                new TaskAttemptContextImpl(configuration, new TaskAttemptID()));
    }

    /** Whether the part begins where the file does. */
    boolean atStart() {
        return atStart;
    }

    /** Goes to the next line that is not blank; false if there is none. */
    boolean next() throws IOException, RowException {
        try {
            while (reader.nextKeyValue()) {
                number++;
                decode(reader.getCurrentValue());
                if (malformed || !line.isBlank()) {
                    return true;
                }
            }
            return false;
        } catch (EOFException | ZipException e) {
            throw new RowException(null, "the compressed file is damaged or ends too early: " + e.getMessage());
        }
    }

    private void decode(Text text) throws IOException {
        malformed = false;
        try {
            line = Text.decode(text.getBytes(), 0, text.getLength(), false);
        } catch (MalformedInputException e) {
            malformed = true;
        }
    }

    /**
     * The current line.
     *
     * @throws RowException if it is not UTF-8
     */
    String line() throws RowException {
        if (malformed) {
            throw new RowException(null, "expected UTF-8, got other bytes");
        }
        return line;
    }

    /** Number of the current line in the part, from 1, blank ones counted; after the last one, how many there are. */
    long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
