package dev.lockstep.nn.data.column;

import dev.lockstep.nn.data.ContentHash;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the raw cells of rows, in one thread: what they mean, whichever source they come from. */
public final class RowReader {
    /** What stands for a missing number or time in many files; in lower case. */
    private static final Set<String> WORDS_FOR_MISSING =
            Set.of("na", "n/a", "#n/a", "<na>", "nan", "+nan", "-nan", "null", "none", "nil", "?", "-", ".");

    private static final int LONGEST_WORD = 4;

    private final String[] names;
    private final ColumnSpec[] specs;
    /** What the job lists as missing; null: what is usual. */
    private final @Nullable Set<String> listed;

    /** Whether cells that their columns cannot take count as missing. */
    private final boolean lenient;

    private final @Nullable Object[] cells;
    private final List<CellException> refused = new ArrayList<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    /**
     * A reader.
     *
     * @param names of the columns, for complaints
     * @param specs as many
     * @param nulls texts that stand for missing cells, beside blank ones; by default {@code NA}, {@code NaN},
     *     {@code none}, {@code ?} and the like, in numbers and times alone
     */
    public RowReader(List<String> names, List<ColumnSpec> specs, @Nullable List<String> nulls) {
        this(names, specs, nulls, false);
    }

    /**
     * The same.
     *
     * @param lenient whether cells that their columns cannot take count as missing
     */
    public RowReader(List<String> names, List<ColumnSpec> specs, @Nullable List<String> nulls, boolean lenient) {
        this.names = names.toArray(String[]::new);
        this.specs = specs.toArray(ColumnSpec[]::new);
        this.listed = nulls == null ? null : Set.copyOf(nulls);
        this.lenient = lenient;
        this.cells = new Object[this.specs.length];
    }

    /**
     * Reads a row.
     *
     * @param raw its cells, in the order of the columns
     * @return whether it is to be used: not if a cell is missing whose column leaves such rows out
     * @throws CellException if a cell is nothing that its column takes, unless it counts as missing
     */
    public boolean read(@Nullable Object[] raw) throws CellException {
        boolean used = true;
        refused.clear();
        for (int i = 0; i < specs.length; i++) {
            Object cell = raw[i];
            try {
                cells[i] = isMissing(cell, specs[i]) ? null : specs[i].read(cell);
            } catch (CellException e) {
                if (!lenient) {
                    throw e.in(names[i]);
                }
                refused.add(e.in(names[i]));
                cells[i] = null;
            }
            used &= cells[i] != null || !specs[i].dropsRows();
        }
        return used;
    }

    /** The cells of the row that was read last which count as missing, as their columns cannot take them. */
    public List<CellException> refused() {
        return refused;
    }

    private boolean isMissing(@Nullable Object raw, ColumnSpec spec) {
        if (isBlank(raw)) {
            return true;
        }
        if (!(raw instanceof CharSequence text)) {
            return false;
        }
        String stripped = text.toString().strip();
        if (listed != null) {
            return listed.contains(stripped);
        }
        return spec.takesWordsForMissing() && standsForMissing(stripped);
    }

    /** Whether a cell holds nothing, whatever its column's type. */
    static boolean isBlank(@Nullable Object raw) {
        if (raw instanceof Double || raw instanceof Float) {
            return Double.isNaN(((Number) raw).doubleValue());
        }
        return raw == null
                || raw instanceof byte[] bytes && bytes.length == 0
                || raw instanceof CharSequence text && text.toString().isBlank();
    }

    /** Whether a text without blanks around it stands for a missing number or time in many files. */
    static boolean standsForMissing(String text) {
        return text.length() <= LONGEST_WORD && WORDS_FOR_MISSING.contains(text.toLowerCase(Locale.ROOT));
    }

    /** The cells of the row that was read last, valid until the next; null: missing. */
    @Nullable
    Object[] cells() {
        return cells;
    }

    /**
     * Counts the missing cells of the row that was read last.
     *
     * @param counts a number for each column; accumulated into
     */
    public void addMissingTo(long[] counts) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += cells[i] == null ? 1 : 0;
        }
    }

    /**
     * Adds the row that was read last to summaries of its columns.
     *
     * @throws CellException if a column cannot have its cell
     * @throws IllegalArgumentException if a column has more distinct cells than can be counted, naming it
     */
    public void addTo(List<ColumnSummary> summaries) throws CellException {
        for (int i = 0; i < specs.length; i++) {
            try {
                summaries.get(i).add(cells[i]);
            } catch (CellException e) {
                throw e.in(names[i]);
            } catch (IllegalArgumentException e) {
                throw new CellException(names[i], String.valueOf(e.getMessage()));
            }
        }
    }

    /** A hash of the row that was read last: equal for rows of equal cells, whichever source they come from. */
    public long hash(long seed) {
        content.reset();
        DataOutputStream out = new DataOutputStream(content);
        try {
            for (Object cell : cells) {
                write(cell, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] bytes = content.toByteArray();
        return ContentHash.hash(bytes, bytes.length, seed);
    }

    private static void write(@Nullable Object cell, DataOutputStream out) throws IOException {
        if (cell == null) {
            out.writeByte(0);
        } else if (cell instanceof Double number) {
            out.writeByte(1);
            out.writeDouble(number);
        } else if (cell instanceof LocalDateTime time) {
            out.writeByte(2);
            out.writeLong(time.toEpochSecond(ZoneOffset.UTC));
            out.writeInt(time.getNano());
        } else if (cell instanceof byte[] bytes) {
            out.writeByte(4);
            out.writeInt(bytes.length);
            out.write(bytes);
        } else {
            byte[] text = ((String) cell).getBytes(StandardCharsets.UTF_8);
            out.writeByte(3);
            out.writeInt(text.length);
            out.write(text);
        }
    }
}
