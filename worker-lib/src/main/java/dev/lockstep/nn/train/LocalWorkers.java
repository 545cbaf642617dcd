package dev.lockstep.nn.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import java.util.List;

/** All shards in this thread: training without a cluster, to the same bits. */
public final class LocalWorkers implements Workers {
    private final Rank rank;
    private final Evaluation evaluation;
    private final List<? extends ShardRows> validation;

    /**
     * Workers in this thread.
     *
     * @param network the network
     * @param layout how rows are packed
     * @param scaling what is done to features
     * @param plan how rows become steps
     * @param update the update of local steps
     * @param training all training shards
     * @param validation all validation shards; empty: no validation
     */
    public LocalWorkers(
            Network network,
            RowLayout layout,
            Scaling scaling,
            TrainingPlan plan,
            ParameterUpdate update,
            List<? extends ShardRows> training,
            List<? extends ShardRows> validation) {
        this.rank = new Rank(network, layout, scaling, plan, update, training);
        this.evaluation = new Evaluation(network, layout, scaling, plan.seed(), 0);
        this.validation = List.copyOf(validation);
    }

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return rank.gradients(state);
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return rank.localSteps(state, steps);
    }

    @Override
    public LossSum validate(Parameters parameters) {
        if (validation.isEmpty()) {
            return null;
        }
        return ShardTree.mergeAll(
                validation.size(), shard -> evaluation.losses(parameters, validation.get(shard)), LossSum::plus);
    }

    @Override
    public long bytesSent() {
        return 0;
    }
}
