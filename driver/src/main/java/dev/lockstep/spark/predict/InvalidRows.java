package dev.lockstep.spark.predict;

import dev.lockstep.spark.ingest.CompleteRows;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/** What becomes of rows that have a missing cell, or one that is not finite, among their features. */
public final class InvalidRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Policy policy;
    private final CompleteRows complete;

    /** What can become of them. */
    public enum Policy {
        /** They are an error that names them. */
        ERROR,
        /** They are left out. */
        SKIP,
        /** They get no predictions. */
        KEEP
    }

    /**
     * What becomes of them.
     *
     * @param complete which rows are none of them
     */
    public InvalidRows(Policy policy, CompleteRows complete) {
        this.policy = policy;
        this.complete = complete;
    }

    /** All are errors. */
    static InvalidRows refused() {
        return new InvalidRows(Policy.ERROR, new CompleteRows(new int[0]));
    }

    boolean isLeftOut(Row row) {
        return policy == Policy.SKIP && !complete.call(row);
    }

    boolean isKept(Row row) {
        return policy == Policy.KEEP && !complete.call(row);
    }
}
