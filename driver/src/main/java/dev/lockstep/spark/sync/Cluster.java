package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * The processes in which ranks run, and how states and sums travel between them and the driver. Whether there is one
 * process or several is asked in {@link #of} alone; all that follows from the answer differs between the two
 * implementations.
 */
public abstract sealed class Cluster permits DriverProcess, ExecutorProcesses {

    /**
     * The processes of an application.
     *
     * @param notices receives what the work waits for, and what has changed
     */
    public static Cluster of(JavaSparkContext context, Consumer<String> notices) {
        return context.isLocal() ? new DriverProcess(context) : new ExecutorProcesses(context, notices);
    }

    /** Whether ranks share the driver's process and its memory. */
    public abstract boolean isDriver();

    /**
     * Does some work whose jobs are given up when there has been no executor for too long.
     *
     * @throws IllegalArgumentException if that has happened
     */
    public abstract <T> T watch(Supplier<T> work);

    /**
     * Divides shards among the tasks that can run at the same time; waits for executors first.
     *
     * @throws IllegalArgumentException if no task can run
     */
    public abstract ShardAssignment assign(int shards);

    /**
     * How many processes some tasks run in.
     *
     * @param tasks how many tasks there are
     */
    public abstract int processes(int tasks);

    /** Why not all ranks can run at the same time, with the setting to change; null if they can. */
    public abstract @Nullable String obstacleToAllReduce();

    /**
     * Fits tasks to the executors that are there: waits for those that have been lost; if they do not come back, fewer
     * tasks share the shards from now on; if others have come, more do.
     *
     * @param more whether more tasks may share the shards; they do if that leaves a rank with fewer of them
     * @throws IllegalArgumentException if no executor is left
     */
    abstract void fit(RankTasks<?> tasks, boolean more);

    /**
     * Runs a job on every rank.
     *
     * @param state what the ranks work on; read, except that residuals may be updated
     * @return nodes that cover every shard; valid until the ranks' next job
     */
    abstract <R, T> List<ShardTree.Partial<T>> run(RankTasks<R> tasks, TrainState state, SumJob<R, T> job);

    /**
     * Runs a round of all-reduce: all ranks at the same time, in one barrier stage.
     *
     * @param state where the round begins; consumed
     * @param steps how many steps it has, within the epoch
     */
    abstract ReducedRound allReduce(TrainingSetup setup, RankTasks<Rank> tasks, TrainState state, int steps);
}
