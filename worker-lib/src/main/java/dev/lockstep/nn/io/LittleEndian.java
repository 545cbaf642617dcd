package dev.lockstep.nn.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** Floats as raw little-endian bytes, a piece at a time. */
final class LittleEndian {
    private static final int PIECE = 1 << 14;

    private LittleEndian() {}

    /** Takes bytes {@code 0..length-1} of an array. */
    private interface Sink {
        void accept(byte[] bytes, int length) throws IOException;
    }

    static void write(float[] values, int offset, int length, OutputStream out) throws IOException {
        pieces(values, offset, length, (bytes, count) -> out.write(bytes, 0, count));
    }

    static void update(MessageDigest digest, float[] values) {
        try {
            pieces(values, 0, values.length, (bytes, count) -> digest.update(bytes, 0, count));
        } catch (IOException e) {
            throw new AssertionError("a digest does not read or write", e);
        }
    }

    private static void pieces(float[] values, int offset, int length, Sink sink) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate(Float.BYTES * Math.min(length, PIECE)).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < length; done += PIECE) {
            int count = Math.min(PIECE, length - done);
            buffer.asFloatBuffer().put(values, offset + done, count);
            sink.accept(buffer.array(), Float.BYTES * count);
        }
    }

    static void read(InputStream in, float[] values, int offset, int length) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate(Float.BYTES * Math.min(length, PIECE)).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < length; done += PIECE) {
            int count = Math.min(PIECE, length - done);
            if (in.readNBytes(buffer.array(), 0, Float.BYTES * count) < Float.BYTES * count) {
                throw new EOFException("the file ends inside a tensor");
            }
            buffer.asFloatBuffer().get(values, offset + done, count);
        }
    }
}
