package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All shards in this JVM: training without a cluster, to the same bits. */
public final class LocalWorkers implements Workers {
    private final RankGroup<Rank> ranks;
    private final @Nullable Evaluation validation;

    private final int validationShards;
    private final int trainingShards;

    /**
     * Workers in the thread that calls them.
     *
     * @param setup of the training
     * @param training all training shards
     * @param validation all validation shards; empty: no validation
     */
    public LocalWorkers(TrainingSetup setup, List<? extends ShardRows> training, List<? extends ShardRows> validation) {
        this(setup, 1, training, validation);
    }

    /**
     * Workers in several threads, which divide the training shards evenly among them.
     *
     * @param setup of the training
     * @param threads how many threads; never more than training shards are used
     * @param training all training shards
     * @param validation all validation shards; empty: no validation
     */
    public LocalWorkers(
            TrainingSetup setup,
            int threads,
            List<? extends ShardRows> training,
            List<? extends ShardRows> validation) {
        int count = Math.min(threads, training.size());
        List<List<? extends ShardRows>> shards = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            shards.add(training.subList(rank * training.size() / count, (rank + 1) * training.size() / count));
        }
        ranks = new RankGroup<>(0, shards, own -> new Rank(setup, own));
        this.validation = validation.isEmpty() ? null : new Evaluation(setup.evaluation(), validation);
        validationShards = validation.size();
        trainingShards = training.size();
    }

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        return nodes((rank, cancellation) -> rank.gradients(state));
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        return nodes((rank, cancellation) -> rank.localSteps(state, steps, cancellation));
    }

    /** What a rank computes. */
    private interface Sums<T> {
        List<ShardTree.Partial<T>> of(Rank rank, Cancellation cancellation);
    }

    private <T> List<ShardTree.Partial<T>> nodes(Sums<T> sums) {
        List<ShardTree.Partial<T>> nodes = new ArrayList<>();
        ranks.each(Cancellation.NEVER, (number, rank, cancellation) -> sums.of(rank, cancellation))
                .forEach(nodes::addAll);
        return nodes;
    }

    @Override
    public @Nullable LossSum validate(Parameters parameters) {
        return validation == null
                ? null
                : ShardTree.combine(validationShards, validation.losses(parameters, Cancellation.NEVER), LossSum::plus);
    }

    @Override
    public @Nullable EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        return validation == null
                ? null
                : ShardTree.combine(
                        validationShards,
                        validation.measure(parameters, metrics, Cancellation.NEVER),
                        (left, right) -> left.merge(right, metrics));
    }

    @Override
    public @Nullable CurvatureSum curvature(Parameters parameters) {
        return ShardTree.combine(
                trainingShards,
                nodes((rank, cancellation) -> rank.curvature(parameters, cancellation)),
                CurvatureSum::plus);
    }

    @Override
    public long bytesSent() {
        return 0;
    }
}
