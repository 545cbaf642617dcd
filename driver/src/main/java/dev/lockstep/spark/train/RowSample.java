package dev.lockstep.spark.train;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.spark.shard.TaskShards;
import dev.lockstep.spark.sync.ProcessFacts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the first rows of each shard hold, for a person. Rows lie in a shard in the order of a hash, so the first ones
 * are drawn from all of them; which ones depends on the rows, the seed and the number of shards alone.
 */
final class RowSample implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Rows of all shards whose numbers are looked at. */
    private static final int MOST_ROWS = 20_000;

    /** Rows of all shards whose class is counted. */
    private static final int MOST_LABELS = 1 << 20;

    /** Numbers of all shards that are counted one by one. */
    private static final int MOST_CELLS = 200_000;

    /** Numbers of all shards that are summed. */
    private static final int MOST_NUMBERS = 4_000_000;

    private final ArrayList<ProcessFacts> processes = new ArrayList<>();
    private final ArrayList<ColumnProfile> columns;
    private final ArrayList<ColumnProfile> targets;
    private final ColumnProfile lengths = new ColumnProfile();
    private final long[] classes;
    private long rows;
    private long numbers;
    private double sum;
    private double squares;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;

    private RowSample(Plan plan) {
        columns = profiles(plan.columns());
        targets = profiles(plan.targets());
        classes = new long[plan.classes()];
    }

    private static ArrayList<ColumnProfile> profiles(int count) {
        ArrayList<ColumnProfile> profiles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            profiles.add(new ColumnProfile());
        }
        return profiles;
    }

    /**
     * What is looked at.
     *
     * @param layout of the rows
     * @param shards how many there are
     * @param columns how many features are described one by one; 0: all together
     * @param targets how many values to predict are described
     * @param classes how many classes are counted; 0: none are predicted
     * @param tokens whether features are indexes of tokens, of which no mean is taken
     */
    record Plan(RowLayout layout, int shards, int columns, int targets, int classes, boolean tokens)
            implements Serializable {
        private long share(long all) {
            return (all + shards - 1) / shards;
        }

        private long rows() {
            int width = Math.max(1, layout.features().size());
            long most = columns > 0 ? Math.max(MOST_CELLS / columns, 1) : Math.max(MOST_NUMBERS / width, 1);
            return share(Math.min(MOST_ROWS, most));
        }
    }

    /** The sample of a task's shards. */
    static RowSample of(TaskShards task, Plan plan) {
        RowSample sample = new RowSample(plan);
        sample.processes.add(ProcessFacts.here());
        for (ShardRows shard : task.shards()) {
            sample.add(shard, plan);
        }
        return sample;
    }

    private void add(ShardRows shard, Plan plan) {
        long described = plan.rows();
        long most = plan.classes() > 0 ? Math.max(described, plan.share(MOST_LABELS)) : described;
        float[] features = new float[plan.layout().features().size()];
        long seen = 0;
        for (int i = 0; i < shard.blocks() && seen < most; i++) {
            RowArray packed = shard.block(i).packed();
            for (int row = 0; row < packed.rows() && seen < most; row++, seen++) {
                if (seen < described) {
                    rows++;
                    packed.features(row, features, 0);
                    addFeatures(features, valid(packed, row, plan.layout()), plan);
                    addTargets(packed, row);
                }
                addClasses(packed, row, plan.layout());
            }
        }
    }

    private static int valid(RowArray packed, int row, RowLayout layout) {
        return layout.sequences()
                ? layout.validFeatures(packed.values(), packed.start(row))
                : layout.features().size();
    }

    private void addFeatures(float[] features, int valid, Plan plan) {
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).add(features[i]);
        }
        if (plan.layout().sequences()) {
            int perStep = plan.layout().features().rank() == 1
                    ? 1
                    : plan.layout().features().last();
            lengths.add(valid / perStep);
        }
        if (columns.isEmpty() && !plan.tokens()) {
            numbers += valid;
            for (int i = 0; i < valid; i++) {
                double value = features[i];
                sum += value;
                squares += value * value;
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
        }
    }

    private void addTargets(RowArray packed, int row) {
        int at = packed.restStart(row);
        for (int i = 0; i < targets.size(); i++) {
            targets.get(i).add(packed.values()[at + i]);
        }
    }

    private void addClasses(RowArray packed, int row, RowLayout layout) {
        if (classes.length == 0) {
            return;
        }
        int count = layout.target().size();
        if (layout.sequences() && count > 1) {
            int perStep = layout.features().size() / count;
            count = Math.min(count, valid(packed, row, layout) / Math.max(1, perStep));
        }
        int at = packed.restStart(row);
        for (int i = 0; i < count; i++) {
            int label = (int) packed.values()[at + i];
            if (label >= 0 && label < classes.length) {
                classes[label]++;
            }
        }
    }

    /** Takes in the sample of other shards; returns this one. */
    RowSample merge(RowSample other) {
        processes.addAll(other.processes);
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).merge(other.columns.get(i));
        }
        for (int i = 0; i < targets.size(); i++) {
            targets.get(i).merge(other.targets.get(i));
        }
        lengths.merge(other.lengths);
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        rows += other.rows;
        numbers += other.numbers;
        sum += other.sum;
        squares += other.squares;
        least = Math.min(least, other.least);
        greatest = Math.max(greatest, other.greatest);
        return this;
    }

    /** The processes that hold the shards, each once. */
    List<ProcessFacts> processes() {
        return processes.stream()
                .distinct()
                .sorted((left, right) -> left.name().compareTo(right.name()))
                .toList();
    }

    /** How many rows were looked at. */
    long rows() {
        return rows;
    }

    List<ColumnProfile> columns() {
        return columns;
    }

    List<ColumnProfile> targets() {
        return targets;
    }

    long[] classes() {
        return classes;
    }

    /** Steps of the rows; null where rows are no sequences. */
    @Nullable
    ColumnProfile lengths() {
        return lengths.rows() == 0 ? null : lengths;
    }

    /**
     * All features together: how many numbers, their mean, standard deviation, least and greatest; null where they are
     * described one by one or are no numbers.
     */
    double @Nullable [] numbers() {
        if (numbers == 0) {
            return null;
        }
        double mean = sum / numbers;
        return new double[] {mean, Math.sqrt(Math.max(0, squares / numbers - mean * mean)), least, greatest};
    }
}
