package dev.lockstep.spark.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Float vectors as raw little-endian bytes. */
final class Vectors {
    private Vectors() {}

    /** How many bytes a vector takes. */
    static int bytes(float[] vector) {
        return Math.multiplyExact(vector.length, Float.BYTES);
    }

    /** The vectors one after another. */
    static byte[] encode(float[]... vectors) {
        int size = 0;
        for (float[] vector : vectors) {
            size = Math.addExact(size, bytes(vector));
        }
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            put(buffer, vector);
        }
        return buffer.array();
    }

    /**
     * The vectors one after another, cut into pieces.
     *
     * @param most floats of a piece
     * @param use is given each piece, of {@code most} floats but for the last; made when the one before has been used
     */
    static void encode(int most, Consumer<byte[]> use, float[]... vectors) {
        long left = Arrays.stream(vectors).mapToLong(vector -> vector.length).sum();
        ByteBuffer piece = piece(most, left);
        for (float[] vector : vectors) {
            for (int at = 0; at < vector.length; ) {
                if (!piece.hasRemaining()) {
                    use.accept(piece.array());
                    piece = piece(most, left);
                }
                int count = Math.min(piece.remaining() / Float.BYTES, vector.length - at);
                piece.asFloatBuffer().put(vector, at, count);
                piece.position(piece.position() + count * Float.BYTES);
                at += count;
                left -= count;
            }
        }
        if (piece.position() > 0) {
            use.accept(piece.array());
        }
    }

    private static ByteBuffer piece(int most, long left) {
        int floats = (int) Math.min(most, left);
        return ByteBuffer.allocate(Math.multiplyExact(floats, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Fills the vectors from pieces that {@link #encode(int, Consumer, float[][])} has made.
     *
     * @param pieces the piece of a number; asked once each, in order
     */
    static void decode(IntFunction<byte[]> pieces, float[]... vectors) {
        ByteBuffer piece = ByteBuffer.allocate(0);
        int next = 0;
        for (float[] vector : vectors) {
            for (int at = 0; at < vector.length; ) {
                if (!piece.hasRemaining()) {
                    piece = ByteBuffer.wrap(pieces.apply(next++)).order(ByteOrder.LITTLE_ENDIAN);
                }
                int count = Math.min(piece.remaining() / Float.BYTES, vector.length - at);
                piece.asFloatBuffer().get(vector, at, count);
                piece.position(piece.position() + count * Float.BYTES);
                at += count;
            }
        }
    }

    /** The vector that is all of some bytes. */
    static float[] decode(byte[] bytes) {
        return get(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), bytes.length / Float.BYTES);
    }

    /** Writes a vector and moves on behind it. */
    static void put(ByteBuffer buffer, float[] vector) {
        buffer.asFloatBuffer().put(vector);
        buffer.position(buffer.position() + bytes(vector));
    }

    /** Reads a vector and moves on behind it. */
    static float[] get(ByteBuffer buffer, int length) {
        float[] vector = new float[length];
        buffer.asFloatBuffer().get(vector);
        buffer.position(buffer.position() + bytes(vector));
        return vector;
    }
}
