package dev.lockstep.spark.train;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.shard.TaskShards;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What a person should know of training and validation rows side by side, and of columns that number the rows. */
final class RowNotices {
    /** Rows are compared, and numbers counted, up to so many. */
    private static final long MOST_ROWS = 1 << 20;

    /** About so many of the validation rows are looked for among the training rows. */
    private static final int MOST_SOUGHT = 1 << 15;

    private static final int MOST_CLASSES = 1000;
    private static final int MOST_COLUMNS = 1000;

    /** A smaller share of rows that are equal may be chance. */
    private static final double LEAST_SHARED = 0.05;

    private final JobData data;

    RowNotices(JobData data) {
        this.data = data;
    }

    /** A line each. */
    List<String> notices() {
        List<String> notices = new ArrayList<>();
        ShardedData validation = data.validation();
        if (validation != null) {
            noteShared(validation, notices);
            noteClasses(validation, notices);
        }
        return notices;
    }

    private void noteShared(ShardedData validation, List<String> notices) {
        if (validation.rows() > MOST_ROWS) {
            return;
        }
        long mask = sampleMask(validation.rows());
        long[] sought = keys(validation, mask);
        long shared = shared(data.training(), sought);
        if (shared > 0 && shared >= LEAST_SHARED * sought.length) {
            notices.add("data.validation: " + shared + " of " + (mask == 0 ? "" : "a sample of ") + sought.length
                    + " distinct rows are equal to training rows in all features, so their metrics say nothing"
                    + " about new rows");
        }
    }

    /** The bits of a hash that have to be 0 so that of so many rows about {@code MOST_SOUGHT} are left, or fewer. */
    private static long sampleMask(long rows) {
        long mask = 0;
        while (rows / (mask + 1) > MOST_SOUGHT) {
            mask = 2 * mask + 1;
        }
        return mask;
    }

    /** The different rows' hashes of their features, sorted; those in which the bits of the mask are 0. */
    private static long[] keys(ShardedData rows, long mask) {
        RowLayout layout = rows.layout();
        return rows
                .rdd()
                .map(task -> {
                    LongStream.Builder keys = LongStream.builder();
                    forEachRow(task, (packed, row) -> {
                        long key = CanonicalOrder.rowKey(layout, packed, row, 0);
                        if ((key & mask) == 0) {
                            keys.add(key);
                        }
                    });
                    return keys.build().toArray();
                })
                .collect()
                .stream()
                .flatMapToLong(Arrays::stream)
                .sorted()
                .distinct()
                .toArray();
    }

    /** How many of the hashes some row has. */
    private static long shared(ShardedData rows, long[] sought) {
        RowLayout layout = rows.layout();
        BitSet found = new BitSet();
        for (BitSet part : rows.rdd()
                .map(task -> {
                    BitSet hits = new BitSet();
                    forEachRow(task, (packed, row) -> {
                        int hit = Arrays.binarySearch(sought, CanonicalOrder.rowKey(layout, packed, row, 0));
                        if (hit >= 0) {
                            hits.set(hit);
                        }
                    });
                    return hits;
                })
                .collect()) {
            found.or(part);
        }
        return found.cardinality();
    }

    private void noteClasses(ShardedData validation, List<String> notices) {
        if (data.classes() == 0 || data.classes() > MOST_CLASSES || !hasOneTarget(validation)) {
            return;
        }
        long[] trained = classes(data.training());
        long[] validated = classes(validation);
        List<String> unknown = named(i -> trained[i] == 0 && validated[i] > 0);
        List<String> absent = named(i -> trained[i] > 0 && validated[i] == 0);
        if (!unknown.isEmpty()) {
            notices.add("data.validation: no training row has the class " + Excerpt.list(unknown)
                    + ", which validation rows have, so the network cannot learn it");
        }
        if (!absent.isEmpty()) {
            notices.add("data.validation: no row has the class " + Excerpt.list(absent)
                    + ", so its metrics say nothing about it");
        }
    }

    private static boolean hasOneTarget(ShardedData rows) {
        return rows.layout().target().size() == 1;
    }

    private List<String> named(IntPredicate which) {
        List<String> names = data.schema().classNames();
        return IntStream.range(0, data.classes())
                .filter(which)
                .mapToObj(i -> names == null ? Integer.toString(i) : names.get(i))
                .toList();
    }

    private long[] classes(ShardedData rows) {
        int count = data.classes();
        long[] all = new long[count];
        for (long[] part : rows.rdd()
                .map(task -> {
                    long[] counts = new long[count];
                    forEachRow(task, (packed, row) -> counts[(int) packed.values()[packed.restStart(row)]]++);
                    return counts;
                })
                .collect()) {
            Arrays.setAll(all, i -> all[i] + part[i]);
        }
        return all;
    }

    /**
     * Which features number the training rows: whole numbers that differ, with hardly a gap between them.
     *
     * @param columns how many features there are
     */
    boolean[] counting(int columns) {
        boolean[] counting = new boolean[columns];
        ShardedData training = data.training();
        long all = training.rows()
                + (data.validation() == null ? 0 : data.validation().rows());
        // One column alone is all that there is to learn from, such as the time of a series.
        if (columns < 2 || columns > MOST_COLUMNS || all > MOST_ROWS) {
            return counting;
        }
        int features = training.layout().features().size();
        List<Integers> parts = training.rdd()
                .map(task -> {
                    Integers part = new Integers(columns);
                    float[] whole = new float[features];
                    forEachRow(task, (packed, row) -> {
                        packed.features(row, whole, 0);
                        part.add(whole);
                    });
                    return part;
                })
                .collect();
        Integers numbers = new Integers(columns);
        parts.forEach(numbers::merge);
        for (int i = 0; i < columns; i++) {
            counting[i] = numbers.whole[i] && numbers.greatest[i] - numbers.least[i] < all;
        }
        if (IntStream.range(0, columns).noneMatch(i -> counting[i])) {
            return counting;
        }
        for (int i = 0; i < columns; i++) {
            counting[i] = counting[i] && distinct(training, i, numbers.least[i]) == training.rows();
        }
        return counting;
    }

    private static long distinct(ShardedData rows, int feature, float least) {
        BitSet seen = new BitSet();
        for (BitSet part : rows.rdd()
                .map(task -> {
                    BitSet bits = new BitSet();
                    forEachRow(task, (packed, row) -> bits.set((int) (packed.feature(row, feature) - least)));
                    return bits;
                })
                .collect()) {
            seen.or(part);
        }
        return seen.cardinality();
    }

    /** Looks at a packed row. */
    private interface RowUse {
        void row(RowArray packed, int row);
    }

    private static void forEachRow(TaskShards task, RowUse use) {
        for (ShardRows shard : task.shards()) {
            for (int i = 0; i < shard.blocks(); i++) {
                RowArray packed = shard.block(i).packed();
                for (int row = 0; row < packed.rows(); row++) {
                    use.row(packed, row);
                }
            }
        }
    }

    /** Which features hold whole numbers, and between which bounds. */
    private static final class Integers implements Serializable {
        private static final long serialVersionUID = 1L;

        private final boolean[] whole;
        private final float[] least;
        private final float[] greatest;

        Integers(int columns) {
            whole = new boolean[columns];
            least = new float[columns];
            greatest = new float[columns];
            Arrays.fill(whole, true);
            Arrays.fill(least, Float.POSITIVE_INFINITY);
            Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        }

        void add(float[] values) {
            for (int i = 0; i < least.length; i++) {
                float value = values[i];
                whole[i] &= value == Math.rint(value);
                least[i] = Math.min(least[i], value);
                greatest[i] = Math.max(greatest[i], value);
            }
        }

        void merge(Integers other) {
            for (int i = 0; i < least.length; i++) {
                whole[i] &= other.whole[i];
                least[i] = Math.min(least[i], other.least[i]);
                greatest[i] = Math.max(greatest[i], other.greatest[i]);
            }
        }
    }
}
