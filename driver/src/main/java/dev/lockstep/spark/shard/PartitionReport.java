package dev.lockstep.spark.shard;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the driver must know of a packed partition. */
final class PartitionReport implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int partition;
    private final ArrayList<Piece> pieces = new ArrayList<>();
    private final ArrayList<Place> labels = new ArrayList<>();
    private @Nullable Place failure;
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

        Piece(String file, long rows) {
            this.file = file;
            this.rows = rows;
        }

        String file() {
            return file;
        }

        long rows() {
            return rows;
        }
    }

    /** A label or a complaint, and the row where it stands. */
    static final class Place implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String text;
        private final String file;
        private final long row;
        private final int piece;

        Place(String text, String file, long row, int piece) {
            this.text = text;
            this.file = file;
            this.row = row;
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

        /** Number of the piece within the partition. */
        int piece() {
            return piece;
        }
    }

    void endPiece(String file, long rows) {
        pieces.add(new Piece(file, rows));
    }

    void fail(String file, long row, String complaint) {
        failure = new Place(complaint, file, row, pieces.size());
    }

    void label(String label, String file, long row) {
        labels.add(new Place(label, file, row, pieces.size()));
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

    /** Where each distinct label stands first. */
    List<Place> labels() {
        return labels;
    }

    /** The first row that cannot be used, if there is one. */
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
