package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.StepPosition;
import dev.lockstep.nn.train.TrainState;
import java.util.ArrayList;
import java.util.List;

/**
 * A rank on its executor: the only element of its partition, kept in memory between jobs so that replica and scratch
 * memory are allocated once. It never travels; if its executor is lost the lineage makes a new one.
 */
final class RankWorker {
    private final RankSetup setup;
    private final List<? extends ShardRows> shards;
    private Rank rank;
    private Evaluation evaluation;

    RankWorker(RankSetup setup, List<? extends ShardRows> shards) {
        this.setup = setup;
        this.shards = List.copyOf(shards);
    }

    /** See {@link Rank#gradients}; encoded at once, since an attempt of the task that Spark gave up may still run. */
    synchronized byte[] gradients(Parameters parameters, StepPosition step) {
        if (rank == null) {
            rank = newRank();
        }
        return SumCodec.STEPS.encode(rank.gradients(parameters, step));
    }

    /** See {@link Rank#localSteps}. */
    synchronized byte[] localSteps(TrainState state, int steps) {
        if (rank == null) {
            rank = newRank();
        }
        return SumCodec.MEANS.encode(rank.localSteps(state, steps));
    }

    /** The losses of each shard; null for one without rows. */
    synchronized byte[] losses(Parameters parameters) {
        if (evaluation == null) {
            evaluation = new Evaluation(
                    setup.network(),
                    setup.layout(),
                    setup.scaling(),
                    setup.plan().seed());
        }
        List<ShardTree.Partial<LossSum>> losses = new ArrayList<>(shards.size());
        for (ShardRows shard : shards) {
            ShardTree.Node leaf = new ShardTree.Node(shard.shard(), shard.shard() + 1);
            losses.add(new ShardTree.Partial<>(leaf, evaluation.losses(parameters, shard)));
        }
        return SumCodec.LOSSES.encode(losses);
    }

    private Rank newRank() {
        return new Rank(setup.network(), setup.layout(), setup.scaling(), setup.plan(), setup.update(), shards);
    }
}
