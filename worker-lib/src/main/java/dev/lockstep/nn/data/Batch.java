package dev.lockstep.nn.data;

import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one step, gathered from a contiguous range of shards: the rows of the range's shard {@code i} are
 * {@code rowStart(i)} to {@code rowStart(i + 1) - 1}. Allocated once for the largest step and refilled.
 */
public final class Batch {
    private final RowLayout layout;
    private final int capacity;
    private final Tensor features;
    private final Tensor targets;
    private final float[] weights;
    private final int @Nullable [] lengths;
    private final long[] keys;
    private final int[] rowStart;
    private int shards;

    /** Room for {@code capacity} rows of at most {@code shards} shards. */
    public Batch(RowLayout layout, int capacity, int shards) {
        this.layout = layout;
        this.capacity = capacity;
        this.features = Tensor.allocate(capacity, layout.features());
        this.targets = Tensor.allocate(capacity, layout.target());
        this.weights = new float[capacity];
        this.lengths = layout.sequences() ? new int[capacity] : null;
        this.keys = new long[capacity];
        this.rowStart = new int[shards + 1];
    }

    /** Forgets all rows and shards. */
    public void clear() {
        shards = 0;
    }

    /**
     * Appends one row to the shard being filled.
     *
     * @param values read: packed rows of this batch's layout
     * @param at where the row begins in {@code values}
     * @param key identifies the row to random streams outside training (the hash of its features); 0 in training
     */
    public void addRow(float[] values, int at, long key) {
        int row = rowStart[shards + 1];
        if (row == capacity) {
            throw new IllegalStateException("batch of " + capacity + " rows is full");
        }
        System.arraycopy(
                values,
                at,
                features.array(),
                features.rowOffset(row),
                layout.features().size());
        System.arraycopy(
                values,
                at + layout.targetOffset(),
                targets.array(),
                targets.rowOffset(row),
                layout.target().size());
        weights[row] = layout.weighted() ? values[at + layout.weightOffset()] : 1f;
        if (lengths != null) {
            lengths[row] = (int) values[at + layout.lengthOffset()];
        }
        keys[row] = key;
        rowStart[shards + 1] = row + 1;
    }

    /** Begins the next shard's rows; call before its first {@link #addRow}, also when it has none. */
    public void beginShard() {
        rowStart[shards + 1] = rowStart[shards];
    }

    /** Ends the shard begun by {@link #beginShard()}. */
    public void endShard() {
        shards++;
    }

    /** Rows in use. */
    public int rows() {
        return rowStart[shards];
    }

    /** Shards that have been filled, those without rows included. */
    public int shards() {
        return shards;
    }

    /** First row of each shard, and after the last one the number of rows; valid up to index {@link #shards()}. */
    public int[] rowStart() {
        return rowStart;
    }

    /** Features, one row each; values beyond {@link #rows()} are stale. */
    public Tensor features() {
        return features;
    }

    /** Targets, one row each. */
    public Tensor targets() {
        return targets;
    }

    /** Row weights. */
    public float[] weights() {
        return weights;
    }

    /** Valid steps of each row's sequence, or null where all are valid. */
    public int @Nullable [] lengths() {
        return lengths;
    }

    /** Sets the features of steps beyond the ends of rows to 0. */
    public void clearPadding() {
        if (lengths == null) {
            return;
        }
        int floats = layout.features().size() / layout.features().dimension(0);
        for (int row = 0; row < rows(); row++) {
            int from = features.rowOffset(row) + lengths[row] * floats;
            Arrays.fill(features.array(), from, features.rowOffset(row + 1), 0f);
        }
    }

    /** Keys of the rows for random streams outside training. */
    public long[] keys() {
        return keys;
    }

    /** How a row is packed. */
    public RowLayout layout() {
        return layout;
    }
}
