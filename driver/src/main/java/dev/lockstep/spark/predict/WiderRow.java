package dev.lockstep.spark.predict;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.bitset.BitSetMethods;
import org.jspecify.annotations.Nullable;

/**
 * A row in Spark's own form with the cells behind it that are added to it, each written where it stays. It has the
 * bytes that Spark itself would write: words of bits that say which columns are missing, 8 bytes a column, and what
 * does not fit into these. One object serves all rows of a task.
 */
final class WiderRow implements CellSink {
    private static final int WORD = 8;

    /** A dense vector's structure: its type, size, indices and values, of which the middle two are missing. */
    private static final int VECTOR_COLUMNS = 4;

    private static final int VALUES = 3;
    private static final long DENSE_MISSES = 0b0110;
    private static final byte DENSE = 1;
    private static final int VECTOR_BYTES = WORD * (1 + VECTOR_COLUMNS);

    private final int columns;
    private final int width;
    private final int narrowBits;
    private final int wideBits;
    /** The columns of the row whose 8 bytes say where the cell is. */
    private final int[] distant;

    private final UnsafeRow row;
    private byte[] bytes = new byte[256];
    /** After the last byte that is written. */
    private int end;
    /** The column of the next cell. */
    private int column;
    /** Where the next element of a vector is written. */
    private long element;

    /**
     * Rows of some columns.
     *
     * @param table the columns of the rows
     * @param added the columns behind them, all of which this {@link #takes}
     */
    WiderRow(StructType table, StructType added) {
        columns = table.size();
        width = columns + added.size();
        narrowBits = UnsafeRow.calculateBitSetWidthInBytes(columns);
        wideBits = UnsafeRow.calculateBitSetWidthInBytes(width);
        distant = IntStream.range(0, columns)
                .filter(i -> !UnsafeRow.isFixedLength(table.apply(i).dataType()))
                .toArray();
        row = new UnsafeRow(width);
    }

    /** Whether columns are doubles, truth values and vectors alone. */
    static boolean takes(StructType added) {
        return Arrays.stream(added.fields()).allMatch(field -> takes(field.dataType()));
    }

    private static boolean takes(DataType type) {
        return type.equals(DataTypes.DoubleType)
                || type.equals(DataTypes.BooleanType)
                || type.equals(SQLDataTypes.VectorType());
    }

    /** Takes another row, whose cells are to follow. */
    void begin(UnsafeRow narrow) {
        int before = narrowBits + WORD * columns;
        int after = wideBits + WORD * width;
        int rest = narrow.getSizeInBytes() - before;
        end = 0;
        reserve(after + rest);
        end = after + rest;
        Object from = narrow.getBaseObject();
        long at = narrow.getBaseOffset();
        Platform.copyMemory(from, at, bytes, Platform.BYTE_ARRAY_OFFSET, narrowBits);
        Arrays.fill(bytes, narrowBits, wideBits, (byte) 0);
        Platform.copyMemory(from, at + narrowBits, bytes, address(wideBits), (long) WORD * columns);
        Platform.copyMemory(from, at + before, bytes, address(after), rest);
        long shift = (long) (after - before) << Integer.SIZE;
        for (int i : distant) {
            long place = address(wideBits + WORD * i);
            long where = Platform.getLong(bytes, place);
            if (where != 0) { // a missing cell is nowhere
                Platform.putLong(bytes, place, where + shift);
            }
        }
        column = columns;
    }

    /** The row, until another one begins. */
    UnsafeRow end() {
        if (column != width) {
            throw new IllegalStateException("expected " + width + " columns, got " + column);
        }
        row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET, end);
        return row;
    }

    private static long address(int at) {
        return Platform.BYTE_ARRAY_OFFSET + (long) at;
    }

    private long place() {
        return address(wideBits + WORD * column++);
    }

    private void reserve(int more) {
        int needed = Math.addExact(end, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, 2L * needed));
        }
    }

    @Override
    public void number(double value) {
        Platform.putDouble(bytes, place(), value);
    }

    @Override
    public void vector(int size) {
        int missing = UnsafeRow.calculateBitSetWidthInBytes(size);
        int array = WORD + missing + WORD * size;
        reserve(VECTOR_BYTES + array);
        long at = address(end);
        Platform.putLong(bytes, place(), (long) end << Integer.SIZE | VECTOR_BYTES + array);
        Platform.putLong(bytes, at, DENSE_MISSES);
        for (int i = 0; i < VALUES; i++) {
            Platform.putLong(bytes, at + (long) WORD * (1 + i), 0);
        }
        Platform.putByte(bytes, at + WORD, DENSE);
        Platform.putLong(bytes, at + WORD * (1 + VALUES), (long) VECTOR_BYTES << Integer.SIZE | array);
        Platform.putLong(bytes, at + VECTOR_BYTES, size);
        Arrays.fill(bytes, end + VECTOR_BYTES + WORD, end + VECTOR_BYTES + WORD + missing, (byte) 0);
        element = at + VECTOR_BYTES + WORD + missing;
        end += VECTOR_BYTES + array;
    }

    @Override
    public void element(double value) {
        Platform.putDouble(bytes, element, value);
        element += WORD;
    }

    @Override
    public void cell(@Nullable Object value) {
        if (value == null) {
            BitSetMethods.set(bytes, Platform.BYTE_ARRAY_OFFSET, column);
            Platform.putLong(bytes, place(), 0);
        } else if (value instanceof Boolean truth) {
            long place = place();
            Platform.putLong(bytes, place, 0);
            Platform.putBoolean(bytes, place, truth);
        } else {
            throw new IllegalArgumentException("expected a truth value, got " + value);
        }
    }
}
