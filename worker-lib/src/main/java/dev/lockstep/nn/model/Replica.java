package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Gradient;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.tensor.Tensor;

/**
 * A network at work in one thread: all scratch memory, allocated once for the largest pass. A training step is: fill
 * {@link #batch()}, {@link #beginTraining}, {@link #forward}, {@link #lossAndGradient}, {@link #backward}.
 */
public final class Replica {
    private final Network network;
    private final Batch batch;
    private final Pass pass = new Pass();
    private final LayerReplica layers;
    private final Tensor outputGradient;
    private final Tensor prediction;
    private final RowLosses losses;
    private Tensor output;

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
        this.network = network;
        this.batch = new Batch(rows, maxRows, maxShards);
        this.layers = network.root().replica(new Workspace(maxRows));
        this.outputGradient = Tensor.allocate(maxRows, network.output());
        this.prediction = Tensor.allocate(maxRows, network.output());
        this.losses = new RowLosses(maxRows);
    }

    /** The rows of the next pass; fill before it begins. */
    public Batch batch() {
        return batch;
    }

    /** Begins a training pass over the batch; see {@link Pass#beginTraining}. */
    public void beginTraining(long seed, long step, int firstShard) {
        pass.beginTraining(seed, step, firstShard, batch);
    }

    /** Begins a pass outside training over the batch; see {@link Pass#beginInference}. */
    public void beginInference(long seed, long sample) {
        pass.beginInference(seed, sample, batch);
    }

    /** Runs the layers; the output stays here. */
    public void forward(Parameters parameters) {
        output = layers.forward(pass, parameters, batch.features());
    }

    /** Computes each row's loss, and the gradient by the output that {@link #backward} starts from. */
    public RowLosses lossAndGradient() {
        network.loss().evaluate(pass, output, batch.targets(), batch.weights(), outputGradient, losses);
        return losses;
    }

    /** Runs the layers back; every slot of every node of {@code gradient} is overwritten. */
    public void backward(Parameters parameters, Gradient gradient) {
        layers.backward(pass, parameters, batch.features(), outputGradient, false, gradient);
    }

    /** The output before the loss's link: logits, or means. One row a row of the batch. */
    public Tensor output() {
        return output;
    }

    /** The output after the loss's link: probabilities, or means. One row a row of the batch. */
    public Tensor predictions() {
        int width = network.output().last();
        int rows = pass.rows() * (network.output().size() / width);
        network.loss().link().forward(output.array(), output.offset(), prediction.array(), 0, rows, width);
        return prediction;
    }
}
