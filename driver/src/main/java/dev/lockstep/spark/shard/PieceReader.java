package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import dev.lockstep.spark.ingest.SelectedRows;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the rows of one partition, piece by piece, and keeps its {@link PartitionReport}. A row that cannot be
 * used is left out if the job says so. Else it does not throw here but ends the partition and goes into the report, so
 * that the driver, who knows how many rows come before, can name the first bad row of all.
 */
final class PieceReader {
    private final Iterator<Supplier<RowCursor>> pieces;
    private final SelectedRows selected;
    private final PartitionReport report;
    private final boolean skips;
    private @Nullable RowCursor cursor;

    /**
     * A reader.
     *
     * @param partition number of the partition
     * @param pieces open the pieces of the partition, in order
     * @param selected which rows are taken
     * @param skips whether rows that cannot be used are left out
     */
    PieceReader(int partition, Iterator<Supplier<RowCursor>> pieces, SelectedRows selected, boolean skips) {
        this.pieces = pieces;
        this.selected = selected;
        this.report = new PartitionReport(partition);
        this.skips = skips;
    }

    /** Does something with the current row. */
    @FunctionalInterface
    interface Use {
        /** Uses the cursor's row. */
        void row(RowCursor cursor) throws RowException;
    }

    /**
     * Goes to the next row that is taken, in the next piece if need be, and uses it.
     *
     * @return whether there is one; not if it cannot be used and is not left out, which the report then says
     */
    boolean next(Use use) {
        try {
            if (!advance()) {
                return false;
            }
            use(use);
            return true;
        } catch (RowException e) {
            report.fail(current(), String.valueOf(e.getMessage()));
            close();
            return false;
        } catch (IOException e) {
            throw new IngestException("cannot read " + current().file() + ": " + e.getMessage(), e);
        }
    }

    private void use(Use use) throws RowException {
        try {
            use.row(current());
        } catch (RowException e) {
            if (!skips) {
                throw e;
            }
            report.skip(current(), String.valueOf(e.getMessage()));
        }
    }

    private boolean advance() throws IOException, RowException {
        while (true) {
            if (cursor == null) {
                if (!pieces.hasNext()) {
                    return false;
                }
                cursor = pieces.next().get();
            }
            if (cursor.next()) {
                if (selected.takes(cursor.row())) {
                    return true;
                }
            } else {
                report.endPiece(cursor);
                close();
            }
        }
    }

    private RowCursor current() {
        return Objects.requireNonNull(cursor);
    }

    private void close() {
        try {
            current().close();
        } catch (IOException e) {
            throw new IngestException("cannot close " + current().file() + ": " + e.getMessage(), e);
        }
        cursor = null;
    }

    /** What was found so far. */
    PartitionReport report() {
        return report;
    }
}
