package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import java.util.List;
import java.util.function.Consumer;

/**
 * Aggregation on the driver: each call is one Spark job over the ranks, whose results the driver merges. Tasks of an
 * executor that is lost run on the others at once; at the beginning of an epoch the shards are divided among as many
 * tasks as can run.
 *
 * @param training the ranks over the training rows
 * @param validation the ranks over the validation rows; null: none
 * @param notices is told when the number of tasks changes
 */
public record SparkWorkers(RankPool training, RankPool validation, Consumer<String> notices) implements Workers {

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        fitExecutors(state);
        return training.run(state, false, new RankTask.Gradients());
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        fitExecutors(state);
        return training.run(state, true, new RankTask.LocalSteps(steps));
    }

    private void fitExecutors(TrainState state) {
        if (state.stepInEpoch() == 0) {
            training.fitExecutors(true, notices);
        }
    }

    @Override
    public LossSum validate(Parameters parameters) {
        if (validation == null) {
            return null;
        }
        validation.divideAs(training);
        return validation.losses(parameters);
    }

    @Override
    public long bytesSent() {
        return training.bytesSent() + (validation == null ? 0 : validation.bytesSent());
    }
}
