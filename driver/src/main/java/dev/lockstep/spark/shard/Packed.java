package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.ClassIndex;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Packed rows of one partition whose labels are still indexes into the partition's own list of labels; with the last of
 * them comes the partition's report.
 */
final class Packed implements Serializable {
    private static final long serialVersionUID = 1L;

    private final PackedRows rows;
    private final String[] labels;
    private final @Nullable PartitionReport report;

    Packed(PackedRows rows, String[] labels) {
        this(rows, labels, null);
    }

    Packed(PackedRows rows, String[] labels, @Nullable PartitionReport report) {
        this.rows = rows;
        this.labels = labels;
        this.report = report;
    }

    /** The report; none but for the partition's last element. */
    @Nullable
    PartitionReport report() {
        return report;
    }

    /** The rows as they were read. */
    PackedRows rows() {
        return rows;
    }

    /**
     * A copy of the rows with the indexes of their classes.
     *
     * @param classes index of each label
     * @param width floats a row
     * @param target where in a row the label lies
     */
    PackedRows classified(ClassIndex classes, int width, int target) {
        int[] index = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            index[i] = classes.index(labels[i]);
        }
        float[] values = rows.values().clone();
        for (int row = 0; row < rows.rows(); row++) {
            int at = row * width + target;
            values[at] = index[(int) values[at]];
        }
        return new PackedRows(values, rows.rows(), rows.aside());
    }
}
