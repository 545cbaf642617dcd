package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RankGroup;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.shard.HeapGuard;
import dev.lockstep.spark.shard.LostRowsException;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.shard.TaskShards;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;

/**
 * The tasks over one set of rows, as Spark sees them: an RDD with the {@link RankGroup} of a task in each partition.
 * The groups stay in memory between jobs, so that their arrays are allocated once. They never travel; if an executor is
 * lost, the lineage makes new ones.
 *
 * @param <R> what a rank does: {@link Rank} trains, {@link Evaluation} measures
 */
public final class RankTasks<R> implements AutoCloseable {
    private final ShardedData data;
    private final RankBuilder<R> builder;
    private final Traffic traffic = new Traffic();
    private JavaRDD<Resident<RankGroup<R>>> groups;

    /** Makes a rank of its shards. */
    @FunctionalInterface
    interface RankBuilder<R> extends Function<List<? extends ShardRows>, R>, Serializable {}

    RankTasks(ShardedData data, RankBuilder<R> builder) {
        this.data = data;
        this.builder = builder;
        this.groups = groups(data, builder);
    }

    /** Tasks that train on persisted shards. */
    public static RankTasks<Rank> training(TrainingSetup setup, ShardedData data) {
        return new RankTasks<>(data, shards -> new Rank(setup, shards));
    }

    /** Tasks that measure a network on persisted shards. */
    static RankTasks<Evaluation> evaluation(EvaluationSetup setup, ShardedData data) {
        return new RankTasks<>(data, shards -> new Evaluation(setup, shards));
    }

    private static <R> JavaRDD<Resident<RankGroup<R>>> groups(ShardedData data, RankBuilder<R> builder) {
        ShardAssignment assignment = data.assignment();
        return data.rdd()
                .map(task -> new Resident<>(group(assignment, task, builder)))
                .persist(StorageLevel.MEMORY_ONLY());
    }

    private static <R> RankGroup<R> group(ShardAssignment assignment, TaskShards task, RankBuilder<R> builder) {
        int firstRank = assignment.firstRank(task.task());
        int firstShard = assignment.from(firstRank);
        List<List<ShardRows>> shards = new ArrayList<>();
        for (int rank = firstRank; rank < assignment.firstRank(task.task() + 1); rank++) {
            shards.add(task.shards().subList(assignment.from(rank) - firstShard, assignment.to(rank) - firstShard));
        }
        return new RankGroup<>(firstRank, shards, builder);
    }

    /** Which shards each rank and each task has. */
    public ShardAssignment assignment() {
        return data.assignment();
    }

    /** What the ranks have cost so far. */
    public Traffic traffic() {
        return traffic;
    }

    /**
     * What is done in a task.
     *
     * @param <R> see {@link RankTasks}
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface TaskWork<R, T> extends Serializable {
        /**
         * Does it in one task.
         *
         * @param cancellation throws when Spark has killed the task
         */
        T run(RankGroup<R> group, Cancellation cancellation);
    }

    /**
     * Sees to it that all ranks are there, by an ordinary job: if rows have to be read again, which may take long, no
     * rank of a barrier stage waits for that, and Spark runs a task again that fails.
     */
    void build() {
        run((group, cancellation) -> {
            group.build(cancellation);
            return true;
        });
    }

    /** One job with a task for each group; returns what the tasks return, in their order. */
    <T> List<T> run(TaskWork<R, T> work) {
        ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
        @SuppressWarnings("unchecked") // an array of what its class tag says
        T[] results = (T[]) groups.context().runJob(groups.rdd(), new OnEachGroup<>(groups.id(), work), tag);
        return Arrays.asList(results);
    }

    /**
     * The work of a task as Spark calls it. No lambda, as it would be in an action of {@link JavaRDD}: for each job
     * Spark parses the classes around the lambdas of its actions, for milliseconds.
     */
    private static final class OnEachGroup<R, T>
            extends AbstractFunction2<TaskContext, Iterator<Resident<RankGroup<R>>>, T> implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int groups;
        private final TaskWork<R, T> work;

        OnEachGroup(int groups, TaskWork<R, T> work) {
            this.groups = groups;
            this.work = work;
        }

        @Override
        public T apply(TaskContext context, Iterator<Resident<RankGroup<R>>> partition) {
            return onGroup(groups, context, partition, group -> work.run(group, cancellation(context)));
        }
    }

    /**
     * What a rank does while all others do the same.
     *
     * @param <R> see {@link RankTasks}
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface RankWork<R, T> extends RankGroup.Work<R, T>, Serializable {}

    /** One barrier stage in which all ranks run at the same time; to be collected: what they return, in their order. */
    <T> JavaRDD<T> together(RankWork<R, T> work) {
        ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
        return groups.rdd()
                .barrier()
                .mapPartitions(new OnEachRank<>(groups.id(), work), false, tag)
                .toJavaRDD();
    }

    /** The work of a barrier task as Spark calls it. */
    private static final class OnEachRank<R, T> extends AbstractFunction1<Iterator<Resident<RankGroup<R>>>, Iterator<T>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int groups;
        private final RankWork<R, T> work;

        OnEachRank(int groups, RankWork<R, T> work) {
            this.groups = groups;
            this.work = work;
        }

        @Override
        public Iterator<T> apply(Iterator<Resident<RankGroup<R>>> partition) {
            TaskContext context = TaskContext.get();
            List<T> results =
                    onGroup(groups, context, partition, group -> group.each(cancellation(context), work::run));
            return JavaConverters.asScalaIterator(results.iterator());
        }
    }

    /**
     * Works on the group of a task. A group whose rows are lost, with the executor where they lay, is forgotten, so
     * that the task's next attempt builds it again.
     *
     * @param groups number of the RDD of groups
     */
    private static <R, T> T onGroup(
            int groups,
            TaskContext context,
            Iterator<Resident<RankGroup<R>>> partition,
            Function<RankGroup<R>, T> work) {
        RankGroup<R> group = partition.next().get();
        try {
            return HeapGuard.guard(() -> work.apply(group));
        } catch (LostRowsException e) {
            // At its end the iterator gives up the lock without which the block cannot be removed.
            if (partition.hasNext()) {
                throw new IllegalStateException("task " + context.partitionId() + " has more than one group", e);
            }
            SparkEnv.get().blockManager().removeBlock(new RDDBlockId(groups, context.partitionId()), true);
            throw e;
        }
    }

    /** Spark may kill a task without interrupting its thread. */
    private static Cancellation cancellation(TaskContext context) {
        return () -> {
            if (context.isInterrupted()) {
                throw new TaskKilledException("Spark has killed the task");
            }
        };
    }

    /** Divides the shards again; ranks are built again from the rows, which are read again. */
    void reassign(ShardAssignment assignment) {
        groups.unpersist(false);
        data.reassign(assignment);
        groups = groups(data, builder);
    }

    /** Lets go of the ranks' memory; the rows stay. */
    @Override
    public void close() {
        groups.unpersist(false);
    }
}
