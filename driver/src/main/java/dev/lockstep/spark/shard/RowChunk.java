package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Packed rows as bytes, how they travel through the shuffle: the number of rows, how often each occurs (only where
 * equal rows were collapsed), then the rows. Little-endian.
 *
 * @param rows the rows
 * @param counts how often each row occurs; null: once
 */
record RowChunk(RowArray rows, int @Nullable [] counts) {

    /**
     * Encodes rows.
     *
     * @param rows read
     * @param counts how often each row occurs; each once unless given
     */
    static byte[] encode(RowArray rows, int @Nullable [] counts) {
        int countBytes = counts == null ? 0 : Integer.BYTES * rows.rows();
        ByteBuffer buffer = ByteBuffer.allocate(1 + Integer.BYTES + countBytes + rows.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.put((byte) (counts == null ? 0 : 1)).putInt(rows.rows());
        if (counts != null) {
            for (int row = 0; row < rows.rows(); row++) {
                buffer.putInt(counts[row]);
            }
        }
        rows.write(buffer);
        return buffer.array();
    }

    /** Decodes rows of a layout. */
    static RowChunk decode(byte[] bytes, RowLayout layout) {
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
        return new RowChunk(RowArray.read(layout, rows, buffer), counts);
    }

    /** How often a row occurs. */
    int count(int row) {
        return counts == null ? 1 : counts[row];
    }
}
