package dev.lockstep.spark.ingest;

import dev.lockstep.nn.spec.Excerpt;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The places of the rows of a data frame, for errors: {@code file:line} as an editor shows it, {@code file: row n}
 * where rows are no lines, or the values of some columns where there are no files. Travels to the executors.
 *
 * <p>The lines of a part of a file are counted from the part's beginning. How many come before it is counted when an
 * error asks, not before.
 */
public final class RowPlaces implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Marks a place whose part does not begin where its file does. */
    private static final String INSIDE = "@";

    /** Columns that tell rows apart, at most. */
    private static final int MOST_KEYS = 3;

    private final int place;
    private final int[] keys;
    private final String[] keyNames;
    private final @Nullable Broadcast<SerializableConfiguration> files;

    /** Where all rows stand; null: each has its own place. */
    private final @Nullable String name;

    private RowPlaces(
            int place,
            int[] keys,
            String[] keyNames,
            @Nullable Broadcast<SerializableConfiguration> files,
            @Nullable String name) {
        this.place = place;
        this.keys = keys;
        this.keyNames = keyNames;
        this.files = files;
        this.name = name;
    }

    /**
     * All rows in one place.
     *
     * @param name what errors call it
     */
    public static RowPlaces called(String name) {
        return new RowPlaces(-1, new int[0], new String[0], null, name);
    }

    /**
     * Places in files.
     *
     * @param type the columns, {@link RawTable#PLACE} among them
     * @param files opens the files; null where places are complete
     */
    static RowPlaces inFiles(StructType type, @Nullable Broadcast<SerializableConfiguration> files) {
        return new RowPlaces(type.fieldIndex(RawTable.PLACE), new int[0], new String[0], files, null);
    }

    /**
     * Places in a table: its name, and the values of the first columns that are not features.
     *
     * @param type the columns, {@link RawTable#PLACE} among them
     * @param others numbers of columns that do not identify the row
     */
    static RowPlaces inTable(StructType type, List<Integer> others) {
        Set<Integer> excluded = new HashSet<>(others);
        int place = type.fieldIndex(RawTable.PLACE);
        List<Integer> keys = new ArrayList<>();
        for (int column = 0; column < place && keys.size() < MOST_KEYS; column++) {
            if (!excluded.contains(column) && Cells.isScalar(type.apply(column).dataType())) {
                keys.add(column);
            }
        }
        String[] names = keys.stream().map(key -> type.apply(key).name()).toArray(String[]::new);
        return new RowPlaces(place, ColumnRoles.numbers(keys), names, null, null);
    }

    /**
     * The same places in rows that have only some of the columns which would tell them apart.
     *
     * @param has whether rows have a column
     */
    public RowPlaces seeing(IntPredicate has) {
        int[] there =
                IntStream.range(0, keys.length).filter(i -> has.test(keys[i])).toArray();
        return new RowPlaces(
                place,
                Arrays.stream(there).map(i -> keys[i]).toArray(),
                Arrays.stream(there).mapToObj(i -> keyNames[i]).toArray(String[]::new),
                files,
                name);
    }

    /** The numbers of the columns that rows must have. */
    public int[] columns() {
        return place < 0 ? new int[0] : new int[] {place};
    }

    /**
     * A row's place.
     *
     * @param row its number in the file, from 0; used where there are no lines
     * @param line its line in the file, from 1; 0: rows are no lines
     */
    public static String shown(String file, long row, long line) {
        return line > 0 ? file + ":" + line : file + ": row " + row;
    }

    /** The cell that {@link #of} reads, for a line of a part of a file, counted from 1. */
    static String cell(FilePart part, long line) {
        return part.start() == 0
                ? shown(DataFiles.shown(part.path()), 0, line)
                : INSIDE + part.start() + ":" + line + ":" + part.path();
    }

    /** Where a row stands. */
    public String of(Row row) {
        if (name != null) {
            return name;
        }
        String cell = row.getString(place);
        if (files != null) {
            return complete(files.value().value(), cell);
        }
        String values = IntStream.range(0, keys.length)
                .mapToObj(i -> keyNames[i] + "=" + Excerpt.of(String.valueOf(row.get(keys[i]))))
                .collect(Collectors.joining(", "));
        return values.isEmpty() ? cell : cell + ": row with " + values;
    }

    /** The place that a cell means; if the file can no longer be read, as it is known within the part. */
    static String complete(Configuration configuration, String cell) {
        if (!cell.startsWith(INSIDE)) {
            return cell;
        }
        String[] parts = cell.substring(INSIDE.length()).split(":", 3);
        Path file = new Path(parts[2]);
        long start = Long.parseLong(parts[0]);
        long line = Long.parseLong(parts[1]);
        try {
            return shown(DataFiles.shown(file), 0, linesBefore(configuration, file, start) + line);
        } catch (IOException e) {
            return DataFiles.shown(file) + ": line " + line + " after byte " + start;
        }
    }

    /** The lines that readers of the parts before take: those that begin at the byte or before it. */
    private static long linesBefore(Configuration configuration, Path file, long start) throws IOException {
        long ends = 0;
        try (InputStream bytes =
                new BufferedInputStream(file.getFileSystem(configuration).open(file), 1 << 16)) {
            int previous = 0;
            for (long at = 0; at < start; at++) {
                int current = bytes.read();
                // A carriage return ends a line unless a line feed follows, which ends the same one.
                ends += current == '\n' || previous == '\r' ? 1 : 0;
                previous = current;
            }
            int next = bytes.read();
            return ends + (previous == '\r' && next != '\n' ? 1 : 0) + 1;
        }
    }
}
