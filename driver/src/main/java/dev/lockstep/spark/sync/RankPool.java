package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.shard.RankPlan;
import dev.lockstep.spark.shard.ShardedData;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;

/**
 * The ranks over one set of rows, those of a task in one partition. One Spark job a call: parameters go out as a
 * broadcast, nodes of the shard tree come back as task results, both as raw bytes; in local mode both are handed over
 * in memory.
 */
public final class RankPool implements AutoCloseable {
    private static final long POLL_SECONDS = 1;

    private final JavaSparkContext context;
    private final TrainingSetup setup;
    private final ShardedData data;
    private final int shards;
    private JavaRDD<TaskRanks> tasks;
    private long bytesSent;
    private StepTimes stepTimes = StepTimes.ZERO;

    /** Ranks over persisted shards. */
    public RankPool(JavaSparkContext context, TrainingSetup setup, ShardedData data) {
        this.context = context;
        this.setup = setup;
        this.data = data;
        this.shards = data.ranks().shards();
        this.tasks = ranksOf(data, setup);
    }

    private static JavaRDD<TaskRanks> ranksOf(ShardedData data, TrainingSetup setup) {
        RankPlan plan = data.ranks();
        return data.rdd().map(task -> new TaskRanks(setup, plan, task)).persist(StorageLevel.MEMORY_ONLY());
    }

    /** The losses of all rows outside training, along the tree; null without rows. */
    public LossSum losses(Parameters parameters) {
        TrainState state = TrainState.initial(parameters, 0, false);
        return ShardTree.combine(shards, run(state, false, new RankTask.Losses()), LossSum::plus);
    }

    /**
     * The losses of all rows outside training and the network's metrics, along the tree; null without rows.
     *
     * @param metrics those of the network
     */
    public EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        TrainState state = TrainState.initial(parameters, 0, false);
        return ShardTree.combine(
                shards, run(state, false, new RankTask.Measures()), (left, right) -> left.merge(right, metrics));
    }

    /** Bytes that these ranks and the driver have exchanged so far. */
    long bytesSent() {
        return bytesSent;
    }

    /**
     * Runs a task on every rank.
     *
     * @param state what it works on; read, except that residuals may be updated
     * @param withOptimizer whether it needs the optimiser's slots
     * @return nodes that cover every shard; valid until the ranks' next task
     */
    <T> List<ShardTree.Partial<T>> run(TrainState state, boolean withOptimizer, RankTask<T> task) {
        bytesSent += data.ranks().tasks() * StateBroadcast.bytes(state, withOptimizer);
        return context.isLocal() ? runInMemory(state, task) : runRemotely(state, withOptimizer, task);
    }

    private <T> List<ShardTree.Partial<T>> runRemotely(TrainState state, boolean withOptimizer, RankTask<T> task) {
        bytesSent += StateBroadcast.residualBytes(state);
        StateBroadcast sent = StateBroadcast.of(context, state, withOptimizer);
        List<byte[][]> results;
        try {
            int all = shards;
            results = onEachTask(ranks -> {
                synchronized (ranks) {
                    return resultOf(ranks, sent, task, all).toArray(byte[][]::new);
                }
            });
        } finally {
            sent.destroy();
        }
        List<ShardTree.Partial<T>> partials = new ArrayList<>();
        RankPlan plan = data.ranks();
        for (int number = 0; number < plan.tasks(); number++) {
            List<byte[]> ofTask = List.of(results.get(number));
            ofTask.forEach(result -> bytesSent += result.length);
            Iterator<byte[]> next = ofTask.iterator();
            partials.addAll(task.codec().decode(next.next()));
            if (!state.residuals().isEmpty()) {
                for (int shard = plan.taskFrom(number); shard < plan.taskTo(number); shard++) {
                    float[] residual = state.residuals().get(shard);
                    System.arraycopy(Vectors.decode(next.next()), 0, residual, 0, residual.length);
                }
            }
        }
        return partials;
    }

    /** The nodes of a task's ranks, then the residuals of its shards if there are any. */
    private static <T> List<byte[]> resultOf(TaskRanks ranks, StateBroadcast sent, RankTask<T> task, int shards) {
        TrainState state = ranks.open(sent);
        List<ShardTree.Partial<T>> nodes = new ArrayList<>();
        ranks.each((rank, worker) -> task.run(worker, state)).forEach(nodes::addAll);
        List<byte[]> result = new ArrayList<>();
        result.add(task.codec().encode(task.complete(shards, nodes)));
        ranks.residuals(state).forEach(residual -> result.add(Vectors.encode(residual)));
        return result;
    }

    private <T> List<ShardTree.Partial<T>> runInMemory(TrainState state, RankTask<T> task) {
        try (SharedMemory<LocalJob> job = SharedMemory.open(new LocalJob(state, new ConcurrentLinkedQueue<>()))) {
            long number = job.number();
            onEachTask(ranks -> {
                LocalJob shared = SharedMemory.find(number, LocalJob.class);
                ranks.each((rank, worker) -> shared.results().add(task.run(worker, shared.state())));
                return null;
            });
            List<ShardTree.Partial<T>> partials = new ArrayList<>();
            for (List<?> result : job.value().results()) {
                @SuppressWarnings("unchecked") // put there by this task
                List<ShardTree.Partial<T>> sums = (List<ShardTree.Partial<T>>) result;
                bytesSent += task.codec().bytes(sums);
                partials.addAll(sums);
            }
            return partials;
        }
    }

    /** One job with a task for each partition; returns what the tasks return, in the order of the partitions. */
    private <R> List<R> onEachTask(TaskWork<R> work) {
        ClassTag<R> tag = ClassTag$.MODULE$.apply(Object.class);
        @SuppressWarnings("unchecked") // an array of what its class tag says
        R[] results = (R[]) context.sc().runJob(tasks.rdd(), new OnEachTask<>(work), tag);
        return Arrays.asList(results);
    }

    /**
     * What one job hands over in memory.
     *
     * @param state what the ranks work on; read, except that each may update the residuals of its shards
     * @param results what they leave, one entry a rank
     */
    private record LocalJob(TrainState state, Queue<List<?>> results) {}

    /** How many ranks there are. */
    public int ranks() {
        return data.ranks().ranks();
    }

    /** Whether driver and ranks are in one JVM. */
    boolean inOneJvm() {
        return context.isLocal();
    }

    /**
     * Runs a task on every rank, all at the same time: one barrier stage.
     *
     * @return what the ranks return, in their order
     */
    <R> List<R> runTogether(TogetherTask<R> task) {
        ClassTag<R> tag = ClassTag$.MODULE$.apply(Object.class);
        JavaRDD<R> results = tasks.rdd()
                .barrier()
                .mapPartitions(new Together<>(task), false, tag)
                .toJavaRDD();
        return inOneJvm() ? results.collect() : collectWhileThereAreSlots(results);
    }

    /** Spark waits for ever to start a barrier stage if executors are lost just before; not so here. */
    private <R> List<R> collectWhileThereAreSlots(JavaRDD<R> results) {
        Slots slots = new Slots(context, line -> {});
        JavaFutureAction<List<R>> job = results.collectAsync();
        boolean enough = true;
        while (true) {
            try {
                return job.get(POLL_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                // Seen twice: a round that was under way fails by itself, and then says more.
                boolean enoughBefore = enough;
                enough = slots.now() >= data.ranks().tasks();
                if (!enough && !enoughBefore) {
                    job.cancel(true);
                    throw new RoundFailedException("executors were lost before the round began", e);
                }
            } catch (ExecutionException e) {
                throw new RoundFailedException(e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                job.cancel(true);
                throw new IllegalStateException("interrupted during a round", e);
            }
        }
    }

    /** Sends a state, its optimiser's slots included, to where the ranks are. */
    StateBroadcast broadcast(TrainState state) {
        bytesSent += data.ranks().tasks() * StateBroadcast.bytes(state, true) + StateBroadcast.residualBytes(state);
        return StateBroadcast.of(context, state, true);
    }

    /** How often Spark runs a task that fails. */
    int mostFailures() {
        return context.getConf().getInt("spark.task.maxFailures", 4);
    }

    /** Why not all ranks can run at the same time, with the setting to change; null if they can. */
    public String obstacleToAllReduce() {
        return context.isLocal() ? null : obstacleToAllReduce(context.getConf());
    }

    /** The same on a cluster with some settings. */
    static String obstacleToAllReduce(SparkConf conf) {
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            return "allreduce runs all ranks at the same time, which Spark does not do with"
                    + " spark.dynamicAllocation.enabled=true; set it to false, and spark.executor.instances to the"
                    + " number of executors";
        }
        return null;
    }

    /**
     * Waits for executors that have been lost: Spark itself looks only every 15 seconds. If they do not come back,
     * fewer tasks share the shards from now on; if others have come, more do. With dynamic allocation Spark itself fits
     * the executors to the tasks.
     *
     * @param more whether more tasks may share the shards; they do if that leaves a rank with fewer of them
     * @param notices is told so
     * @throws IllegalArgumentException if there is none
     */
    void fitExecutors(boolean more, Consumer<String> notices) {
        Slots slots = new Slots(context, notices);
        if (inOneJvm() || slots.dynamic()) {
            return;
        }
        int before = data.ranks().tasks();
        int there = slots.now();
        int fitting = Math.min(shards, there < before ? slots.awaitAgain(before) : there);
        if (fitting == before) {
            return;
        }
        RankPlan plan = RankPlan.of(shards, fitting, slots.threads());
        if (fitting < before || more && plan.mostShards() < data.ranks().mostShards()) {
            notices.accept("executors have " + (fitting < before ? "been lost" : "come") + ": " + fitting
                    + (fitting == 1 ? " task shares" : " tasks share") + " the shards from now on, instead of " + before
                    + "; the rows are read again");
            redistribute(plan);
        }
    }

    /** Divides the shards as those of other rows are divided, of which there are as many. */
    void divideAs(RankPool other) {
        RankPlan plan = other.data.ranks();
        if (plan.tasks() != data.ranks().tasks()) {
            redistribute(plan);
        }
    }

    private void redistribute(RankPlan plan) {
        tasks.unpersist(false);
        data.redistribute(plan);
        tasks = ranksOf(data, setup);
    }

    /** Adds to the bytes that have been exchanged. */
    void countBytes(long bytes) {
        bytesSent += bytes;
    }

    /** Adds where the time of some steps went, the mean over the ranks. */
    void countTimes(StepTimes times) {
        stepTimes = stepTimes.plus(times);
    }

    /** Where the time of all steps by all-reduce has gone so far, the mean over the ranks. */
    public StepTimes stepTimes() {
        return stepTimes;
    }

    /** What is done with the ranks of a partition. */
    @FunctionalInterface
    private interface TaskWork<R> extends Function<TaskRanks, R>, Serializable {}

    /**
     * The work of a partition as Spark calls it. No lambda, as it would be in an action of {@link JavaRDD}: for each
     * job Spark parses the classes around the lambdas of its actions, for milliseconds.
     */
    private static final class OnEachTask<R>
            extends AbstractFunction2<TaskContext, scala.collection.Iterator<TaskRanks>, R> implements Serializable {
        private static final long serialVersionUID = 1L;

        private final TaskWork<R> work;

        OnEachTask(TaskWork<R> work) {
            this.work = work;
        }

        @Override
        public R apply(TaskContext context, scala.collection.Iterator<TaskRanks> partition) {
            return work.apply(partition.next());
        }
    }

    /**
     * What every rank does while all others do the same.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    interface TogetherTask<R> extends Serializable {
        /**
         * Runs the task of one rank.
         *
         * @param cancellation throws when Spark has killed the task; to be asked while waiting
         */
        R run(int rank, RankWorker worker, Cancellation cancellation);
    }

    /** A task as Spark calls it. */
    private static final class Together<R>
            extends AbstractFunction1<scala.collection.Iterator<TaskRanks>, scala.collection.Iterator<R>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        private final TogetherTask<R> task;

        Together(TogetherTask<R> task) {
            this.task = task;
        }

        @Override
        public scala.collection.Iterator<R> apply(scala.collection.Iterator<TaskRanks> partition) {
            Cancellation cancellation = cancellation(TaskContext.get());
            List<R> results = partition.next().each((rank, worker) -> task.run(rank, worker, cancellation));
            return JavaConverters.asScalaIterator(results.iterator());
        }

        private static Cancellation cancellation(TaskContext context) {
            return () -> {
                if (context.isInterrupted()) {
                    throw new TaskKilledException("the round was given up");
                }
            };
        }
    }

    /** Lets go of the ranks' memory; the rows stay. */
    @Override
    public void close() {
        tasks.unpersist(false);
    }
}
