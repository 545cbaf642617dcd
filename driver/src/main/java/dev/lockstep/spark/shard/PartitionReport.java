package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the driver must know of a packed partition. */
final class PartitionReport implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int partition;
    private final ArrayList<Piece> pieces = new ArrayList<>();
    private @Nullable Place failure;
    private @Nullable Place skipped;
    private @Nullable Place emptied;
    private long skippedRows;
    private long emptiedCells;
    private long kept;
    private long weightless;
    private long incomplete;

    PartitionReport(int partition) {
        this.partition = partition;
    }

    /** A part of a file, and how many rows it has. */
    static final class Piece implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String file;
        private final long rows;
        private final long lines;

        Piece(String file, long rows, long lines) {
            this.file = file;
            this.rows = rows;
            this.lines = lines;
        }

        String file() {
            return file;
        }

        long rows() {
            return rows;
        }

        long lines() {
            return lines;
        }
    }

    /** A label or a complaint, and the row where it stands. */
    static final class Place implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String text;
        private final String file;
        private final long row;
        private final long line;
        private final int piece;

        Place(String text, RowCursor cursor, int piece) {
            this.text = text;
            this.file = cursor.file();
            this.row = cursor.row();
            this.line = cursor.line();
            this.piece = piece;
        }

        String text() {
            return text;
        }

        String file() {
            return file;
        }

        /** Number of the row, within its piece. */
        long row() {
            return row;
        }

        /** Line of the row, within its piece; 0: rows are not lines. */
        long line() {
            return line;
        }

        /** Number of the piece within the partition. */
        int piece() {
            return piece;
        }
    }

    void endPiece(RowCursor cursor) {
        pieces.add(new Piece(cursor.file(), cursor.row(), cursor.line()));
    }

    void fail(RowCursor cursor, String complaint) {
        failure = new Place(complaint, cursor, pieces.size());
    }

    /** Where a label stands. */
    Place place(String label, RowCursor cursor) {
        return new Place(label, cursor, pieces.size());
    }

    /** Leaves a row out that cannot be used. */
    void skip(RowCursor cursor, String complaint) {
        skippedRows++;
        skipped = skipped == null ? new Place(complaint, cursor, pieces.size()) : skipped;
    }

    /** Takes cells for missing that their columns cannot take. */
    void empty(RowCursor cursor, List<CellException> cells) {
        emptiedCells += cells.size();
        if (emptied == null && !cells.isEmpty()) {
            String complaint = String.valueOf(RawRow.refused(cells.get(0)).getMessage());
            emptied = new Place(complaint, cursor, pieces.size());
        }
    }

    void keep() {
        kept++;
    }

    void drop() {
        weightless++;
    }

    void dropIncomplete() {
        incomplete++;
    }

    int partition() {
        return partition;
    }

    /** The pieces that were read to their end. */
    List<Piece> pieces() {
        return pieces;
    }

    /** The first row that is left out as it cannot be used, if there is one. */
    @Nullable
    Place skipped() {
        return skipped;
    }

    /** Rows left out as they cannot be used. */
    long skippedRows() {
        return skippedRows;
    }

    /** The first cell that counts as missing because its column cannot take it, if any. */
    @Nullable
    Place emptied() {
        return emptied;
    }

    /** Cells that count as missing because their columns cannot take them. */
    long emptiedCells() {
        return emptiedCells;
    }

    /** The first row that ends the work, if there is one. */
    @Nullable
    Place failure() {
        return failure;
    }

    /** Rows dropped because they weigh nothing. */
    long weightless() {
        return weightless;
    }

    /** Rows dropped because they lack a cell. */
    long incomplete() {
        return incomplete;
    }

    /** Rows packed. */
    long kept() {
        return kept;
    }
}
