package dev.lockstep.spark.ingest.text;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RowException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.jspecify.annotations.Nullable;

/** The lines of part of a text file, those with nothing in them left out; compressed files too. */
public final class TextLines implements Closeable {
    private final LineRecordReader reader = new LineRecordReader();
    private final CharsetDecoder decoder;
    private final boolean atStart;
    private String line = "";
    private boolean malformed;
    private long number;

    /**
     * Opens part of a UTF-8 file.
     *
     * @param part which bytes; a line belongs to the part in which it begins
     */
    public TextLines(Configuration configuration, FileSplit part) throws IOException {
        this(configuration, part, StandardCharsets.UTF_8);
    }

    /**
     * Opens part of a file.
     *
     * @param part which bytes; a line belongs to the part in which it begins
     * @param charset one of those that {@link #charset} gives
     */
    public TextLines(Configuration configuration, FileSplit part, Charset charset) throws IOException {
        atStart = part.getStart() == 0;
        decoder = charset.newDecoder();
        reader.initialize(part, new TaskAttemptContextImpl(configuration, new TaskAttemptID()));
    }

    /**
     * The character set of a name.
     *
     * @param name as a job file has it; null: UTF-8
     * @throws IngestException if it is not known, or lines do not end with the byte 10 in it
     */
    public static Charset charset(@Nullable String name) {
        if (name == null) {
            return StandardCharsets.UTF_8;
        }
        try {
            Charset charset = Charset.forName(name);
            if (charset.canEncode()
                    && "\n".equals(new String(new byte[] {'\n'}, charset))
                    && "\n".getBytes(charset).length == 1) {
                return charset;
            }
            throw new IngestException("encoding: expected one with one byte for a line break, such as UTF-8,"
                    + " ISO-8859-1 or windows-1252, got " + Excerpt.quoted(name)
                    + "; iconv -f " + charset.name() + " -t UTF-8 converts a file");
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new IngestException(
                    "encoding: expected the name of a character set, such as UTF-8, ISO-8859-1 or windows-1252, got "
                            + Excerpt.quoted(name),
                    e);
        }
    }

    /** Whether the part begins where the file does. */
    public boolean atStart() {
        return atStart;
    }

    /** Goes to the next line that is not blank; false if there is none. */
    public boolean next() throws IOException, RowException {
        while (nextOfAll()) {
            if (malformed || !line.isBlank()) {
                return true;
            }
        }
        return false;
    }

    /** Goes to the next line, blank or not; false if there is none. */
    boolean nextOfAll() throws IOException, RowException {
        try {
            if (!reader.nextKeyValue()) {
                return false;
            }
            number++;
            decode(reader.getCurrentValue());
            return true;
        } catch (EOFException | ZipException e) {
            throw new RowException(null, "the compressed file is damaged or ends too early: " + e.getMessage());
        }
    }

    private void decode(Text text) {
        malformed = false;
        try {
            line = decoder.decode(ByteBuffer.wrap(text.getBytes(), 0, text.getLength()))
                    .toString();
        } catch (CharacterCodingException e) {
            malformed = true;
        }
    }

    /**
     * The current line.
     *
     * @throws RowException if it is not in the file's encoding
     */
    public String line() throws RowException {
        if (malformed) {
            throw new RowException(null, "expected " + decoder.charset().name() + ", got other bytes");
        }
        return line;
    }

    /** Number of the current line in the part, from 1, blank ones counted; after the last one, how many there are. */
    public long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
