package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.ColumnPermutation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.PermutedLosses;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.TrainState;
import java.io.Serializable;
import java.util.List;

/**
 * A job in which every rank sums something over its shards.
 *
 * @param <R> who does it: {@link Rank} or {@link Evaluation}
 * @param <T> sums over shards
 */
interface SumJob<R, T> extends Serializable {

    /**
     * Does the work of one rank.
     *
     * @param state read, except that the residuals of the rank's shards may be updated
     * @param cancellation to be asked between steps or passes
     * @return nodes of the shard tree; what they hold may be overwritten by the rank's next job
     */
    List<ShardTree.Partial<T>> run(R rank, TrainState state, Cancellation cancellation);

    /** How the nodes travel. */
    SumCodec<T> codec();

    /** Whether it needs the optimiser's slots of the state. */
    default boolean readsOptimizerState() {
        return false;
    }

    /**
     * Merges what the ranks of one task have left, before it travels.
     *
     * @param shards how many shards there are
     * @param nodes of consecutive shards; consumed
     */
    default List<ShardTree.Partial<T>> complete(int shards, List<ShardTree.Partial<T>> nodes) {
        return nodes;
    }

    /** Gradient sums of the state's next step. */
    record Gradients() implements SumJob<Rank, StepSum> {
        @Override
        public List<ShardTree.Partial<StepSum>> run(Rank rank, TrainState state, Cancellation cancellation) {
            return rank.gradients(state);
        }

        @Override
        public SumCodec<StepSum> codec() {
            return SumCodec.STEPS;
        }

        @Override
        public List<ShardTree.Partial<StepSum>> complete(int shards, List<ShardTree.Partial<StepSum>> nodes) {
            return ShardTree.complete(shards, nodes, StepSum::merge);
        }
    }

    /**
     * Local training from the state on.
     *
     * @param steps how many steps
     */
    record LocalSteps(int steps) implements SumJob<Rank, LocalMean> {
        @Override
        public List<ShardTree.Partial<LocalMean>> run(Rank rank, TrainState state, Cancellation cancellation) {
            return rank.localSteps(state, steps, cancellation);
        }

        @Override
        public SumCodec<LocalMean> codec() {
            return SumCodec.MEANS;
        }

        @Override
        public boolean readsOptimizerState() {
            return true;
        }

        @Override
        public List<ShardTree.Partial<LocalMean>> complete(int shards, List<ShardTree.Partial<LocalMean>> nodes) {
            return ShardTree.complete(shards, nodes, LocalMean::merge);
        }
    }

    /** The curvature of the training rows by the weights of the last layer. */
    record Curvatures() implements SumJob<Rank, CurvatureSum> {
        @Override
        public List<ShardTree.Partial<CurvatureSum>> run(Rank rank, TrainState state, Cancellation cancellation) {
            return rank.curvature(state.parameters(), cancellation);
        }

        @Override
        public SumCodec<CurvatureSum> codec() {
            return SumCodec.CURVATURES;
        }

        @Override
        public List<ShardTree.Partial<CurvatureSum>> complete(int shards, List<ShardTree.Partial<CurvatureSum>> nodes) {
            return ShardTree.complete(shards, nodes, CurvatureSum::plus);
        }
    }

    /** Losses of all rows outside training. */
    record Losses() implements SumJob<Evaluation, LossSum> {
        @Override
        public List<ShardTree.Partial<LossSum>> run(Evaluation rank, TrainState state, Cancellation cancellation) {
            return rank.losses(state.parameters(), cancellation);
        }

        @Override
        public SumCodec<LossSum> codec() {
            return SumCodec.LOSSES;
        }
    }

    /**
     * Losses and metrics of all rows outside training.
     *
     * @param metrics which
     */
    record Measures(MetricSet metrics) implements SumJob<Evaluation, EvaluationSum> {
        @Override
        public List<ShardTree.Partial<EvaluationSum>> run(
                Evaluation rank, TrainState state, Cancellation cancellation) {
            return rank.measure(state.parameters(), metrics, cancellation);
        }

        @Override
        public SumCodec<EvaluationSum> codec() {
            return SumCodec.EVALUATIONS;
        }

        @Override
        public List<ShardTree.Partial<EvaluationSum>> complete(
                int shards, List<ShardTree.Partial<EvaluationSum>> nodes) {
            return ShardTree.complete(shards, nodes, (left, right) -> left.merge(right, metrics));
        }
    }

    /**
     * Losses of all rows outside training, as they are and with cells exchanged.
     *
     * @param permutation which cells
     */
    record Permuted(ColumnPermutation permutation) implements SumJob<Evaluation, PermutedLosses> {
        @Override
        public List<ShardTree.Partial<PermutedLosses>> run(
                Evaluation rank, TrainState state, Cancellation cancellation) {
            return rank.permuted(state.parameters(), permutation, cancellation);
        }

        @Override
        public SumCodec<PermutedLosses> codec() {
            return SumCodec.PERMUTED;
        }
    }
}
