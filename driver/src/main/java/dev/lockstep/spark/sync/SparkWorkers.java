package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aggregation on the driver: each call is one Spark job over the ranks, whose results the driver merges. Tasks of an
 * executor that is lost run on the others at once; at the beginning of an epoch the shards are divided among as many
 * tasks as can run.
 *
 * @param cluster where the ranks are
 * @param training the ranks over the training rows
 * @param validation measures the validation rows; null: none
 */
public record SparkWorkers(
        Cluster cluster, RankTasks<Rank> training, @Nullable SparkEvaluation validation) implements Workers {

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return run(state, new SumJob.Gradients());
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return run(state, new SumJob.LocalSteps(steps));
    }

    private <T> List<ShardTree.Partial<T>> run(TrainState state, SumJob<Rank, T> job) {
        if (state.stepInEpoch() == 0) {
            cluster.fit(training, true);
        }
        return cluster.run(training, state, job);
    }

    @Override
    public @Nullable LossSum validate(Parameters parameters) {
        if (validation == null) {
            return null;
        }
        validation.divideAs(training.assignment());
        return validation.losses(parameters);
    }

    @Override
    public @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        if (validation == null) {
            return null;
        }
        validation.divideAs(training.assignment());
        return validation.measure(parameters, metrics);
    }

    @Override
    public @Nullable CurvatureSum curvature(Parameters parameters) {
        return ShardTree.combine(
                training.assignment().shards(),
                cluster.run(training, TrainState.initial(parameters, 0, false), new SumJob.Curvatures()),
                CurvatureSum::plus);
    }

    @Override
    public long bytesSent() {
        return training.traffic().bytesSent() + (validation == null ? 0 : validation.bytesSent());
    }
}
