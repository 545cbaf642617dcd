package dev.lockstep.spark.ingest.text;

import dev.lockstep.spark.ingest.RowException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;

/**
 * The characters (Unicode code points) of a UTF-8 file, one after the other; compressed files too. Reads from the first
 * character that begins in a part of the file on, to the end of the file. All characters before bytes that are not
 * UTF-8 can be read, so that the place of these is known; a {@link java.io.Reader} does not promise that.
 */
public final class TextCharacters implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final InputStream stream;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer units = CharBuffer.allocate(BUFFER).flip();
    private boolean ended;
    private boolean malformed;
    private long position;
    /** Byte of the file at which the next character begins, and that at which the part ends. */
    private long at;

    private final long end;

    /**
     * Opens part of a file.
     *
     * @param before how many characters of the file come before the part
     */
    public TextCharacters(Configuration configuration, FileSplit part, long before) throws IOException {
        Path file = part.getPath();
        CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(file);
        FSDataInputStream raw = file.getFileSystem(configuration).open(file);
        raw.seek(part.getStart());
        stream = codec == null ? raw : codec.createInputStream(raw);
        end = codec == null ? part.getStart() + part.getLength() : Long.MAX_VALUE;
        position = before - 1;
        at = part.getStart();
        if (at > 0) {
            skipRestOfCharacter();
        }
    }

    /** A part may begin inside a character, which belongs to the part before. */
    private void skipRestOfCharacter() throws IOException {
        bytes.clear();
        int read = stream.read(bytes.array());
        ended = read < 0;
        bytes.limit(Math.max(0, read));
        while (bytes.hasRemaining() && !begins(bytes.get(bytes.position()))) {
            bytes.get();
            at++;
        }
    }

    /** Whether a character begins with a byte of UTF-8; all others continue one. */
    private static boolean begins(byte code) {
        return (code & 0xC0) != 0x80;
    }

    /** Whether the next character, if there is one, begins in the part. */
    public boolean inPart() {
        return at < end;
    }

    /** The next character; -1 at the end. */
    public int next() throws IOException, RowException {
        while (!units.hasRemaining()) {
            if (malformed) {
                throw new RowException(null, "character " + (position + 1) + ": expected UTF-8, got other bytes");
            }
            if (ended) {
                return -1;
            }
            decode();
        }
        position++;
        char unit = units.get();
        // The decoder writes both halves of a pair or none.
        int codePoint = Character.isHighSurrogate(unit) ? Character.toCodePoint(unit, units.get()) : unit;
        at += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
        return codePoint;
    }

    private void decode() throws IOException, RowException {
        bytes.compact();
        try {
            int read = stream.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = read < 0;
            bytes.position(bytes.position() + Math.max(0, read));
        } catch (EOFException | ZipException e) {
            throw new RowException(null, "the compressed file is damaged or ends too early: " + e.getMessage());
        }
        bytes.flip();
        units.clear();
        CoderResult result = decoder.decode(bytes, units, ended);
        malformed = result.isError();
        units.flip();
    }

    /** Number of the last character read, from 0. */
    public long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
