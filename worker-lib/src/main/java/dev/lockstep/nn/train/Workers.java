package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The code that holds the shards and computes on them: in this JVM ({@link LocalWorkers}) or on a cluster. However the
 * shards are spread, the nodes that come back cover each shard once and their sums have the same bits.
 */
public interface Workers {

    /**
     * Gradient sums of the rows of the state's next step.
     *
     * @return nodes of the shard tree; a sum is null where none of its shards has a row in this step
     */
    List<ShardTree.Partial<StepSum>> gradients(TrainState state);

    /**
     * Local training: each shard takes the state's next {@code steps} steps alone, on its own rows of each.
     *
     * @return nodes of the shard tree; a mean is null where none of its shards has a row in these steps
     */
    List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps);

    /**
     * Losses of the validation rows.
     *
     * @return the sum along their shard tree; null without validation rows
     */
    @Nullable
    LossSum validate(Parameters parameters);

    /**
     * Losses and metrics of the validation rows.
     *
     * @param metrics which
     * @return the sum along their shard tree; null without validation rows
     */
    @Nullable
    EvaluationSum measure(Parameters parameters, MetricSet metrics);

    /**
     * The {@link dev.lockstep.nn.posterior.Curvature} of the training rows.
     *
     * @return the sum along their shard tree; null without rows
     */
    @Nullable
    CurvatureSum curvature(Parameters parameters);

    /** Bytes of parameters, gradients and states that have travelled between processes or threads so far. */
    long bytesSent();
}
