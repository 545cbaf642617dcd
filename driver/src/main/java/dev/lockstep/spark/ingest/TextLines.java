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
                Text text = reader.getCurrentValue();
                line = Text.decode(text.getBytes(), 0, text.getLength(), false);
                if (!line.isBlank()) {
                    return true;
                }
            }
            return false;
        } catch (MalformedInputException e) {
            throw new RowException(null, "expected UTF-8, got other bytes");
        } catch (EOFException | ZipException e) {
            throw new RowException(null, "the compressed file is damaged or ends too early: " + e.getMessage());
        }
    }

    /** The current line. */
    String line() {
        return line;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
