package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.JavaBytes;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of packed rows of one partition whose labels are still indexes into the chunk's own list of labels; with the
 * last chunk comes the partition's report.
 */
final class Packed implements Serializable {
    private static final long serialVersionUID = 1L;

    private final PackedRows rows;
    private final String[] labels;
    private final byte @Nullable [] report;

    Packed(PackedRows rows, String[] labels) {
        this(rows, labels, null);
    }

    Packed(PackedRows rows, String[] labels, @Nullable PackReports report) {
        this.rows = rows;
        this.labels = labels;
        this.report = report == null ? null : JavaBytes.of(report);
    }

    /** The {@link PackReports} of the partition, with its labels, as {@link JavaBytes}; none but for its last chunk. */
    byte @Nullable [] report() {
        return report;
    }

    /** The rows as they were read. */
    PackedRows rows() {
        return rows;
    }

    /** A copy of the rows with the indexes of their classes. */
    PackedRows classified(ClassIndex classes) {
        int[] index = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            index[i] = classes.index(labels[i]);
        }
        RowArray copy = rows.rows().copy();
        for (int row = 0; row < copy.rows(); row++) {
            int target = copy.restStart(row);
            copy.values()[target] = index[(int) copy.values()[target]];
        }
        return new PackedRows(copy, rows.aside());
    }
}
