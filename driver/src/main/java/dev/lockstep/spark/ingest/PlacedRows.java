package dev.lockstep.spark.ingest;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The rows of some parts of files, each with one more cell that says where it stands. */
final class PlacedRows implements Iterator<Row> {
    private final Configuration configuration;
    private final FilePart[] parts;
    private final boolean rowRanges;
    private final FileReading.Opener<TableCursor> opener;
    private int part = -1;
    private @Nullable TableCursor cursor;
    private long row;
    private boolean fetched;

    /** @param rowRanges whether the parts are ranges of rows, not of bytes */
    PlacedRows(
            Configuration configuration, FilePart[] parts, boolean rowRanges, FileReading.Opener<TableCursor> opener) {
        this.configuration = configuration;
        this.parts = parts;
        this.rowRanges = rowRanges;
        this.opener = opener;
    }

    @Override
    public boolean hasNext() {
        try {
            while (!fetched) {
                if (cursor == null) {
                    if (part + 1 == parts.length) {
                        return false;
                    }
                    part++;
                    cursor = opener.open(configuration, parts[part]);
                    row = -1;
                }
                row++;
                fetched = cursor.next();
                if (!fetched) {
                    cursor.close();
                    cursor = null;
                }
            }
            return true;
        } catch (RowException e) {
            throw refused(e);
        } catch (IOException e) {
            throw new IngestException(DataFiles.shown(parts[part].path()) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        fetched = false;
        try {
            Object[] cells = Objects.requireNonNull(cursor).cells();
            Object[] placed = Arrays.copyOf(cells, cells.length + 1);
            placed[cells.length] = place();
            return RowFactory.create(placed);
        } catch (RowException e) {
            throw refused(e);
        }
    }

    private String place() {
        FilePart current = parts[part];
        return rowRanges
                ? RowPlaces.shown(DataFiles.shown(current.path()), current.start() + row, 0)
                : RowPlaces.cell(current, Objects.requireNonNull(cursor).line());
    }

    private IngestException refused(RowException e) {
        return new IngestException(RowPlaces.complete(configuration, place()) + ", " + e.getMessage());
    }
}
