package dev.lockstep.spark.shard;

import java.io.Serializable;

/** Some packed rows of one partition, on their way from the source to their shards. Read only. */
public final class PackedRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[] values;
    private final int rows;

    public PackedRows(float[] values, int rows) {
        this.values = values;
        this.rows = rows;
    }

    public float[] values() {
        return values;
    }

    public int rows() {
        return rows;
    }
}
