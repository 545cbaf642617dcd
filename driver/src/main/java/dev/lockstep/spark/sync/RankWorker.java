package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import java.util.List;

/**
 * A rank on its executor, kept in memory between jobs so that replica and scratch memory are allocated once. For one
 * thread at a time.
 */
final class RankWorker {
    private final TrainingSetup setup;
    private final List<? extends ShardRows> shards;
    private Rank rank;
    private Evaluation evaluation;

    RankWorker(TrainingSetup setup, List<? extends ShardRows> shards) {
        this.setup = setup;
        this.shards = List.copyOf(shards);
    }

    /** All that the rank knows besides its rows. */
    TrainingSetup setup() {
        return setup;
    }

    /** A state that has been sent, as this rank needs it. */
    TrainState open(StateBroadcast sent) {
        return sent.open(firstShard(), firstShard() + shards.size());
    }

    /** The residuals of this rank's shards in a state. */
    List<float[]> residuals(TrainState state) {
        return state.residuals(firstShard(), firstShard() + shards.size());
    }

    private int firstShard() {
        return shards.get(0).shard();
    }

    /** See {@link Rank#gradients}. */
    List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        if (rank == null) {
            rank = newRank();
        }
        return rank.gradients(state);
    }

    /** See {@link Rank#localSteps}. */
    List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        if (rank == null) {
            rank = newRank();
        }
        return rank.localSteps(state, steps);
    }

    /**
     * See {@link AllReduceRound#run}.
     *
     * @param number which rank of the round this is
     * @param cancellation throws when the round has been given up
     */
    AllReduceRound.Result allReduce(
            int number,
            Exchange exchange,
            TrainState start,
            int steps,
            float[] optimizerState,
            Cancellation cancellation) {
        if (rank == null) {
            rank = newRank();
        }
        return new AllReduceRound(rank, number, exchange, cancellation).run(start, steps, optimizerState);
    }

    /** The losses of each shard; null for one without rows. */
    List<ShardTree.Partial<LossSum>> losses(Parameters parameters) {
        return evaluation().losses(parameters);
    }

    /** The losses and metrics of each shard; null for one without rows. */
    List<ShardTree.Partial<EvaluationSum>> measure(Parameters parameters) {
        return evaluation().measure(parameters);
    }

    private Evaluation evaluation() {
        if (evaluation == null) {
            evaluation = new Evaluation(setup.evaluation(), shards);
        }
        return evaluation;
    }

    private Rank newRank() {
        return new Rank(setup, shards);
    }
}
