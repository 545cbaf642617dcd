package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.ColumnPermutation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.PermutedLosses;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import org.jspecify.annotations.Nullable;

/** Measures a network on a cluster, on rows that it is not trained on: one Spark job a call. */
public final class SparkEvaluation implements AutoCloseable {
    private final Cluster cluster;
    private final EvaluationSetup setup;
    private final RankTasks<Evaluation> tasks;

    /** An evaluation over persisted shards. */
    public SparkEvaluation(Cluster cluster, EvaluationSetup setup, ShardedData data) {
        this.cluster = cluster;
        this.setup = setup;
        tasks = RankTasks.evaluation(setup, data);
    }

    /** The losses of all rows, along the shard tree; null without rows. */
    public @Nullable LossSum losses(Parameters parameters) {
        return ShardTree.combine(
                tasks.assignment().shards(), cluster.run(tasks, state(parameters), new SumJob.Losses()), LossSum::plus);
    }

    /** The losses of all rows and the network's metrics, along the shard tree; null without rows. */
    public @Nullable EvaluationSum measure(Parameters parameters) {
        return measure(parameters, setup.network().metrics());
    }

    /** The same with other metrics. */
    public @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        return ShardTree.combine(
                tasks.assignment().shards(),
                cluster.run(tasks, state(parameters), new SumJob.Measures(metrics)),
                (left, right) -> left.merge(right, metrics));
    }

    /** The losses of all rows with the cells of columns exchanged, along the shard tree; null without rows. */
    public @Nullable PermutedLosses permuted(Parameters parameters, ColumnPermutation permutation) {
        return ShardTree.combine(
                tasks.assignment().shards(),
                cluster.run(tasks, state(parameters), new SumJob.Permuted(permutation)),
                PermutedLosses::plus);
    }

    private static TrainState state(Parameters parameters) {
        return TrainState.initial(parameters, 0, false);
    }

    /** Bytes that ranks and driver have exchanged so far. */
    long bytesSent() {
        return tasks.traffic().bytesSent();
    }

    /** Divides the shards among as many tasks as those of other rows, of which there are as many. */
    void divideAs(ShardAssignment other) {
        if (other.tasks() != tasks.assignment().tasks()) {
            tasks.reassign(other);
        }
    }

    /** Lets go of the ranks' memory; the rows stay. */
    @Override
    public void close() {
        tasks.close();
    }
}
