package dev.lockstep.spark.predict;

import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.ingest.CompleteRows;
import dev.lockstep.spark.ingest.IngestException;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** What to do with rows that cannot be predicted. */
public final class InvalidRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Policy policy;
    private final CompleteRows complete;
    /** Counts rows that cannot be read, whatever the reason; none where these are errors. */
    private final @Nullable LongAccumulator unreadable;

    private final @Nullable CollectionAccumulator<String> complaints;

    /** The choices. */
    public enum Policy {
        /** They are an error that names them. */
        ERROR,
        /** They are left out. */
        SKIP,
        /** They get no predictions. */
        KEEP
    }

    /**
     * What to do with rows that have a missing cell, or one that is not finite, among their features; others that
     * cannot be read are errors.
     *
     * @param complete which rows are none of them
     */
    public InvalidRows(Policy policy, CompleteRows complete) {
        this(policy, complete, null, null);
    }

    private InvalidRows(
            Policy policy,
            CompleteRows complete,
            @Nullable LongAccumulator unreadable,
            @Nullable CollectionAccumulator<String> complaints) {
        this.policy = policy;
        this.complete = complete;
        this.unreadable = unreadable;
        this.complaints = complaints;
    }

    /** All are errors. */
    static InvalidRows refused() {
        return new InvalidRows(Policy.ERROR, new CompleteRows(new int[0]));
    }

    /** What to do with rows that cannot be read, whatever the reason; they are counted. */
    public static InvalidRows of(OnError onError, SparkContext context) {
        return switch (onError) {
            case FAIL -> refused();
            case SKIP -> counted(Policy.SKIP, context);
            case NULL -> counted(Policy.KEEP, context);
        };
    }

    private static InvalidRows counted(Policy policy, SparkContext context) {
        return new InvalidRows(
                policy, new CompleteRows(new int[0]), context.longAccumulator(), context.collectionAccumulator());
    }

    /** Whether rows may be left out. */
    boolean leavesOut() {
        return policy == Policy.SKIP;
    }

    boolean isLeftOut(Row row) {
        return policy == Policy.SKIP && !complete.call(row);
    }

    boolean isKept(Row row) {
        return policy == Policy.KEEP && !complete.call(row);
    }

    /**
     * Counts a row that cannot be read.
     *
     * @param first whether it is the first one of its partition
     * @return whether it stays, without predictions
     * @throws IngestException the reason, where such rows are errors
     */
    boolean keepsUnreadable(IngestException reason, boolean first) {
        if (unreadable == null || complaints == null) {
            throw reason;
        }
        unreadable.add(1L);
        if (first) {
            complaints.add(String.valueOf(reason.getMessage()));
        }
        return policy == Policy.KEEP;
    }

    /** What a person should know, when all rows are predicted. */
    public List<String> notices() {
        if (unreadable == null || complaints == null || unreadable.isZero()) {
            return List.of();
        }
        return List.of(unreadable.value() + " rows "
                + (policy == Policy.SKIP ? "are left out" : "have no predictions")
                + ", which cannot be predicted; one of them is "
                + complaints.value().get(0));
    }
}
