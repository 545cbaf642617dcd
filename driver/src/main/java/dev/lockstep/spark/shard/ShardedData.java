package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.spark.ingest.IngestException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Tuple3;
import scala.Tuple4;

/**
 * Rows as canonical shards on the cluster: persisted, a partition a task. Neither the partitions of the source nor the
 * order of its rows nor the number of ranks shows in what a shard holds.
 *
 * <p>An executor that is lost takes its shards along; Spark builds them again from the source, and they must then be
 * what they were.
 */
public final class ShardedData implements AutoCloseable {
    private final Recipe recipe;
    private final List<ShardSummary> shards;
    private ShardAssignment assignment;
    private JavaRDD<TaskShards> stored;
    private JavaRDD<TaskShards> checked;

    private ShardedData(
            Recipe recipe, ShardAssignment assignment, JavaRDD<TaskShards> stored, List<ShardSummary> shards) {
        this.recipe = recipe;
        this.shards = shards;
        use(assignment, stored);
    }

    private void use(ShardAssignment newAssignment, JavaRDD<TaskShards> newlyStored) {
        assignment = newAssignment;
        stored = newlyStored;
        String source = recipe.source();
        ShardSummary[] expected = shards.toArray(ShardSummary[]::new);
        checked = stored.map(task -> check(source, task, expected));
    }

    /**
     * How shards are built, on whichever tasks.
     *
     * @param source what errors call the rows
     * @param rows the rows
     * @param layout how they are packed
     * @param numbersPerRow how many numbers a row takes, on average: values, and indexes of entries
     * @param cuts where shards begin
     * @param hashSeed of the canonical order
     */
    private record Recipe(
            String source,
            JavaRDD<PackedRows> rows,
            RowLayout layout,
            int numbersPerRow,
            Broadcast<CutPlan> cuts,
            long hashSeed) {
        JavaRDD<TaskShards> shards(ShardAssignment assignment) {
            RowLayout packing = layout;
            Broadcast<CutPlan> plan = cuts;
            long seed = hashSeed;
            JavaPairRDD<Long, byte[]> chunks = rows.mapPartitionsToPair(
                            partition -> new RowRouter(partition, plan.value(), packing, seed))
                    .repartitionAndSortWithinPartitions(new ByTask(assignment));
            return new ShardsRdd(source, chunks, layout, assignment, cuts, hashSeed)
                    .toJavaRDD()
                    .setName("shards of " + source)
                    .persist(StorageLevel.MEMORY_AND_DISK());
        }
    }

    /**
     * Cuts rows into shards and stores them.
     *
     * @param source what errors call the rows
     * @param rows the rows; read twice
     * @param layout how they are packed
     * @param assignment which rank owns which shards
     * @param seed the job's seed
     */
    static ShardedData build(
            String source, JavaRDD<PackedRows> rows, RowLayout layout, ShardAssignment assignment, long seed) {
        long hashSeed = CanonicalOrder.hashSeed(seed);
        long[] counts = rows.mapPartitions(partition -> {
                    // Behind the buckets stands how many numbers the rows take.
                    long[] buckets = new long[CutPlan.BUCKETS + 1];
                    partition.forEachRemaining(chunk -> count(chunk, layout, hashSeed, buckets));
                    return List.of(buckets).iterator();
                })
                .treeReduce(ShardedData::add);
        long[] rowsOfBuckets = Arrays.copyOf(counts, CutPlan.BUCKETS);
        long count = Math.max(1, Arrays.stream(rowsOfBuckets).sum());
        int numbersPerRow = Math.toIntExact((counts[CutPlan.BUCKETS] + count - 1) / count);
        CutPlan plan = CutPlan.of(rowsOfBuckets, assignment.shards(), Math.max(1, numbersPerRow));
        JavaSparkContext context = JavaSparkContext.fromSparkContext(rows.context());
        Recipe recipe = new Recipe(source, rows, layout, numbersPerRow, context.broadcast(plan), hashSeed);
        JavaRDD<TaskShards> stored = recipe.shards(assignment);
        try {
            return new ShardedData(recipe, assignment, stored, summaries(stored));
        } catch (RuntimeException e) {
            stored.unpersist(false);
            throw e;
        }
    }

    /** Builds all shards. Tuples, not records, come back: Kryo cannot set the fields of a record. */
    private static List<ShardSummary> summaries(JavaRDD<TaskShards> stored) {
        return stored
                .flatMap(task -> task.shards().stream()
                        .map(shard -> new Tuple4<>(shard.shard(), shard.rows(), shard.rowWeight(), shard.digest()))
                        .iterator())
                .collect()
                .stream()
                .map(shard -> new ShardSummary(shard._1(), shard._2(), shard._3(), shard._4()))
                .toList();
    }

    private static void count(PackedRows packed, RowLayout layout, long hashSeed, long[] buckets) {
        RowArray rows = packed.rows();
        for (int row = 0; row < rows.rows(); row++) {
            buckets[CutPlan.bucket(CanonicalOrder.hash(layout, rows, row, hashSeed))]++;
        }
        buckets[CutPlan.BUCKETS] += (long) rows.floats() + rows.entries();
    }

    private static long[] add(long[] left, long[] right) {
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    private static TaskShards check(String source, TaskShards task, ShardSummary[] expected) {
        for (ShardRows shard : task.shards()) {
            ShardSummary first = expected[shard.shard()];
            if (!ShardSummary.of(shard).equals(first)) {
                throw new IngestException(String.format(
                        "%s: shard %d was built again with %d rows and digest %016x, but had %d rows and digest %016x;"
                                + " the source changed while the job ran",
                        source, shard.shard(), shard.rows(), shard.digest(), first.rows(), first.digest()));
            }
        }
        return task;
    }

    /**
     * Divides the shards again, after executors have been lost or have come: builds them again from the source.
     *
     * @param newAssignment of as many shards
     * @throws IngestException if they are not what they were
     */
    public void reassign(ShardAssignment newAssignment) {
        if (newAssignment.shards() != shards.size()) {
            throw new IllegalArgumentException(
                    "expected an assignment of " + shards.size() + " shards, got " + newAssignment.shards());
        }
        stored.unpersist(false);
        use(newAssignment, recipe.shards(newAssignment));
        checked.foreach(task -> {});
    }

    /** The tasks' shards, one element a partition; a task fails if its shards are not those of the first time. */
    public JavaRDD<TaskShards> rdd() {
        return checked;
    }

    /** What the rows are called in errors. */
    public String source() {
        return recipe.source();
    }

    /** How rows are packed. */
    public RowLayout layout() {
        return recipe.layout();
    }

    /** Whether rows are mostly kept as entries. */
    public boolean isSparse() {
        return recipe.numbersPerRow() <= layout().width() / 2;
    }

    /** Which rank owns which shards. */
    public ShardAssignment assignment() {
        return assignment;
    }

    /** All shards, in order. */
    public List<ShardSummary> shards() {
        return shards;
    }

    /** How many rows there are in all. */
    public long rows() {
        return shards.stream().mapToLong(ShardSummary::rows).sum();
    }

    /** What all rows weigh, the shards one after the other: a row of weight 3 is three rows. */
    public double rowWeight() {
        double weight = 0;
        for (ShardSummary shard : shards) {
            weight += shard.rowWeight();
        }
        return weight;
    }

    /**
     * Counts, means and variances of the features over all rows, along the shard tree.
     *
     * @throws IngestException if there are no rows
     */
    public Moments moments() {
        return measure(Moments::ofFeatures, Moments::merge);
    }

    /**
     * What is measured of a shard.
     *
     * @param <T> merges along the shard tree
     */
    @FunctionalInterface
    private interface Measure<T> extends Serializable {
        @Nullable
        T of(ShardRows shard, RowLayout layout);
    }

    /** How measures of neighbours merge. */
    @FunctionalInterface
    private interface Merge<T> extends BinaryOperator<T>, Serializable {}

    private <T> T measure(Measure<T> measure, Merge<T> merge) {
        RowLayout rowLayout = recipe.layout();
        ShardAssignment current = assignment;
        List<ShardTree.Partial<T>> partials = checked
                .flatMap(task -> {
                    List<Tuple3<Integer, Integer, T>> sums = new ArrayList<>();
                    int from = current.taskFrom(task.task());
                    for (ShardTree.Node node : ShardTree.nodes(current.shards(), from, current.taskTo(task.task()))) {
                        T sum = ShardTree.merge(
                                node, shard -> measure.of(task.shards().get(shard - from), rowLayout), merge);
                        sums.add(new Tuple3<>(node.from(), node.to(), sum));
                    }
                    return sums.iterator();
                })
                .collect()
                .stream()
                .map(sum -> new ShardTree.Partial<>(new ShardTree.Node(sum._1(), sum._2()), sum._3()))
                .toList();
        T measured = ShardTree.combine(current.shards(), partials, merge);
        if (measured == null) {
            throw new IngestException(recipe.source() + ": no rows to measure");
        }
        return measured;
    }

    /**
     * What the rows of each class weigh.
     *
     * @param classes how many; the target is the index of one
     */
    public double[] classTotals(int classes) {
        return measure((shard, layout) -> classTotals(shard, layout, classes), ShardedData::plus);
    }

    private static double[] plus(double[] left, double[] right) {
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    private static double @Nullable [] classTotals(ShardRows shard, RowLayout layout, int classes) {
        double[] totals = new double[classes];
        for (int i = 0; i < shard.blocks(); i++) {
            RowArray packed = shard.block(i).packed();
            for (int row = 0; row < packed.rows(); row++) {
                int label = (int) packed.values()[packed.restStart(row)];
                totals[label] += layout.weight(packed, row);
            }
        }
        return shard.rows() == 0 ? null : totals;
    }

    /** Whether each feature equals the one target in all rows. */
    public boolean[] equalToTarget() {
        RowLayout rowLayout = recipe.layout();
        boolean[] equal = new boolean[rowLayout.features().size()];
        Arrays.fill(equal, true);
        for (boolean[] part :
                checked.map(task -> equalToTarget(task, rowLayout)).collect()) {
            for (int i = 0; i < equal.length; i++) {
                equal[i] &= part[i];
            }
        }
        return equal;
    }

    private static boolean[] equalToTarget(TaskShards task, RowLayout layout) {
        boolean[] equal = new boolean[layout.features().size()];
        Arrays.fill(equal, true);
        float[] features = new float[equal.length];
        for (ShardRows shard : task.shards()) {
            for (int i = 0; i < shard.blocks(); i++) {
                RowArray packed = shard.block(i).packed();
                for (int row = 0; row < packed.rows(); row++) {
                    packed.features(row, features, 0);
                    float target = packed.values()[packed.restStart(row)];
                    for (int feature = 0; feature < equal.length; feature++) {
                        equal[feature] &= features[feature] == target;
                    }
                }
            }
        }
        return equal;
    }

    /** The scaling that gives these rows' targets mean 0 and standard deviation 1. */
    public Scaling standardiseTargets() {
        return Scaling.standardise(measure(Moments::ofTargets, Moments::merge));
    }

    /** Drops the shards from the cluster. */
    @Override
    public void close() {
        stored.unpersist(false);
        recipe.cuts().destroy();
    }

    /** Brings a chunk to the task that owns its shard. */
    private static final class ByTask extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final ShardAssignment assignment;

        ByTask(ShardAssignment assignment) {
            this.assignment = assignment;
        }

        @Override
        public int numPartitions() {
            return assignment.tasks();
        }

        @Override
        public int getPartition(Object key) {
            return assignment.taskOf(RowRouter.shard((Long) key));
        }
    }
}
