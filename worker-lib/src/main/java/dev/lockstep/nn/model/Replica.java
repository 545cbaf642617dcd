package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.SequenceLayer;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StepExchange;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A network at work in one thread: all scratch memory, allocated once for the largest pass. A training step is: fill
 * {@link #batch()}, {@link #beginTraining}, {@link #forward}, {@link #lossAndGradient}, {@link #backward}. An
 * ensemble's networks compute one after the other on the same rows.
 */
public final class Replica {
    private final Network network;
    private final Batch batch;
    private final Pass pass = new Pass();
    private final List<Member> members = new ArrayList<>();
    private final Tensor prediction;
    private final RowLosses losses;
    /** Valid steps of the outputs' rows; null: all. */
    private int @Nullable [] lengths;

    /** A network of the ensemble. */
    private static final class Member {
        private final SequenceLayer.SequenceReplica layers;
        private final Tensor outputGradient;
        private final RowLosses losses;
        private @Nullable Tensor output;

        Member(SequenceLayer.SequenceReplica layers, Tensor outputGradient, RowLosses losses) {
            this.layers = layers;
            this.outputGradient = outputGradient;
            this.losses = losses;
        }

        Tensor output() {
            return Objects.requireNonNull(output, "a forward pass comes first");
        }
    }

    /**
     * A replica for passes of at most {@code maxRows} rows from at most {@code maxShards} shards.
     *
     * @throws IllegalArgumentException if the rows' features are not what the network was bound to
     */
    public Replica(Network network, RowLayout rows, int maxRows, int maxShards) {
        if (rows.features().size() != network.input().size()) {
            throw new IllegalArgumentException(
                    "network: expected input " + network.input() + ", got rows of " + rows.features());
        }
        network.checkSteps(rows);
        this.network = network;
        this.batch = new Batch(rows, maxRows, maxShards, network.readsEntries());
        this.prediction = Tensor.allocate(maxRows, network.output());
        this.losses = network.loss().newRows(maxRows);
        Workspace workspace = new Workspace(maxRows);
        for (SequenceLayer member : network.members()) {
            RowLosses own =
                    network.members().size() == 1 ? losses : network.loss().newRows(maxRows);
            members.add(new Member(member.replica(workspace), Tensor.allocate(maxRows, network.output()), own));
        }
    }

    /** The rows of the next pass; fill before it begins. */
    public Batch batch() {
        return batch;
    }

    /** From now on somebody looks at what the layers give; see {@link Pass#observe}. */
    void observe(Pass.Observer somebody) {
        pass.observe(somebody);
    }

    /** Begins a training pass over the batch; see {@link Pass#beginTraining}. */
    public void beginTraining(long seed, long step, int firstShard) {
        beginTraining(seed, step, firstShard, null);
    }

    /** The same where other ranks have shards of the step too. */
    public void beginTraining(long seed, long step, int firstShard, @Nullable StepExchange exchange) {
        pass.beginTraining(seed, step, firstShard, batch, exchange);
    }

    /** Begins a pass over the batch in which nothing is random; see {@link Pass#beginInference}. */
    public void beginInference() {
        pass.beginInference(batch);
    }

    /** Begins a pass over the next steps of the same sequences; see {@link Pass#beginContinuation}. */
    void beginContinuation() {
        pass.beginContinuation(batch);
    }

    /** Begins a pass over the batch that draws one predictive sample; see {@link Pass#beginSample}. */
    public void beginSample(long seed, long sample) {
        pass.beginSample(seed, sample, batch);
    }

    /** Runs the layers; the outputs stay here. Features beyond the ends of rows become 0. */
    public void forward(Parameters parameters) {
        batch.clearPadding();
        for (Member member : members) {
            pass.lengths(batch.lengths());
            member.output = member.layers.forward(pass, parameters, batch.input());
        }
        lengths = pass.lengths();
    }

    /** Valid steps of each row of the outputs, where these are sequences; null: all. */
    public int @Nullable [] lengths() {
        return lengths;
    }

    /**
     * Computes each row's loss, and the gradients by the outputs that {@link #backward} starts from. Each network of an
     * ensemble has a gradient of its own loss; the losses and scores returned are means over the networks.
     */
    public RowLosses lossAndGradient() {
        return lossAndGradient(null);
    }

    /**
     * The same where targets are scaled: losses and scores are in the targets' own units.
     *
     * @param scaling what the targets have been scaled with; null: losses are in the unit of the targets as they are
     */
    public RowLosses lossAndGradient(@Nullable Scaling scaling) {
        pass.lengths(lengths);
        for (Member member : members) {
            network.loss()
                    .train(
                            pass,
                            member.output(),
                            batch.targets(),
                            scaling,
                            batch.weights(),
                            member.outputGradient,
                            member.losses);
        }
        if (members.size() > 1) {
            average();
        }
        return losses;
    }

    private void average() {
        for (int row = 0; row < pass.rows(); row++) {
            double loss = 0;
            double score = 0;
            for (Member member : members) {
                loss += member.losses.loss()[row];
                score += member.losses.score()[row];
            }
            losses.loss()[row] = loss / members.size();
            losses.score()[row] = score / members.size();
            losses.weight()[row] = members.get(0).losses.weight()[row];
            losses.scoreWeight()[row] = members.get(0).losses.scoreWeight()[row];
        }
    }

    /**
     * Computes each row's loss, in the targets' own units, for outputs that were not computed here: those of predictive
     * distributions.
     *
     * @param output read: as {@link PredictiveDistribution#outputs()} gives them
     * @param scaling what the network sees the targets through; null: as they are
     */
    RowLosses losses(Tensor output, @Nullable Scaling scaling) {
        Tensor scratch = members.get(0).outputGradient;
        pass.lengths(lengths);
        network.loss().evaluateInOwnUnits(pass, output, batch.targets(), scaling, batch.weights(), scratch, losses);
        return losses;
    }

    /**
     * Runs the layers back, those of an ensemble's last network first.
     *
     * @param gradient every range of every node is overwritten
     * @param complete receives the parameter from which on the gradients are complete, layer by layer, 0 at the end:
     *     they stay as they are in every node, and this pass does not read these parameters again
     */
    public void backward(Parameters parameters, Gradient gradient, IntConsumer complete) {
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            member.layers.backward(pass, parameters, member.outputGradient, gradient, complete);
        }
    }

    /**
     * What the last layer of a network's own took in in the last forward pass: what its outputs are computed from.
     *
     * @param member the network
     */
    public Tensor lastInput(int member) {
        return members.get(member).layers.input(network.lastLayer());
    }

    /** How many networks there are. */
    public int members() {
        return members.size();
    }

    /** A network's output before the loss's link: logits, or means. One row a row of the batch. */
    public Tensor output(int member) {
        return members.get(member).output();
    }

    /**
     * A network's output after the loss's link: probabilities, or means. One row a row of the batch; valid until the
     * next call.
     */
    public Tensor predictions(int member) {
        return linked(members.get(member).output());
    }

    /** Outputs after the loss's link; valid until the next call. */
    Tensor linked(Tensor output) {
        int width = network.output().last();
        int rows = pass.rows() * (network.output().size() / width);
        network.likelihood().link().forward(output.array(), output.offset(), prediction.array(), 0, rows, width);
        return prediction;
    }
}
