package dev.lockstep.nn.train;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.PermutedRows;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.SequentialReader;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.metric.MetricRows;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.MetricSum;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.PredictivePass;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.Curvature;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures a network on shards that it does not train on, one shard at a time, in chunks of rows. Figures are in the
 * targets' own units, also where training sees them scaled.
 */
public final class Evaluation {
    /** Rows in one pass; changes speed and memory, never the bits. */
    private static final int CHUNK_ROWS = 512;

    private final EvaluationSetup setup;
    /** What is trained; its networks may share weights. */
    private final Network trained;
    /** The networks that predict. */
    private final Network network;

    private final Scaling scaling;
    private final List<ShardRows> shards;
    private final SequentialReader reader;
    private final Replica replica;
    private final PredictivePass predictive;

    /**
     * An evaluation in one thread.
     *
     * @param setup of the evaluation
     * @param shards the shards to measure
     */
    public Evaluation(EvaluationSetup setup, List<? extends ShardRows> shards) {
        this.setup = setup;
        this.trained = setup.network();
        this.network = trained.unshared();
        this.scaling = setup.scaling();
        this.shards = List.copyOf(shards);
        reader = new SequentialReader(setup.layout(), setup.seed());
        replica = new Replica(network, setup.layout(), CHUNK_ROWS, 1);
        predictive = new PredictivePass(
                network, replica, scaling.targets(), setup.seed(), setup.samples(), CHUNK_ROWS, setup.decision());
    }

    /**
     * The losses of each shard's rows, in canonical order; null for a shard without rows.
     *
     * @param parameters read
     * @param cancellation is asked before each pass
     */
    public List<ShardTree.Partial<LossSum>> losses(Parameters parameters, Cancellation cancellation) {
        Parameters predicting = trained.unshare(parameters);
        return eachShard(shard -> pass(predicting, shard, cancellation, row -> {}));
    }

    /**
     * The losses of each shard's rows and the network's metrics; null for a shard without rows.
     *
     * @param parameters read
     * @param cancellation is asked before each pass
     * @throws TrainingException if a prediction is not finite, naming the row
     */
    public List<ShardTree.Partial<EvaluationSum>> measure(Parameters parameters, Cancellation cancellation) {
        return measure(parameters, network.metrics(), cancellation);
    }

    /** The same with other metrics. */
    public List<ShardTree.Partial<EvaluationSum>> measure(
            Parameters parameters, MetricSet metrics, Cancellation cancellation) {
        Parameters predicting = trained.unshare(parameters);
        return eachShard(shard -> measure(predicting, metrics, shard, cancellation));
    }

    /**
     * The losses of each shard's rows as they are, and with the cells of each column exchanged; null for a shard
     * without rows.
     *
     * @param parameters read
     * @param permutation what is exchanged
     * @param cancellation is asked before each pass
     */
    public List<ShardTree.Partial<PermutedLosses>> permuted(
            Parameters parameters, ColumnPermutation permutation, Cancellation cancellation) {
        Parameters predicting = trained.unshare(parameters);
        return eachShard(shard -> shard.rows() == 0 ? null : permuted(predicting, permutation, shard, cancellation));
    }

    /**
     * The curvature of each shard's rows; null for a shard without rows.
     *
     * @param parameters read
     * @param cancellation is asked before each pass
     * @throws IllegalArgumentException if the network has none that is known
     */
    public List<ShardTree.Partial<CurvatureSum>> curvature(Parameters parameters, Cancellation cancellation) {
        Curvature curvature = new Curvature(network, replica);
        return eachShard(shard -> {
            CurvatureSum sum = shard.rows() == 0 ? null : curvature.empty();
            for (int row = 0;
                    sum != null && row < shard.rows();
                    row += replica.batch().rows()) {
                cancellation.check();
                replica.batch().clear();
                reader.read(shard, row, CHUNK_ROWS, replica.batch());
                scaling.apply(replica.batch());
                curvature.begin();
                replica.forward(parameters);
                curvature.add(sum);
            }
            return sum;
        });
    }

    private PermutedLosses permuted(
            Parameters parameters, ColumnPermutation permutation, ShardRows shard, Cancellation cancellation) {
        LossSum[] sums = new LossSum[permutation.allSums()];
        Arrays.fill(sums, LossSum.ZERO);
        Chunks plain = (row, batch) -> reader.read(shard, row, CHUNK_ROWS, batch);
        pass(parameters, shard, plain, cancellation, row -> addTo(sums, 0, permutation));
        PermutedRows rows = new PermutedRows(setup.layout(), setup.seed(), shard);
        for (int column = 0; column < permutation.columns().columns().size(); column++) {
            rows.choose(permutation.columns().columns().get(column));
            for (int repeat = 0; repeat < permutation.repeats(); repeat++) {
                rows.permute(permutation.seed(), repeat, column);
                int at = permutation.sums(column, repeat);
                Chunks exchanged = (row, batch) -> rows.read(row, CHUNK_ROWS, batch);
                pass(parameters, shard, exchanged, cancellation, row -> addTo(sums, at, permutation));
            }
        }
        return new PermutedLosses(List.of(sums));
    }

    /** Adds the losses of a chunk to the sum of all rows, and to those of the rows' classes. */
    private void addTo(LossSum[] sums, int at, ColumnPermutation permutation) {
        Batch batch = replica.batch();
        RowLosses losses = predictive.losses();
        sums[at] = sums[at].plusRows(losses, batch.weights(), 0, batch.rows());
        for (int row = 0; permutation.classes() > 0 && row < batch.rows(); row++) {
            int group = at + 1 + (int) batch.targets().array()[batch.targets().rowOffset(row)];
            sums[group] = sums[group].plusRows(losses, batch.weights(), row, row + 1);
        }
    }

    private <T> List<ShardTree.Partial<T>> eachShard(Function<ShardRows, @Nullable T> measured) {
        List<ShardTree.Partial<T>> sums = new ArrayList<>(shards.size());
        for (ShardRows shard : shards) {
            ShardTree.Node leaf = new ShardTree.Node(shard.shard(), shard.shard() + 1);
            sums.add(new ShardTree.Partial<>(leaf, measured.apply(shard)));
        }
        return sums;
    }

    private @Nullable EvaluationSum measure(
            Parameters parameters, MetricSet metrics, ShardRows shard, Cancellation cancellation) {
        List<MetricSum> sums = metrics.empty();
        LossSum losses = pass(parameters, shard, cancellation, row -> {
            checkFinite(shard.shard(), row);
            PredictiveDistribution predicted = predictive.distribution();
            metrics.add(
                    sums,
                    predicted
                            .metricRows(replica.batch(), replica.lengths())
                            .of(new MetricRows.Pass(
                                    replica.batch(),
                                    predictive.losses().loss(),
                                    predictive.losses().weight())));
        });
        return losses == null ? null : new EvaluationSum(losses, sums);
    }

    /** Metrics are those of numbers. */
    private void checkFinite(int shard, int firstRow) {
        Tensor predictions = predictive.distribution().predictions();
        int size = predictions.shape().size();
        int length = replica.batch().rows() * size;
        int at = Kernels.get().elementwise().firstNonFinite(predictions.array(), predictions.offset(), length);
        if (at >= 0) {
            throw new TrainingException(
                    "the prediction is not finite (" + predictions.array()[predictions.offset() + at] + ") of row "
                            + (firstRow + at / size) + " of shard " + shard);
        }
    }

    /** Fills a batch with the rows of a shard from one on. */
    @FunctionalInterface
    private interface Chunks {
        void read(int row, Batch batch);
    }

    /** Runs all rows of a shard; calls {@code each} with the first row of each chunk after its forward pass. */
    private @Nullable LossSum pass(
            Parameters parameters, ShardRows shard, Cancellation cancellation, IntConsumer each) {
        if (shard.rows() == 0) {
            return null;
        }
        LossSum[] sum = {LossSum.ZERO};
        Batch batch = replica.batch();
        pass(parameters, shard, (row, rows) -> reader.read(shard, row, CHUNK_ROWS, rows), cancellation, row -> {
            sum[0] = sum[0].plusRows(predictive.losses(), batch.weights(), 0, batch.rows());
            each.accept(row);
        });
        return sum[0];
    }

    private void pass(
            Parameters parameters, ShardRows shard, Chunks chunks, Cancellation cancellation, IntConsumer each) {
        Batch batch = replica.batch();
        for (int row = 0; row < shard.rows(); row += batch.rows()) {
            cancellation.check();
            batch.clear();
            chunks.read(row, batch);
            scaling.apply(batch);
            predictive.run(parameters);
            each.accept(row);
        }
    }
}
