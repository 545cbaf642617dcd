package dev.lockstep.nn.train;

import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.RowTensor;
import java.nio.ByteBuffer;

/**
 * The form of gradients by rows in messages: for each row its number and its values, of a row that the parameters begin
 * or end in only the values of its parameters. Little-endian.
 */
public final class RowFormat {
    private RowFormat() {}

    /** How many bytes {@link #put} writes of all rows. */
    public static long bytes(GradientRows rows) {
        return bytes(rows, 0, rows.count());
    }

    /** How many bytes {@link #put} writes. */
    public static long bytes(GradientRows rows, int from, int to) {
        if (from == to) {
            return 0;
        }
        long inner = Math.max(0, to - from - 2);
        long floats = inner * rows.tensor().columns() + rows.end(from) - rows.start(from);
        if (to - from > 1) {
            floats += rows.end(to - 1) - rows.start(to - 1);
        }
        return (long) Integer.BYTES * (to - from) + Float.BYTES * floats;
    }

    /**
     * Writes some of the rows and moves on behind them.
     *
     * @param buffer little-endian, in a mode to be written
     * @param from the first row
     * @param to after the last one
     */
    public static void put(ByteBuffer buffer, GradientRows rows, int from, int to) {
        for (int row = from; row < to; row++) {
            buffer.putInt(rows.numbers()[rows.first() + row]);
        }
        for (int row = from; row < to; row++) {
            int length = rows.end(row) - rows.start(row);
            buffer.asFloatBuffer().put(rows.values(), rows.index(row), length);
            buffer.position(buffer.position() + Float.BYTES * length);
        }
    }

    /**
     * Reads what {@link #put} wrote and moves on behind it.
     *
     * @param buffer little-endian
     * @param rows has room for all of them; those before {@code from} have been read
     * @param from the first row
     * @param to after the last one
     * @throws IllegalArgumentException if they are no rows of the tensor in increasing order
     */
    public static void get(ByteBuffer buffer, GradientRows rows, int from, int to) {
        RowTensor tensor = rows.tensor();
        int first = (rows.from() - tensor.offset()) / tensor.columns();
        int last = (rows.to() - 1 - tensor.offset()) / tensor.columns();
        for (int row = from; row < to; row++) {
            int number = buffer.getInt();
            if (number < (row == 0 ? first : rows.numbers()[row - 1] + 1) || number > last) {
                throw new IllegalArgumentException(
                        "expected rows from " + first + " to " + last + " in increasing order, got " + number);
            }
            rows.numbers()[row] = number;
        }
        for (int row = from; row < to; row++) {
            int length = rows.end(row) - rows.start(row);
            buffer.asFloatBuffer().get(rows.values(), rows.index(row), length);
            buffer.position(buffer.position() + Float.BYTES * length);
        }
    }
}
