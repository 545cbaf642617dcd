package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.ingest.ShardedData;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.collection.Iterator$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * The ranks over one set of rows, each a partition. One Spark job a call: parameters go out as a broadcast, nodes of the
 * shard tree come back as task results, both as raw bytes; in local mode both are handed over in memory.
 */
public final class RankPool implements AutoCloseable {
    private static final long SLOTS_SECONDS = 60;
    private static final long SLOTS_POLL_MILLIS = 100;

    private final JavaSparkContext context;
    private final JavaRDD<RankWorker> workers;
    private final ShardedData data;
    private final int shards;
    private long bytesSent;

    /** Ranks over persisted shards. */
    public RankPool(JavaSparkContext context, RankSetup setup, ShardedData data) {
        this.context = context;
        this.data = data;
        this.shards = data.ranks().shards();
        this.workers =
                data.rdd().map(rank -> new RankWorker(setup, rank.shards())).persist(StorageLevel.MEMORY_ONLY());
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
        bytesSent += data.ranks().ranks() * StateBroadcast.bytes(state, withOptimizer);
        return context.isLocal() ? runInMemory(state, task) : runRemotely(state, withOptimizer, task);
    }

    private <T> List<ShardTree.Partial<T>> runRemotely(TrainState state, boolean withOptimizer, RankTask<T> task) {
        bytesSent += StateBroadcast.residualBytes(state);
        StateBroadcast sent = StateBroadcast.of(context, state, withOptimizer);
        List<byte[]> results;
        try {
            results = workers.flatMap(worker -> {
                        synchronized (worker) {
                            return resultOf(worker, worker.open(sent), task).iterator();
                        }
                    })
                    .collect();
        } finally {
            sent.destroy();
        }
        results.forEach(result -> bytesSent += result.length);
        List<ShardTree.Partial<T>> partials = new ArrayList<>();
        Iterator<byte[]> next = results.iterator();
        for (int rank = 0; rank < ranks(); rank++) {
            partials.addAll(task.codec().decode(next.next()));
            if (!state.residuals().isEmpty()) {
                for (int shard = data.ranks().from(rank); shard < data.ranks().to(rank); shard++) {
                    float[] residual = state.residuals().get(shard);
                    System.arraycopy(Vectors.decode(next.next()), 0, residual, 0, residual.length);
                }
            }
        }
        return partials;
    }

    /** A rank's nodes, then the residuals of its shards if there are any. */
    private static <T> List<byte[]> resultOf(RankWorker worker, TrainState state, RankTask<T> task) {
        List<byte[]> result = new ArrayList<>();
        result.add(task.codec().encode(task.run(worker, state)));
        worker.residuals(state).forEach(residual -> result.add(Vectors.encode(residual)));
        return result;
    }

    private <T> List<ShardTree.Partial<T>> runInMemory(TrainState state, RankTask<T> task) {
        try (SharedMemory<LocalJob> job = SharedMemory.open(new LocalJob(state, new ConcurrentLinkedQueue<>()))) {
            long number = job.number();
            workers.foreach(worker -> {
                LocalJob shared = SharedMemory.find(number, LocalJob.class);
                synchronized (worker) {
                    shared.results().add(task.run(worker, shared.state()));
                }
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

    /**
     * What one job hands over in memory.
     *
     * @param state what the ranks work on; read, except that each may update the residuals of its shards
     * @param results what they leave, one entry a rank
     */
    private record LocalJob(TrainState state, Queue<List<?>> results) {}

    /** How many ranks there are. */
    int ranks() {
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
        return workers.rdd()
                .barrier()
                .mapPartitions(new Together<>(task), false, tag)
                .toJavaRDD()
                .collect();
    }

    /** Sends a state, its optimiser's slots included, to where the ranks are. */
    StateBroadcast broadcast(TrainState state) {
        bytesSent += ranks() * StateBroadcast.bytes(state, true) + StateBroadcast.residualBytes(state);
        return StateBroadcast.of(context, state, true);
    }

    /** How often Spark runs a task that fails. */
    int mostFailures() {
        return context.getConf().getInt("spark.task.maxFailures", 4);
    }

    /** Why not all ranks can run at the same time, with the setting to change; null if they can. */
    public String obstacleToAllReduce() {
        if (!context.isLocal() && context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
            return "allreduce runs all ranks at the same time, which Spark does not do with"
                    + " spark.dynamicAllocation.enabled=true";
        }
        return null;
    }

    /**
     * Waits until there are executors for all ranks again, if some have been lost: Spark itself looks only every 15 seconds.
     *
     * @throws IllegalArgumentException if they do not come
     */
    void awaitSlots() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLOTS_SECONDS);
        int slots = slots(context);
        while (slots < ranks()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalArgumentException("sync.transport: allreduce needs " + ranks()
                        + " free cores at the same time, one a rank (times spark.task.cpus), but the executors have"
                        + " had "
                        + slots + " for " + SLOTS_SECONDS + " seconds; give Spark more cores, or use transport driver");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(SLOTS_POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for executors", e);
            }
            slots = slots(context);
        }
    }

    /** How many tasks the executors that are there can run at once. */
    public static int slots(JavaSparkContext context) {
        SparkContext spark = context.sc();
        return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    }

    /** Adds to the bytes that have been exchanged. */
    void countBytes(long bytes) {
        bytesSent += bytes;
    }

    /**
     * What every rank does while all others do the same.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    interface TogetherTask<R> extends Serializable {
        /** Runs the task of one rank. */
        R run(int rank, RankWorker worker);
    }

    /** A task as Spark calls it. */
    private static final class Together<R>
            extends AbstractFunction1<scala.collection.Iterator<RankWorker>, scala.collection.Iterator<R>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        private final TogetherTask<R> task;

        Together(TogetherTask<R> task) {
            this.task = task;
        }

        @Override
        public scala.collection.Iterator<R> apply(scala.collection.Iterator<RankWorker> partition) {
            RankWorker worker = partition.next();
            synchronized (worker) {
                return Iterator$.MODULE$.single(task.run(TaskContext.getPartitionId(), worker));
            }
        }
    }

    /** Lets go of the ranks' memory; the rows stay. */
    @Override
    public void close() {
        workers.unpersist(false);
    }
}
