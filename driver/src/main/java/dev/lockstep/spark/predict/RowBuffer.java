package dev.lockstep.spark.predict;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/** Copies of rows in Spark's own form, in memory that is kept for the next ones. */
final class RowBuffer {
    private static final int BLOCK_BYTES = 1 << 16;

    private final int columns;
    private final List<UnsafeRow> rows = new ArrayList<>();
    private final List<byte[]> blocks = new ArrayList<>();
    private int count;
    private int block;
    private int used;

    /**
     * Room for rows.
     *
     * @param columns of each
     */
    RowBuffer(int columns) {
        this.columns = columns;
    }

    /** Forgets all rows. */
    void clear() {
        count = 0;
        block = 0;
        used = 0;
    }

    /** How many rows there are. */
    int size() {
        return count;
    }

    /** A row, until all are forgotten. */
    UnsafeRow get(int number) {
        return rows.get(number);
    }

    /** Adds a copy of a row. */
    void add(UnsafeRow row) {
        if (count == rows.size()) {
            rows.add(new UnsafeRow(columns));
        }
        int bytes = row.getSizeInBytes();
        byte[] into;
        int at = 0;
        if (bytes > BLOCK_BYTES) {
            into = new byte[bytes];
        } else {
            if (used + bytes > BLOCK_BYTES) {
                block++;
                used = 0;
            }
            if (block == blocks.size()) {
                blocks.add(new byte[BLOCK_BYTES]);
            }
            into = blocks.get(block);
            at = used;
            used += bytes;
        }
        Platform.copyMemory(row.getBaseObject(), row.getBaseOffset(), into, Platform.BYTE_ARRAY_OFFSET + at, bytes);
        rows.get(count++).pointTo(into, Platform.BYTE_ARRAY_OFFSET + at, bytes);
    }
}
