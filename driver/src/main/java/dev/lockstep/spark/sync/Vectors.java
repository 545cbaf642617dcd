package dev.lockstep.spark.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
