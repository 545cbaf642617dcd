package dev.lockstep.nn.data;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packed rows of one {@link RowLayout}, one after the other, in arrays that grow. Where the layout
 * {@linkplain RowLayout#allowsEntries allows} it, a row of which at most one feature in {@value #LEAST_FOR_ONE_ENTRY}
 * is not 0 is <em>sparse</em>: its features are kept as entries, in increasing order of their indexes. How a row is
 * kept follows from its content alone, and changes nothing but memory and time.
 *
 * <p>A plain class, not a record, so that any of Spark's serialisers can spill it.
 */
public final class RowArray implements Serializable {
    private static final long serialVersionUID = 1L;

    /** A row with an entry for each so many features takes an eighth of what it takes whole. */
    static final int LEAST_FOR_ONE_ENTRY = 16;

    private static final int MOST_FLOATS = Integer.MAX_VALUE - 8;

    private final int features;
    private final int rest;
    /** The most entries of a sparse row; -1: none is. */
    private final int mostEntries;

    private float[] values;
    private int rows;
    /** Where each row begins among the values, and behind the last one its end; null: all rows are equally long. */
    private int @Nullable [] starts;
    /** Where each row's entries begin among the indexes, and behind the last one their end; null as above. */
    private int @Nullable [] entryStarts;

    private int[] indexes = new int[0];

    /**
     * No rows.
     *
     * @param layout how they are packed
     * @param expectedRows rows to make room for, if they are equally long
     */
    public RowArray(RowLayout layout, int expectedRows) {
        this(layout, expectedRows, layout.features().size() / LEAST_FOR_ONE_ENTRY);
    }

    private RowArray(RowLayout layout, int expectedRows, int mostEntries) {
        features = layout.features().size();
        rest = layout.rest();
        this.mostEntries = mostEntries;
        boolean entries = layout.allowsEntries();
        values = new float[entries ? 0 : Math.multiplyExact(expectedRows, features + rest)];
        starts = entries ? new int[1] : null;
        entryStarts = entries ? new int[1] : null;
    }

    private RowArray(RowArray other) {
        features = other.features;
        rest = other.rest;
        mostEntries = other.mostEntries;
        rows = other.rows;
        values = Arrays.copyOf(other.values, other.floats());
        starts = other.starts == null ? null : Arrays.copyOf(other.starts, rows + 1);
        entryStarts = other.entryStarts == null ? null : Arrays.copyOf(other.entryStarts, rows + 1);
        indexes = Arrays.copyOf(other.indexes, other.entries());
    }

    /**
     * Rows that are given whole.
     *
     * @param layout how they are packed
     * @param whole read: {@code rows * layout.width()} floats; kept, where no row can be sparse
     */
    public static RowArray of(RowLayout layout, float[] whole, int rows) {
        return new RowArray(layout, 0).filled(layout, whole, rows);
    }

    /** The same where rows stay whole, however few of their features are not 0. */
    public static RowArray whole(RowLayout layout, float[] whole, int rows) {
        return new RowArray(layout, 0, -1).filled(layout, whole, rows);
    }

    private RowArray filled(RowLayout layout, float[] whole, int count) {
        if (starts == null) {
            values = whole;
            rows = count;
            return this;
        }
        for (int row = 0; row < count; row++) {
            add(whole, Math.multiplyExact(row, layout.width()));
        }
        return this;
    }

    /** Appends a row that is given whole, from index {@code at} on. */
    public void add(float[] row, int at) {
        int entries = 0;
        for (int i = at; starts != null && entries <= mostEntries && i < at + features; i++) {
            entries += isEntry(row[i]) ? 1 : 0;
        }
        if (starts == null || entries > mostEntries) {
            reserve(features + rest, 0);
            System.arraycopy(row, at, values, floats(), features + rest);
            end(features + rest, 0);
            return;
        }
        reserve(entries + rest, entries);
        int to = floats();
        int index = entries();
        for (int i = 0; i < features; i++) {
            if (isEntry(row[at + i])) {
                values[to++] = row[at + i];
                indexes[index++] = i;
            }
        }
        System.arraycopy(row, at + features, values, to, rest);
        end(entries + rest, entries);
    }

    /**
     * Appends a row that is given by entries.
     *
     * @param index read: their indexes, increasing
     * @param value read: their values, which may be 0
     * @param count how many
     * @param behind read: what follows the features, from its first element on
     */
    public void add(int[] index, float[] value, int count, float[] behind) {
        int entries = 0;
        for (int i = 0; i < count; i++) {
            entries += isEntry(value[i]) ? 1 : 0;
        }
        boolean sparse = starts != null && entries <= mostEntries;
        int length = (sparse ? entries : features) + rest;
        reserve(length, sparse ? entries : 0);
        int from = floats();
        if (sparse) {
            int to = from;
            int next = entries();
            for (int i = 0; i < count; i++) {
                if (isEntry(value[i])) {
                    values[to++] = value[i];
                    indexes[next++] = index[i];
                }
            }
        } else {
            Arrays.fill(values, from, from + features, 0f);
            for (int i = 0; i < count; i++) {
                values[from + index[i]] = value[i];
            }
        }
        System.arraycopy(behind, 0, values, from + length - rest, rest);
        end(length, sparse ? entries : 0);
    }

    /** Appends a row of another array of the same layout. */
    public void add(RowArray other, int row) {
        int length = other.end(row) - other.start(row);
        int entries = other.entryEnd(row) - other.entryStart(row);
        reserve(length, entries);
        System.arraycopy(other.values, other.start(row), values, floats(), length);
        System.arraycopy(other.indexes, other.entryStart(row), indexes, entries(), entries);
        end(length, entries);
    }

    /** What is kept as an entry: -0 is, since it has not the bits of what is left out. */
    private static boolean isEntry(float value) {
        return Float.floatToRawIntBits(value) != 0;
    }

    private void reserve(int floats, int entries) {
        values = room(values, floats(), floats);
        long needed = (long) entries() + entries;
        if (needed > indexes.length) {
            indexes = Arrays.copyOf(indexes, grown(indexes.length, needed));
        }
        if (starts != null && rows + 1 == starts.length) {
            starts = Arrays.copyOf(starts, grown(starts.length, rows + 2L));
            entryStarts = Arrays.copyOf(entryStarts, starts.length);
        }
    }

    private static float[] room(float[] values, int used, int more) {
        long needed = (long) used + more;
        return needed > values.length ? Arrays.copyOf(values, grown(values.length, needed)) : values;
    }

    private static int grown(int length, long needed) {
        if (needed > MOST_FLOATS) {
            throw new IllegalArgumentException("expected rows that one array can hold, at most " + MOST_FLOATS
                    + " floats together, got " + needed + "; fewer features take less");
        }
        return (int) Math.min(MOST_FLOATS, Math.max(needed, 2L * length));
    }

    private void end(int length, int entries) {
        rows = Math.addExact(rows, 1);
        if (starts != null && entryStarts != null) {
            starts[rows] = starts[rows - 1] + length;
            entryStarts[rows] = entryStarts[rows - 1] + entries;
        }
    }

    /** Forgets all rows; keeps the memory. */
    public void clear() {
        rows = 0;
    }

    /** Takes the last row away again. */
    public void removeLast() {
        if (rows == 0) {
            throw new IllegalStateException("expected a row to take away, got none");
        }
        rows--;
    }

    /** A copy with no more memory than it needs. */
    public RowArray copy() {
        return new RowArray(this);
    }

    /** The same rows with no more memory than they need. */
    public RowArray trimmed() {
        boolean exact = values.length == floats() && indexes.length == entries();
        return exact ? this : copy();
    }

    /** How many rows. */
    public int rows() {
        return rows;
    }

    /** How many floats they take; entries have as many indexes besides. */
    public int floats() {
        return starts == null ? rows * (features + rest) : starts[rows];
    }

    /** How many entries the sparse rows have together. */
    public int entries() {
        return entryStarts == null ? 0 : entryStarts[rows];
    }

    /** Floats and indexes together. */
    long numbers() {
        return (long) floats() + entries();
    }

    /** Whether a row's features are kept as entries. */
    public boolean isSparse(int row) {
        return starts != null && end(row) - start(row) < features + rest;
    }

    /** All values: those of row {@code r} are its features, or its entries, and then what follows the features. */
    public float[] values() {
        return values;
    }

    /** The indexes of all entries. */
    public int[] indexes() {
        return indexes;
    }

    /** Where a row's values begin. */
    public int start(int row) {
        return starts == null ? row * (features + rest) : starts[row];
    }

    /** After a row's last value. */
    public int end(int row) {
        return start(row + 1);
    }

    /** Where among the values that begins which follows a row's features. */
    public int restStart(int row) {
        return end(row) - rest;
    }

    /** Where among the indexes those of a sparse row begin; its values begin at {@link #start}. */
    public int entryStart(int row) {
        return entryStarts == null ? 0 : entryStarts[row];
    }

    /** After the last index of a sparse row. */
    public int entryEnd(int row) {
        return entryStarts == null ? 0 : entryStarts[row + 1];
    }

    /** Writes a row's features to {@code out}, each of them, from {@code at} on. */
    public void features(int row, float[] out, int at) {
        if (!isSparse(row)) {
            System.arraycopy(values, start(row), out, at, features);
            return;
        }
        Arrays.fill(out, at, at + features, 0f);
        int value = start(row);
        for (int entry = entryStart(row); entry < entryEnd(row); entry++) {
            out[at + indexes[entry]] = values[value++];
        }
    }

    /** One feature of a row. */
    public float feature(int row, int feature) {
        if (!isSparse(row)) {
            return values[start(row) + feature];
        }
        int entry = Arrays.binarySearch(indexes, entryStart(row), entryEnd(row), feature);
        return entry < 0 ? 0f : values[start(row) + entry - entryStart(row)];
    }

    /** A row, whole. */
    public float[] whole(int row) {
        float[] whole = new float[features + rest];
        features(row, whole, 0);
        System.arraycopy(values, restStart(row), whole, features, rest);
        return whole;
    }

    /** How many bytes {@link #write} writes. */
    public int bytes() {
        int lengths = starts == null ? 0 : 2 * rows;
        return Math.multiplyExact(Integer.BYTES, Math.addExact(lengths + entries(), floats()));
    }

    /** Writes all rows: where they may be sparse, the lengths of each and the indexes; then the values. */
    public void write(ByteBuffer out) {
        for (int row = 0; starts != null && row < rows; row++) {
            out.putInt(end(row) - start(row)).putInt(entryEnd(row) - entryStart(row));
        }
        for (int entry = 0; entry < entries(); entry++) {
            out.putInt(indexes[entry]);
        }
        out.asFloatBuffer().put(values, 0, floats());
        out.position(out.position() + Float.BYTES * floats());
    }

    /** Reads so many rows, which {@link #write} wrote. */
    public static RowArray read(RowLayout layout, int rows, ByteBuffer in) {
        RowArray array = new RowArray(layout, 0);
        for (int row = 0; array.starts != null && row < rows; row++) {
            array.reserve(0, 0);
            array.end(in.getInt(), in.getInt());
        }
        array.rows = rows;
        array.indexes = new int[array.entries()];
        for (int entry = 0; entry < array.indexes.length; entry++) {
            array.indexes[entry] = in.getInt();
        }
        array.values = new float[array.floats()];
        in.asFloatBuffer().get(array.values);
        in.position(in.position() + Float.BYTES * array.values.length);
        return array;
    }

    /**
     * Compares two rows by content alone: the raw bits of their numbers as unsigned numbers, of which the first
     * difference decides, whichever way they are kept.
     */
    public int compare(int row, RowArray other, int otherRow) {
        if (!isSparse(row) && !other.isSparse(otherRow)) {
            return compare(values, start(row), other.values, other.start(otherRow), features + rest);
        }
        if (!isSparse(row) || !other.isSparse(otherRow)) {
            return compare(whole(row), 0, other.whole(otherRow), 0, features + rest);
        }
        return compareEntries(row, other, otherRow);
    }

    private int compareEntries(int row, RowArray other, int otherRow) {
        int entry = entryStart(row);
        int otherEntry = other.entryStart(otherRow);
        int shift = start(row) - entry;
        int otherShift = other.start(otherRow) - otherEntry;
        for (; entry < entryEnd(row) && otherEntry < other.entryEnd(otherRow); entry++, otherEntry++) {
            int byIndex = Integer.compare(other.indexes[otherEntry], indexes[entry]);
            int compared =
                    byIndex != 0 ? byIndex : compare(values[entry + shift], other.values[otherEntry + otherShift]);
            if (compared != 0) {
                return compared;
            }
        }
        if (entry < entryEnd(row) || otherEntry < other.entryEnd(otherRow)) {
            return entry < entryEnd(row) ? 1 : -1;
        }
        return compare(values, restStart(row), other.values, other.restStart(otherRow), rest);
    }

    private static int compare(float[] left, int leftAt, float[] right, int rightAt, int length) {
        for (int i = 0; i < length; i++) {
            int compared = compare(left[leftAt + i], right[rightAt + i]);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static int compare(float left, float right) {
        return Integer.compareUnsigned(Float.floatToRawIntBits(left), Float.floatToRawIntBits(right));
    }
}
