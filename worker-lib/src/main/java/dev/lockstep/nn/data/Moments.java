package dev.lockstep.nn.data;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Count, mean and sum of squared deviations (M2) of some columns of packed rows, in double.
 *
 * <p>Within a shard in canonical row order (Welford): {@code d = x - mean; mean += d / n; M2 += d (x - mean)}. Shards
 * merge along the {@link ShardTree} (Chan, Golub, LeVeque 1979): {@code d = mean_b - mean_a; mean = mean_a + d (n_b /
 * n); M2 = (M2_a + M2_b) + (d d) (n_a (n_b / n))}, so the bits depend on the rows and the number of shards alone. Row
 * weights are not used: a row (or its valid step) counts once whatever it weighs.
 */
public final class Moments implements Serializable {
    private static final long serialVersionUID = 1L;

    private long count;
    private final double[] mean;
    private final double[] m2;

    private Moments(int columns) {
        mean = new double[columns];
        m2 = new double[columns];
    }

    /**
     * The moments of a shard's features; null if it has no rows. Where rows have lengths of their own, those of the
     * elements of the last dimension, over the valid steps of all rows, in their order.
     */
    public static @Nullable Moments ofFeatures(ShardRows shard, RowLayout layout) {
        if (!layout.sequences()) {
            return of(shard, layout, 0, layout.features().size());
        }
        int perStep = layout.features().rank() == 1 ? 1 : layout.features().last();
        Moments moments = new Moments(perStep);
        for (int i = 0; i < shard.blocks(); i++) {
            Block block = shard.block(i);
            float[] values = block.packed().values();
            for (int row = 0; row < block.rows(); row++) {
                int at = block.packed().start(row);
                int end = at + layout.validFeatures(values, at);
                for (int step = at; step < end; step += perStep) {
                    moments.add(values, step);
                }
            }
        }
        return moments.count == 0 ? null : moments;
    }

    /** The moments of a shard's targets; null if it has no rows. */
    public static @Nullable Moments ofTargets(ShardRows shard, RowLayout layout) {
        return of(shard, layout, layout.targetOffset(), layout.target().size());
    }

    /**
     * The moments of some columns of a shard; null if it has no rows.
     *
     * @param firstColumn the first column: the first feature, or one behind the features
     * @param columns how many columns
     */
    private static @Nullable Moments of(ShardRows shard, RowLayout layout, int firstColumn, int columns) {
        if (shard.rows() == 0) {
            return null;
        }
        Moments moments = new Moments(columns);
        float[] features = new float[firstColumn == 0 && layout.allowsEntries() ? columns : 0];
        for (int i = 0; i < shard.blocks(); i++) {
            RowArray packed = shard.block(i).packed();
            for (int row = 0; row < packed.rows(); row++) {
                if (firstColumn == 0 && packed.isSparse(row)) {
                    packed.features(row, features, 0);
                    moments.add(features, 0);
                } else {
                    moments.add(packed.values(), packed.end(row) - layout.width() + firstColumn);
                }
            }
        }
        return moments;
    }

    private void add(float[] values, int at) {
        count++;
        for (int i = 0; i < mean.length; i++) {
            double x = values[at + i];
            double difference = x - mean[i];
            mean[i] += difference / count;
            m2[i] += difference * (x - mean[i]);
        }
    }

    /** The moments of both parts, this one being the lower shards; changes and returns this one. */
    public Moments merge(Moments right) {
        long total = Math.addExact(count, right.count);
        double share = (double) right.count / total;
        double spread = count * share;
        for (int i = 0; i < mean.length; i++) {
            double difference = right.mean[i] - mean[i];
            mean[i] += difference * share;
            m2[i] = m2[i] + right.m2[i] + difference * difference * spread;
        }
        count = total;
        return this;
    }

    /** How many columns. */
    public int columns() {
        return mean.length;
    }

    /** How many rows. */
    public long count() {
        return count;
    }

    /** The mean of a column. */
    public double mean(int column) {
        return mean[column];
    }

    /** The variance of a column over the rows as the whole population: {@code M2 / n}. */
    public double variance(int column) {
        return m2[column] / count;
    }
}
