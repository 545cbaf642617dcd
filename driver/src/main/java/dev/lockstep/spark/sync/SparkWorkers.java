package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import java.util.List;

/**
 * Aggregation on the driver: each call is one Spark job over the ranks, whose results the driver merges.
 *
 * @param training the ranks over the training rows
 * @param validation the ranks over the validation rows; null: none
 */
public record SparkWorkers(RankPool training, RankPool validation) implements Workers {

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return training.run(state, false, new RankTask.Gradients());
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return training.run(state, true, new RankTask.LocalSteps(steps));
    }

    @Override
    public LossSum validate(Parameters parameters) {
        return validation == null ? null : validation.losses(parameters);
    }

    @Override
    public long bytesSent() {
        return training.bytesSent() + (validation == null ? 0 : validation.bytesSent());
    }
}
