package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.param.StepExchange;
import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The context of a forward or backward pass: which rows belong to which shard, whether it trains, and the keys of its
 * random streams. One object a replica, set again for each pass.
 *
 * <p>In training a row's streams are keyed (seed, purpose, step, shard, row within the shard's rows of the step,
 * layer); outside training (seed, purpose, sample, layer, hash of the row's features). Neither depends on which rank
 * holds the row, nor on which rows share its pass.
 */
public final class Pass {
    private boolean training;
    private boolean random;
    private boolean continues;
    private boolean differentiates;
    private long seed;
    private long step;
    private int firstShard;
    private @Nullable Batch batch;
    private int @Nullable [] lengths;
    /** Reaches the other ranks' shards; none where the batch's shards are all that take part. */
    private @Nullable StepExchange exchange;

    private @Nullable Observer observer;

    /** Looks at what layers give. */
    @FunctionalInterface
    public interface Observer {
        /**
         * A layer has computed its output, in a forward pass.
         *
         * @param layer which one
         * @param y read: its output, 0 beyond the ends of rows
         * @param lengths valid steps of each row of it; null: all
         */
        void output(Layer layer, Tensor y, int @Nullable [] lengths);
    }

    /** From now on somebody looks at the outputs of the layers of every {@link SequenceLayer}. */
    public void observe(Observer somebody) {
        observer = somebody;
    }

    /** A layer has computed its output. */
    void show(Layer layer, Tensor y) {
        if (observer != null) {
            observer.output(layer, y, lengths);
        }
    }

    /**
     * Begins a training pass over shards that are all that take part.
     *
     * @param seed the job's seed
     * @param step global step, from 0
     * @param firstShard number of the shard whose rows come first in the batch
     * @param batch the rows
     */
    public void beginTraining(long seed, long step, int firstShard, Batch batch) {
        beginTraining(seed, step, firstShard, batch, null);
    }

    /**
     * Begins a training pass.
     *
     * @param exchange reaches the shards of other ranks, if there are any
     */
    public void beginTraining(long seed, long step, int firstShard, Batch batch, @Nullable StepExchange exchange) {
        this.training = true;
        this.differentiates = true;
        this.continues = false;
        this.random = true;
        this.seed = seed;
        this.step = step;
        this.firstShard = firstShard;
        this.batch = batch;
        this.lengths = batch.lengths();
        this.exchange = exchange;
    }

    /**
     * Begins a pass outside training in which nothing is random: dropout is off, weights are their means.
     *
     * @param batch the rows
     */
    public void beginInference(Batch batch) {
        beginSample(0, 0, batch);
        this.random = false;
    }

    /**
     * Begins a pass outside training in which nothing is random and recurrent layers begin in the states in which the
     * last pass of as many rows ended, all of whose steps were valid: its rows are the next steps of the same
     * sequences.
     */
    public void beginContinuation(Batch batch) {
        beginInference(batch);
        continues = true;
    }

    /**
     * Begins a pass outside training, in which nothing is random, that a backward pass may follow: for the gradient of
     * what the network predicts by its input. Layers need not be asked for those by their parameters: a gradient
     * without nodes gets none.
     */
    public void beginDifferentiation(Batch batch) {
        beginInference(batch);
        differentiates = true;
    }

    /** Whether a backward pass may follow, for which layers have to remember. */
    boolean differentiates() {
        return differentiates;
    }

    /** Whether recurrent layers begin in the states in which they ended. */
    public boolean continues() {
        return continues;
    }

    /**
     * Begins a pass outside training that draws dropout masks and weights: one sample of the predictive distribution.
     *
     * @param seed the job's seed
     * @param sample number of the sample
     * @param batch the rows, with their keys
     */
    public void beginSample(long seed, long sample, Batch batch) {
        this.training = false;
        this.differentiates = false;
        this.continues = false;
        this.random = true;
        this.seed = seed;
        this.step = sample;
        this.firstShard = 0;
        this.batch = batch;
        this.lengths = batch.lengths();
        this.exchange = null;
    }

    /** Whether this is training: batch statistics are those of the batch. */
    public boolean training() {
        return training;
    }

    /** Whether layers draw random numbers: in training, and in predictive samples. */
    public boolean random() {
        return random;
    }

    /** The stream of the noise of weights that this pass draws, the same for all rows. */
    long weightKey(Posterior posterior) {
        return training ? posterior.weightKey(seed, step) : posterior.sampleKey(seed, step);
    }

    private Batch batch() {
        return Objects.requireNonNull(batch, "a pass begins before it is used");
    }

    /** Rows in this pass. */
    public int rows() {
        return batch().rows();
    }

    /** Shards in this pass, those without rows included. */
    public int shards() {
        return batch().shards();
    }

    /** The features of the rows as entries, if x is what stands for them; null if x holds its numbers itself. */
    @Nullable
    SparseMatrix entries(Tensor x) {
        return batch().entries(x);
    }

    /** First row of each of the pass's shards; entry {@link #shards()} is the number of rows. */
    public int[] rowStart() {
        return batch().rowStart();
    }

    /**
     * Valid steps of each row of what the layer at work takes in, or null where all are valid. At the start those of
     * the batch; a {@link SequenceLayer} moves them on from layer to layer.
     */
    public int @Nullable [] lengths() {
        return lengths;
    }

    /** Says how many steps of each row are valid from here on; null: all. */
    public void lengths(int @Nullable [] valid) {
        lengths = valid;
    }

    /** Valid steps of a row where rows have lengths of their own. */
    int length(int row) {
        return Objects.requireNonNull(lengths())[row];
    }

    /**
     * A sum over all shards of the step, along their tree, wherever they are. Waits for the other ranks, all of which
     * have to ask for the same.
     *
     * @param leaf the sum of the pass's shard of an index, null if it has no rows; consumed
     * @param merge left, right to their sum; may change and return one of them
     * @return the sum, or null if no shard has rows
     */
    double @Nullable [] total(IntFunction<double @Nullable []> leaf, BinaryOperator<double[]> merge) {
        if (exchange == null) {
            return ShardTree.mergeAll(shards(), leaf, merge);
        }
        List<ShardTree.Partial<double[]>> own = new ArrayList<>();
        for (ShardTree.Node node : exchange.nodes()) {
            own.add(new ShardTree.Partial<>(
                    node, ShardTree.merge(node, shard -> leaf.apply(shard - firstShard), merge)));
        }
        return exchange.combine(own, merge);
    }

    /**
     * Which network of an ensemble each row trains, where they share their weights: one after another in the order of a
     * shard's rows of the step, from a network on that is drawn for the shard and the step. Outside training the first.
     *
     * @param count how many networks
     * @param memberOf overwritten: the network of each row
     */
    void members(int count, int[] memberOf) {
        int[] rowStart = rowStart();
        for (int shard = 0; shard < shards(); shard++) {
            long key = StreamKey.key(seed, Purpose.ENSEMBLE, step, firstShard + shard, 0, 0);
            long first = training ? CounterRandom.bounded(key, 0, count) : 0;
            for (int row = rowStart[shard]; row < rowStart[shard + 1]; row++) {
                memberOf[row] = training ? (int) ((first + row - rowStart[shard]) % count) : 0;
            }
        }
    }

    /**
     * The keys of the rows' random streams.
     *
     * @param purpose what the numbers are for
     * @param layer number of the layer that draws them
     * @param keys overwritten: one key a row
     */
    public void streamKeys(Purpose purpose, int layer, long[] keys) {
        int[] rowStart = rowStart();
        for (int shard = 0; shard < shards(); shard++) {
            for (int row = rowStart[shard]; row < rowStart[shard + 1]; row++) {
                keys[row] = training
                        ? StreamKey.key(seed, purpose, step, firstShard + shard, row - rowStart[shard], layer)
                        : StreamKey.key(seed, purpose, step, 0, batch().keys()[row], layer);
            }
        }
    }
}
