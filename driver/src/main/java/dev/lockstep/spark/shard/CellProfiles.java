package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.nn.data.column.RowReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the cells of columns with types hold, for a person: missing cells are counted in all rows, the rest is measured
 * over the first rows of each partition, in bounded memory. Found on the pass that measures the columns.
 */
public final class CellProfiles implements Serializable {
    private static final long serialVersionUID = 1L;

    /** More columns than these are not described. */
    private static final int MOST_COLUMNS = 60;

    /** Rows of a partition that are looked at. */
    private static final int MOST_ROWS = 4096;

    /** Longer texts are cut. */
    private static final int MOST_CHARACTERS = 80;

    private final ArrayList<ColumnProfile> columns = new ArrayList<>();
    private final long[] missing;
    private long rows;
    private long profiled;

    CellProfiles(int columns) {
        int shown = Math.min(columns, MOST_COLUMNS);
        missing = new long[shown];
        for (int i = 0; i < shown; i++) {
            this.columns.add(new ColumnProfile());
        }
    }

    /**
     * Takes in a row.
     *
     * @param reader has just read it
     * @param raw its cells
     */
    void add(RowReader reader, @Nullable Object[] raw) {
        rows++;
        reader.addMissingTo(missing);
        if (profiled < MOST_ROWS) {
            profiled++;
            for (int i = 0; i < missing.length; i++) {
                columns.get(i).add(shortened(raw[i]));
            }
        }
    }

    private static @Nullable Object shortened(@Nullable Object cell) {
        return cell instanceof CharSequence text && text.length() > MOST_CHARACTERS
                ? text.subSequence(0, MOST_CHARACTERS) + "..."
                : cell;
    }

    void merge(CellProfiles other) {
        rows += other.rows;
        profiled += other.profiled;
        for (int i = 0; i < missing.length; i++) {
            missing[i] += other.missing[i];
            columns.get(i).merge(other.columns.get(i));
        }
    }

    /** The columns, in order; the first ones of very many. */
    public List<ColumnProfile> columns() {
        return columns;
    }

    /** How many cells of a column are missing, in all rows. */
    public long missing(int column) {
        return missing[column];
    }

    /** How many rows there are. */
    public long rows() {
        return rows;
    }

    /** How many of them were looked at for all but missing cells. */
    public long profiled() {
        return profiled;
    }
}
