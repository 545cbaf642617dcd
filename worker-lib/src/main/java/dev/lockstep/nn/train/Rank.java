package dev.lockstep.nn.train;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.EpochReader;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StepExchange;
import dev.lockstep.nn.posterior.CurvatureSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One thread's part of the training: a contiguous range of shards, and the replica that computes on them. What it
 * returns are complete nodes of the shard tree; which ranks there are changes who computes a node, never its bits.
 *
 * <p>Gradient sums lie in arrays that the next call overwrites.
 */
public final class Rank {
    private final TrainingSetup setup;
    private final TrainingPlan plan;
    private final ParameterUpdate update;
    private final List<ShardTree.Node> nodes;
    private final int from;
    private final List<EpochReader> readers;
    private final Replica replica;
    private final Gradient gradient;
    private final @Nullable ShardGradients compressed;

    private final List<? extends ShardRows> shards;
    private final boolean globalStatistics;

    /**
     * What the losses of training rows are reported through, so that they are in the targets' own units; null: as they
     * are.
     */
    private final @Nullable Scaling lossScaling;

    /** Receives gradient sums while the backward pass continues with earlier layers. */
    @FunctionalInterface
    interface Progress {
        /**
         * More gradients are complete.
         *
         * @param first the first parameter whose gradient is, as are those of all parameters after it; 0 at the end
         * @param sums a sum for each node, null where the node has no row in this step, for these parameters; they stay
         *     as they are until the rank's next step. The rest of this one does not read the parameters
         */
        void complete(int first, List<ShardTree.Partial<StepSum>> sums);
    }

    /**
     * A rank that owns the given shards.
     *
     * @param setup of the training
     * @param shards consecutive shards, at least one
     */
    public Rank(TrainingSetup setup, List<? extends ShardRows> shards) {
        this.setup = setup;
        plan = setup.plan();
        update = setup.update();
        Network network = setup.network();
        RowLayout layout = setup.evaluation().layout();
        globalStatistics = network.globalStatistics();
        // Where weights are distributions, a loss that scales with the targets stays in the unit of the divergence.
        boolean bound = !network.posteriors().isEmpty() && network.loss().scalesWithTargets();
        lossScaling = bound ? null : setup.evaluation().scaling().targets();
        from = shards.get(0).shard();
        this.shards = List.copyOf(shards);
        nodes = ShardTree.nodes(plan.shards(), from, from + shards.size());
        readers = new ArrayList<>();
        int maxRows = 0;
        for (ShardRows shard : shards) {
            readers.add(new EpochReader(shard, plan.seed()));
            maxRows += plan.maxRowsPerStep(shard.rows());
        }
        replica = new Replica(network, layout, maxRows, shards.size());
        if (update.lazy()) {
            replica.batch().keepEntries();
        }
        if (plan.compression() instanceof Compression.None) {
            compressed = null;
            gradient = sums(network);
        } else {
            compressed = new ShardGradients(
                    plan.compression(), update.tensors(), from, shards.size(), network.momentCount());
            gradient = compressed.leaves();
        }
    }

    /** A vector for each node, in which layers add up its shards. */
    private Gradient sums(Network network) {
        GradientLayout layout = network.gradientLayout(setup.evaluation().layout());
        List<Gradient.Node> sums = new ArrayList<>();
        for (ShardTree.Node node : nodes) {
            sums.add(layout.node(node.from() - from, node.to() - from, network.momentCount()));
        }
        return new Gradient(List.copyOf(sums));
    }

    /**
     * The curvature of each of this rank's shards; see {@link Evaluation#curvature}.
     *
     * @param parameters read
     * @param cancellation is asked before each pass
     */
    public List<ShardTree.Partial<CurvatureSum>> curvature(Parameters parameters, Cancellation cancellation) {
        return new Evaluation(setup.evaluation(), shards).curvature(parameters, cancellation);
    }

    /** What the rank knows besides its rows. */
    public TrainingSetup setup() {
        return setup;
    }

    /** Its first shard. */
    public int fromShard() {
        return from;
    }

    /** After its last shard. */
    public int toShard() {
        return from + readers.size();
    }

    /** The nodes of the shard tree that this rank completes. */
    List<ShardTree.Node> nodes() {
        return nodes;
    }

    /**
     * Gradient sums over this rank's rows of a state's next step.
     *
     * @param state read, except that the residuals of the rank's shards are updated
     * @return a sum for each node, null where the node has no row in this step; valid until the next call
     * @throws IllegalStateException if the network needs statistics of all shards and this rank has not all of them
     */
    public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
        if (globalStatistics && readers.size() < plan.shards()) {
            throw new IllegalStateException("global statistics need the other ranks' shards");
        }
        resume(state);
        return gradients(state.parameters(), StepPosition.of(state), null, (first, sums) -> {});
    }

    /** From now on the residuals of this state are updated, those of the rank's shards. */
    void resume(TrainState state) {
        if (compressed != null) {
            compressed.resume(state.residuals());
        }
    }

    /**
     * The same for any step, with the residuals of {@link #resume}.
     *
     * @param parameters read
     * @param exchange reaches the shards of other ranks, for networks that need statistics of all shards; null where
     *     there are none
     * @param progress receives the sums before they are complete
     */
    List<ShardTree.Partial<StepSum>> gradients(
            Parameters parameters, StepPosition step, @Nullable StepExchange exchange, Progress progress) {
        Batch batch = replica.batch();
        batch.clear();
        for (EpochReader reader : readers) {
            reader.read(step.epoch(), step.stepInEpoch(), plan.stepsPerEpoch(), batch);
        }
        RowLosses losses = forward(parameters, step, from, exchange);
        LossSum[] shardLosses = new LossSum[readers.size()];
        for (int i = 0; i < shardLosses.length; i++) {
            shardLosses[i] = shardLosses(losses, i, step, from + i);
        }
        Completion completion = new Completion(step, shard -> shardLosses[shard - from], progress);
        replica.backward(parameters, gradient, completion);
        return completion.sums;
    }

    /** The sums of one step, as far as the backward pass has come. */
    private final class Completion implements IntConsumer {
        private final StepPosition step;
        private final IntFunction<@Nullable LossSum> losses;
        private final Progress progress;
        private int complete = setup.network().parameterCount();
        private List<ShardTree.Partial<StepSum>> sums = List.of();

        Completion(StepPosition step, IntFunction<@Nullable LossSum> losses, Progress progress) {
            this.step = step;
            this.losses = losses;
            this.progress = progress;
        }

        @Override
        public void accept(int first) {
            sums = new ArrayList<>(nodes.size());
            for (int i = 0; i < nodes.size(); i++) {
                ShardTree.Node node = nodes.get(i);
                StepSum sum = compressed == null
                        ? sum(gradient.node(i), first, ShardTree.merge(node, losses, LossSum::plus))
                        : compressed.sum(node, first, complete, step, losses);
                sums.add(new ShardTree.Partial<>(node, sum));
            }
            complete = first;
            progress.complete(first, sums);
        }

        private static @Nullable StepSum sum(Gradient.Node node, int first, @Nullable LossSum losses) {
            return losses == null
                    ? null
                    : new StepSum(
                            node.gradient(first),
                            GradientFormat.FLOAT32,
                            first == 0 ? node.moments() : StepSum.NO_MOMENTS,
                            losses);
        }
    }

    /**
     * Trains each shard alone for some steps.
     *
     * @param state where all shards begin; read
     * @param steps steps to take, within the epoch
     * @param cancellation is asked before each step
     * @return a mean for each node, null where the node has no row in these steps
     * @throws IllegalStateException if the network needs statistics of all shards
     */
    public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps, Cancellation cancellation) {
        if (globalStatistics) {
            throw new IllegalStateException("a shard that trains alone has no global statistics");
        }
        List<ShardTree.Partial<LocalMean>> means = new ArrayList<>(nodes.size());
        for (ShardTree.Node node : nodes) {
            means.add(new ShardTree.Partial<>(
                    node,
                    ShardTree.merge(node, shard -> trainShard(shard, state, steps, cancellation), LocalMean::merge)));
        }
        return means;
    }

    private @Nullable LocalMean trainShard(int shard, TrainState state, int steps, Cancellation cancellation) {
        Parameters parameters = new Parameters(
                state.parameters().theta().clone(), state.parameters().buffers().clone());
        float[] optimizerState = state.optimizerState().clone();
        Gradient.Node node = gradient.node(0).over(0, 1);
        Gradient shardGradient = new Gradient(List.of(node));
        LossSum total = null;
        for (int i = 0; i < steps; i++) {
            cancellation.check();
            StepPosition step = new StepPosition(state.step() + i, state.epoch(), state.stepInEpoch() + i);
            Batch batch = replica.batch();
            batch.clear();
            readers.get(shard - from).read(step.epoch(), step.stepInEpoch(), plan.stepsPerEpoch(), batch);
            if (batch.rows() == 0) {
                continue;
            }
            RowLosses losses = forward(parameters, step, shard, null);
            replica.backward(parameters, shardGradient, first -> {});
            LossSum sum = Objects.requireNonNull(shardLosses(losses, 0, step, shard));
            update.apply(step.step(), state.history(), parameters.theta(), node.gradient(), sum, optimizerState);
            update.updateStatistics(node.moments(), parameters.buffers());
            total = total == null ? sum : total.plus(sum);
        }
        return total == null || total.weight() == 0 ? null : new LocalMean(parameters, optimizerState, total);
    }

    /** Forward and loss over the batch, whose first shard is {@code firstShard}. */
    private RowLosses forward(
            Parameters parameters, StepPosition step, int firstShard, @Nullable StepExchange exchange) {
        Scaling scaling = setup.evaluation().scaling();
        scaling.apply(replica.batch());
        scaling.applyToTargets(replica.batch());
        plan.augmentation().apply(replica.batch(), plan.seed(), step.step(), firstShard, scaling);
        replica.beginTraining(plan.seed(), step.step(), firstShard, exchange);
        replica.forward(parameters);
        return replica.lossAndGradient(lossScaling);
    }

    /** The losses of the batch's {@code index}-th shard; null if it has no rows. */
    private @Nullable LossSum shardLosses(RowLosses losses, int index, StepPosition step, int shard) {
        int[] rowStart = replica.batch().rowStart();
        if (rowStart[index] == rowStart[index + 1]) {
            return null;
        }
        LossSum sum = LossSum.ZERO.plusRows(losses, replica.batch().weights(), rowStart[index], rowStart[index + 1]);
        if (!Double.isFinite(sum.loss())) {
            throw TrainingException.notFinite(
                    "the loss",
                    sum.loss(),
                    "in epoch " + (step.epoch() + 1) + ", step " + (step.step() + 1) + ", shard " + shard);
        }
        return sum;
    }
}
