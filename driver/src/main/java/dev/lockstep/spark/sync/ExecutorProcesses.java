package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RankGroup;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.shard.ShardAssignment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Ranks in executors, which can be lost and can come: states go out as broadcasts, nodes of the shard tree come back as
 * task results, both as raw bytes; in rounds of all-reduce each rank fetches and returns its own part of the state.
 * Decides what to do when something is lost: Spark runs the tasks of an ordinary job again on other executors; a round
 * of all-reduce is repeated as often as Spark would run a task again.
 */
final class ExecutorProcesses extends Cluster {
    private final JavaSparkContext context;
    private final TaskSlots slots;
    private final Consumer<String> notices;
    private final long run = new SecureRandom().nextLong();
    private long rounds;

    ExecutorProcesses(JavaSparkContext context, Consumer<String> notices) {
        this.context = context;
        this.notices = notices;
        slots = new TaskSlots(context, notices);
    }

    @Override
    public boolean isDriver() {
        return false;
    }

    @Override
    public <T> T watch(Supplier<T> work) {
        return ExecutorWatch.over(context, work);
    }

    @Override
    public ShardAssignment assign(int shards) {
        TaskSlots.warnings(context.getConf()).forEach(notices);
        int tasks = slots.dynamic() ? Math.min(shards, slots.mostDynamic()) : slots.awaitFirst(shards);
        return ShardAssignment.of(shards, tasks, slots.ranksPerTask());
    }

    @Override
    public int processes(int tasks) {
        return slots.processes(tasks);
    }

    @Override
    public @Nullable String obstacleToAllReduce() {
        return obstacleToAllReduce(context.getConf());
    }

    /** The same with some settings. */
    static @Nullable String obstacleToAllReduce(SparkConf conf) {
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            return "allreduce runs all ranks at the same time, which Spark does not do with"
                    + " spark.dynamicAllocation.enabled=true; set it to false, and spark.executor.instances to the"
                    + " number of executors";
        }
        return null;
    }

    /** With dynamic allocation Spark itself fits the executors to the tasks. */
    @Override
    void fit(RankTasks<?> tasks, boolean more) {
        if (slots.dynamic()) {
            return;
        }
        ShardAssignment before = tasks.assignment();
        int available = slots.available();
        // Spark itself looks only every 15 seconds whether a lost executor is back.
        int fitting =
                Math.min(before.shards(), available < before.tasks() ? slots.awaitAgain(before.tasks()) : available);
        if (fitting == before.tasks()) {
            return;
        }
        ShardAssignment assignment = ShardAssignment.of(before.shards(), fitting, slots.ranksPerTask());
        if (fitting < before.tasks() || more && assignment.mostShards() < before.mostShards()) {
            notices.accept("executors have " + (fitting < before.tasks() ? "been lost" : "come") + ": " + fitting
                    + (fitting == 1 ? " task shares" : " tasks share") + " the shards from now on, instead of "
                    + before.tasks() + "; the rows are read again");
            tasks.reassign(assignment);
        }
    }

    @Override
    <R, T> List<ShardTree.Partial<T>> run(RankTasks<R> tasks, TrainState state, SumJob<R, T> job) {
        ShardAssignment assignment = tasks.assignment();
        Traffic traffic = tasks.traffic();
        traffic.sent(assignment.tasks() * StateBroadcast.bytes(state, job.readsOptimizerState())
                + StateBroadcast.residualBytes(state));
        long start = System.nanoTime();
        StateBroadcast sent = StateBroadcast.of(context, state, job.readsOptimizerState());
        List<byte[][]> results;
        try {
            int shards = assignment.shards();
            results = tasks.run((group, cancellation) -> results(group, sent, job, shards, cancellation));
        } finally {
            sent.destroy();
        }
        traffic.took(
                results.stream()
                        .flatMapToLong(result -> RankTimes.decode(result[0]))
                        .toArray(),
                System.nanoTime() - start);
        List<ShardTree.Partial<T>> nodes = new ArrayList<>();
        for (int task = 0; task < assignment.tasks(); task++) {
            List<byte[]> ofTask = Arrays.asList(results.get(task));
            ofTask.forEach(result -> traffic.sent(result.length));
            Iterator<byte[]> next = ofTask.iterator();
            next.next();
            nodes.addAll(job.codec().decode(next.next()));
            for (float[] residual : state.residuals(assignment.taskFrom(task), assignment.taskTo(task))) {
                System.arraycopy(Vectors.decode(next.next()), 0, residual, 0, residual.length);
            }
        }
        return nodes;
    }

    /**
     * On an executor: how long each of a task's ranks took, their nodes, then the residuals of its shards if there are
     * any.
     */
    private static <R, T> byte[][] results(
            RankGroup<R> group, StateBroadcast sent, SumJob<R, T> job, int shards, Cancellation cancellation) {
        TrainState state = sent.open(group.fromShard(), group.toShard());
        RankGroup.Work<R, RankTimes.Timed<List<ShardTree.Partial<T>>>> work =
                (number, rank, own) -> RankTimes.time(() -> job.run(rank, state, own));
        return group.each(cancellation, work, ofRanks -> {
            List<ShardTree.Partial<T>> nodes = new ArrayList<>();
            ofRanks.forEach(timed -> nodes.addAll(timed.result()));
            List<byte[]> results = new ArrayList<>();
            results.add(RankTimes.encode(
                    ofRanks.stream().mapToLong(RankTimes.Timed::nanos).toArray()));
            results.add(job.codec().encode(job.complete(shards, nodes)));
            state.residuals(group.fromShard(), group.toShard())
                    .forEach(residual -> results.add(Vectors.encode(residual)));
            return results.toArray(byte[][]::new);
        });
    }

    /**
     * Runs a round until it succeeds or has failed as often as Spark lets a task fail: always from the same state, so
     * to the same bits. A round that was cancelled, or that would certainly fail in the same way, is not repeated.
     */
    @Override
    ReducedRound allReduce(TrainingSetup setup, RankTasks<Rank> tasks, TrainState state, int steps) {
        int mostFailures = context.getConf().getInt("spark.task.maxFailures", 4);
        for (int attempt = 1; ; attempt++) {
            ShardAssignment before = tasks.assignment();
            fit(tasks, state.stepInEpoch() == 0);
            if (rounds == 0 || attempt > 1 || !tasks.assignment().equals(before)) {
                tasks.build();
            }
            try (NetworkedRound round = new NetworkedRound(context, tasks, state, run, rounds++)) {
                try {
                    return round.run(steps);
                } catch (Exception e) {
                    RuntimeException failure = round.failure(e);
                    if (round.failsAgain() || SparkFailure.isCancelled(e) || attempt == mostFailures) {
                        throw failure;
                    }
                    notices.accept("steps " + (state.step() + 1) + " to " + (state.step() + steps)
                            + " are repeated, because a rank was lost: " + reason(failure));
                }
            }
        }
    }

    /** The failure of the rank, or Spark's reason for the loss of its executor. */
    private static String reason(RuntimeException failure) {
        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("ExecutorLostFailure"))
                .findFirst()
                .orElse(lines.isEmpty() ? failure.toString() : lines.get(0));
    }
}
