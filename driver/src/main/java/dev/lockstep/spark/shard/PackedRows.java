package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowArray;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Some packed rows of one partition, on their way from the source to their shards. Read only. */
final class PackedRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowArray rows;
    /** Whether each row is set aside for validation; null where that is not decided yet. */
    private final boolean @Nullable [] aside;

    PackedRows(RowArray rows) {
        this(rows, null);
    }

    PackedRows(RowArray rows, boolean @Nullable [] aside) {
        this.rows = rows;
        this.aside = aside;
    }

    /** Whether each row is set aside for validation; null where that is not decided yet. */
    boolean @Nullable [] aside() {
        return aside;
    }

    RowArray rows() {
        return rows;
    }
}
