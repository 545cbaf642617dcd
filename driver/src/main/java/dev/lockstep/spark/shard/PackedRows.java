package dev.lockstep.spark.shard;

import java.io.Serializable;

/** Some packed rows of one partition, on their way from the source to their shards. Read only. */
final class PackedRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[] values;
    private final int rows;

    PackedRows(float[] values, int rows) {
        this.values = values;
        this.rows = rows;
    }

    float[] values() {
        return values;
    }

    int rows() {
        return rows;
    }
}
