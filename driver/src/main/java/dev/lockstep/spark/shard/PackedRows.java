package dev.lockstep.spark.shard;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Some packed rows of one partition, on their way from the source to their shards. Read only. */
final class PackedRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[] values;
    private final int rows;
    /** Whether each row is set aside for validation; null where that is not decided yet. */
    private final boolean @Nullable [] aside;

    PackedRows(float[] values, int rows) {
        this(values, rows, null);
    }

    PackedRows(float[] values, int rows, boolean @Nullable [] aside) {
        this.values = values;
        this.rows = rows;
        this.aside = aside;
    }

    /** Whether each row is set aside for validation; null where that is not decided yet. */
    boolean @Nullable [] aside() {
        return aside;
    }

    float[] values() {
        return values;
    }

    int rows() {
        return rows;
    }
}
