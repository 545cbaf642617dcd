package dev.lockstep.nn.data;

import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one step, gathered from a contiguous range of shards: the rows of the range's shard {@code i} are
 * {@code rowStart(i)} to {@code rowStart(i + 1) - 1}. Allocated once for the largest step and refilled.
 *
 * <p>Features are a tensor, or, for networks that read entries, a sparse matrix, if the first row of the step is kept
 * as entries. {@link #features} makes them whole.
 */
public final class Batch {
    private final RowLayout layout;
    private final int capacity;
    private final boolean readsEntries;
    /** Allocated when first needed. */
    private @Nullable Tensor features;
    /** Stands for the features while they are entries. */
    private final Tensor entryFeatures;

    private final SparseMatrix entries = new SparseMatrix();
    private int[] entryStart = {0};
    private int[] indexes = {};
    private float[] entryValues = {};
    private boolean sparse;
    private boolean alwaysEntries;
    private final Tensor targets;
    private final float[] weights;
    private final int @Nullable [] lengths;
    private final long[] keys;
    private final int[] rowStart;
    private int shards;

    /** Room for {@code capacity} rows of at most {@code shards} shards. */
    public Batch(RowLayout layout, int capacity, int shards) {
        this(layout, capacity, shards, false);
    }

    /**
     * The same for a network that may read entries.
     *
     * @param readsEntries whether it does
     */
    public Batch(RowLayout layout, int capacity, int shards, boolean readsEntries) {
        this.layout = layout;
        this.capacity = capacity;
        this.readsEntries = readsEntries && layout.allowsEntries();
        this.entryFeatures = new Tensor(new float[0], 0, layout.features());
        this.targets = Tensor.allocate(capacity, layout.target());
        this.weights = new float[capacity];
        this.lengths = layout.sequences() ? new int[capacity] : null;
        this.keys = new long[capacity];
        this.rowStart = new int[shards + 1];
        if (this.readsEntries) {
            entryStart = new int[capacity + 1];
        }
        clear();
    }

    /**
     * From now on the features are entries in every step, if the network may read them, however the step's first row is
     * kept: for updates that tell features that a step has from others.
     */
    public void keepEntries() {
        alwaysEntries = true;
    }

    /** Forgets all rows and shards. */
    public void clear() {
        shards = 0;
        sparse = readsEntries;
    }

    /**
     * Appends one row to the shard being filled.
     *
     * @param values read: packed rows of this batch's layout, whole
     * @param at where the row begins in {@code values}
     * @param key identifies the row to random streams outside training (the hash of its features); 0 in training
     */
    public void addRow(float[] values, int at, long key) {
        int row = beginRow(false);
        if (sparse) {
            addEntries(row, values, at);
        } else {
            Tensor whole = whole();
            System.arraycopy(
                    values,
                    at,
                    whole.array(),
                    whole.rowOffset(row),
                    layout.features().size());
        }
        endRow(row, values, at + layout.targetOffset(), key);
    }

    /**
     * Appends one row to the shard being filled.
     *
     * @param rows read
     * @param number which of them
     * @param key as above
     */
    public void addRow(RowArray rows, int number, long key) {
        int row = beginRow(rows.isSparse(number));
        if (!sparse) {
            Tensor whole = whole();
            rows.features(number, whole.array(), whole.rowOffset(row));
        } else if (rows.isSparse(number)) {
            int from = rows.entryStart(number);
            int count = rows.entryEnd(number) - from;
            reserve(entryStart[row], count);
            System.arraycopy(rows.indexes(), from, indexes, entryStart[row], count);
            System.arraycopy(rows.values(), rows.start(number), entryValues, entryStart[row], count);
            entryStart[row + 1] = entryStart[row] + count;
        } else {
            addEntries(row, rows.values(), rows.start(number));
        }
        endRow(row, rows.values(), rows.restStart(number), key);
    }

    /**
     * Replaces what the batch holds by rows of one shard, whose keys are 0 as in training.
     *
     * @param rows all of them; read
     */
    public void fill(RowArray rows) {
        clear();
        beginShard();
        for (int row = 0; row < rows.rows(); row++) {
            addRow(rows, row, 0);
        }
        endShard();
    }

    /** The first row decides. */
    private int beginRow(boolean asEntries) {
        int row = rowStart[shards + 1];
        if (row == capacity) {
            throw new IllegalStateException("batch of " + capacity + " rows is full");
        }
        sparse &= row > 0 || asEntries || alwaysEntries;
        return row;
    }

    private void addEntries(int row, float[] values, int at) {
        int to = entryStart[row];
        for (int i = 0; i < layout.features().size(); i++) {
            if (Float.floatToRawIntBits(values[at + i]) != 0) {
                reserve(to, 1);
                indexes[to] = i;
                entryValues[to++] = values[at + i];
            }
        }
        entryStart[row + 1] = to;
    }

    private void reserve(int used, int more) {
        int needed = Math.addExact(used, more);
        if (needed > indexes.length) {
            indexes = Arrays.copyOf(indexes, Math.addExact(needed, needed / 2));
            entryValues = Arrays.copyOf(entryValues, indexes.length);
        }
    }

    /** What follows the features. */
    private void endRow(int row, float[] values, int rest, long key) {
        int targetSize = layout.target().size();
        System.arraycopy(values, rest, targets.array(), targets.rowOffset(row), targetSize);
        weights[row] = layout.weighted() ? values[rest + targetSize] : 1f;
        if (lengths != null) {
            lengths[row] = (int) values[rest + layout.rest() - 1];
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

    /**
     * Features, one row each; values beyond {@link #rows()} are stale. If they are entries, they are made whole first.
     */
    public Tensor features() {
        Tensor whole = whole();
        if (sparse) {
            sparse = false;
            int size = layout.features().size();
            Arrays.fill(whole.array(), 0, rows() * size, 0f);
            for (int row = 0; row < rows(); row++) {
                for (int entry = entryStart[row]; entry < entryStart[row + 1]; entry++) {
                    whole.array()[row * size + indexes[entry]] = entryValues[entry];
                }
            }
        }
        return whole;
    }

    private Tensor whole() {
        if (features == null) {
            features = Tensor.allocate(capacity, layout.features());
        }
        return features;
    }

    /** What the first layer takes in: the features, or what stands for them while they are {@link #entries}. */
    public Tensor input() {
        return sparse ? entryFeatures : features();
    }

    /** The features where they are entries; null where they are whole. Its values may be changed. */
    public @Nullable SparseMatrix entries() {
        return sparse
                ? entries.at(
                        entryStart,
                        indexes,
                        entryValues,
                        rows(),
                        layout.features().size())
                : null;
    }

    /** The features where x stands for them, see {@link #input}; null where x is a tensor of numbers. */
    public @Nullable SparseMatrix entries(Tensor x) {
        return x == entryFeatures ? entries() : null;
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
        Tensor features = whole();
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
