package dev.lockstep.nn.train;

import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import java.util.ArrayList;
import java.util.List;

/** Several ranks in one thread; the validation rows are the training rows. */
final class SplitWorkers implements Workers {
    private final List<Rank> ranks = new ArrayList<>();
    private final LocalWorkers whole;

    /** Workers whose rank {@code i} begins at shard {@code rankStarts[i]}. */
    SplitWorkers(TrainingSetup setup, List<MemoryShard> shards, int... rankStarts) {
        whole = new LocalWorkers(setup, shards, shards);
        for (int i = 0; i < rankStarts.length; i++) {
            int to = i + 1 < rankStarts.length ? rankStarts[i + 1] : shards.size();
            ranks.add(new Rank(setup, shards.subList(rankStarts[i], to)));
        }
    }

    /** The ranks. */
    List<Rank> ranks() {
        return ranks;
    }

    @Override
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        List<ShardTree.Partial<StepSum>> sums = new ArrayList<>();
        ranks.forEach(rank -> sums.addAll(rank.gradients(state)));
        return sums;
    }

    @Override
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
        List<ShardTree.Partial<LocalMean>> means = new ArrayList<>();
        ranks.forEach(rank -> means.addAll(rank.localSteps(state, steps, Cancellation.NEVER)));
        return means;
    }

    @Override
    public LossSum validate(Parameters parameters) {
        return whole.validate(parameters);
    }

    @Override
    public EvaluationSum measure(Parameters parameters, MetricSet metrics) {
        return whole.measure(parameters, metrics);
    }

    @Override
    public CurvatureSum curvature(Parameters parameters) {
        List<ShardTree.Partial<CurvatureSum>> sums = new ArrayList<>();
        ranks.forEach(rank -> sums.addAll(rank.curvature(parameters, Cancellation.NEVER)));
        return ShardTree.combine(ranks.get(0).setup().plan().shards(), sums, CurvatureSum::plus);
    }

    @Override
    public long bytesSent() {
        return 0;
    }
}
