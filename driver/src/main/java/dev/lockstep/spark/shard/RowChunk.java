package dev.lockstep.spark.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Packed rows as bytes, how they travel through the shuffle: the number of rows, how often each occurs (only where
 * equal rows were collapsed), their floats. Little-endian.
 */
final class RowChunk {
    private final int rows;
    private final int @Nullable [] counts;
    private final float[] values;

    private RowChunk(int rows, int @Nullable [] counts, float[] values) {
        this.rows = rows;
        this.counts = counts;
        this.values = values;
    }

    /**
     * Encodes rows.
     *
     * @param values read: the rows
     * @param rows how many
     * @param width floats a row
     * @param counts how often each row occurs; each once unless given
     */
    static byte[] encode(float[] values, int rows, int width, int @Nullable [] counts) {
        int floats = rows * width;
        int countBytes = counts == null ? 0 : Integer.BYTES * rows;
        ByteBuffer buffer = ByteBuffer.allocate(1 + Integer.BYTES + countBytes + Float.BYTES * floats)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.put((byte) (counts == null ? 0 : 1)).putInt(rows);
        if (counts != null) {
            for (int row = 0; row < rows; row++) {
                buffer.putInt(counts[row]);
            }
        }
        buffer.asFloatBuffer().put(values, 0, floats);
        return buffer.array();
    }

    static RowChunk decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean counted = buffer.get() == 1;
        int rows = buffer.getInt();
        int @Nullable [] counts = null;
        if (counted) {
            counts = new int[rows];
            for (int row = 0; row < rows; row++) {
                counts[row] = buffer.getInt();
            }
        }
        float[] values = new float[buffer.remaining() / Float.BYTES];
        buffer.asFloatBuffer().get(values);
        return new RowChunk(rows, counts, values);
    }

    int rows() {
        return rows;
    }

    int count(int row) {
        return counts == null ? 1 : counts[row];
    }

    float[] values() {
        return values;
    }
}
