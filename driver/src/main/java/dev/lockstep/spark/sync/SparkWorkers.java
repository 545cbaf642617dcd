package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.StepPosition;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Workers;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Aggregation on the driver: each call is one Spark job over the ranks, whose results the driver merges.
 *
 * @param context the Spark context
 * @param training the ranks over the training rows
 * @param validation the ranks over the validation rows; null: none
 */
public record SparkWorkers(JavaSparkContext context, RankPool training, RankPool validation) implements Workers {

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return training.run(
                StateBroadcast.ofParameters(context, state),
                SumCodec.STEPS,
                (worker, opened) -> worker.gradients(opened.parameters(), StepPosition.of(opened)));
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return training.run(
                StateBroadcast.ofAll(context, state),
                SumCodec.MEANS,
                (worker, opened) -> worker.localSteps(opened, steps));
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
