package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.ChannelMoments;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.param.StepExchange;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Batch normalisation against the formulas in double, shard by shard, and its running statistics against those of the
 * pooled elements.
 */
class BatchNormTest {
    private static final double MOMENTUM = 0.8;
    private static final double EPSILON = 1e-3;
    private static final int CHANNELS = 3;
    private static final Shape INPUT = Shape.of(19, 7, CHANNELS);
    private static final int POSITIONS = 19 * 7;
    private static final int[] SHARD_ROWS = {2, 0, 5, 1};

    private final Random random = new Random(3);
    private final ParameterLayout layout = new ParameterLayout();
    private final Layer layer = new BatchNorm(MOMENTUM, EPSILON, null, new Activation.Relu()).bind(INPUT, layout);
    private final LayerReplica replica = layer.replica(new Workspace(8));
    private final Batch batch = new Batch(new RowLayout(INPUT, Shape.of(1), false, false), 8, SHARD_ROWS.length);
    private final Parameters parameters =
            new Parameters(new float[layout.parameterCount()], new float[layout.bufferCount()]);
    private final Pass pass = new Pass();

    BatchNormTest() {
        for (int rows : SHARD_ROWS) {
            batch.beginShard();
            for (int i = 0; i < rows; i++) {
                float[] row = new float[INPUT.size() + 1];
                for (int j = 0; j < row.length; j++) {
                    // Means far from 0, as after a ReLU and more.
                    row[j] = (float) (random.nextGaussian() * (1 + j % CHANNELS) + 10 * (j % CHANNELS) + i);
                }
                batch.addRow(row, 0, 0);
            }
            batch.endShard();
        }
        for (int i = 0; i < parameters.theta().length; i++) {
            parameters.theta()[i] = (float) (0.5 + random.nextDouble());
        }
        layout.buffers().get(0).initialize(parameters.buffers());
    }

    private double gain(int c) {
        return parameters.theta()[c];
    }

    private double shift(int c) {
        return parameters.theta()[CHANNELS + c];
    }

    /** Mean and M2 of a channel over some rows. */
    private double[] moments(int fromRow, int toRow, int c) {
        float[] x = batch.features().array();
        int lines = (toRow - fromRow) * POSITIONS;
        double mean = 0;
        for (int line = fromRow * POSITIONS; line < toRow * POSITIONS; line++) {
            mean += x[line * CHANNELS + c] / (double) lines;
        }
        double m2 = 0;
        for (int line = fromRow * POSITIONS; line < toRow * POSITIONS; line++) {
            m2 += (x[line * CHANNELS + c] - mean) * (x[line * CHANNELS + c] - mean);
        }
        return new double[] {mean, m2};
    }

    @Test
    void everyShardIsNormalisedByItself() {
        pass.beginTraining(1, 0, 0, batch);
        float[] x = batch.features().array();
        Tensor y = replica.forward(pass, parameters, batch.features());
        float[] upstream = new float[8 * INPUT.size()];
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = (float) random.nextGaussian();
        }
        Gradient gradient = new Gradient(List.of(
                new Gradient.Node(0, 2, new float[2 * CHANNELS], new double[3 * CHANNELS]),
                new Gradient.Node(2, 4, new float[2 * CHANNELS], new double[3 * CHANNELS])));
        float[] out = y.array().clone();
        Tensor dx = replica.backward(
                pass, parameters, batch.features(), new Tensor(upstream.clone(), 0, INPUT), true, gradient);
        double[][] nodeGradient = new double[2][2 * CHANNELS];
        for (int shard = 0; shard < SHARD_ROWS.length; shard++) {
            int from = batch.rowStart()[shard];
            int to = batch.rowStart()[shard + 1];
            int lines = (to - from) * POSITIONS;
            for (int c = 0; c < CHANNELS && lines > 0; c++) {
                double[] moments = moments(from, to, c);
                double deviation = Math.sqrt(moments[1] / lines + EPSILON);
                double sum = 0;
                double product = 0;
                for (int line = from * POSITIONS; line < to * POSITIONS; line++) {
                    int i = line * CHANNELS + c;
                    double hat = (x[i] - moments[0]) / deviation;
                    double expected = Math.max(gain(c) * hat + shift(c), 0);
                    assertThat((double) out[i]).as("y %d", i).isCloseTo(expected, within(2e-5));
                    double dz = out[i] > 0 ? upstream[i] : 0;
                    sum += dz;
                    product += dz * hat;
                }
                nodeGradient[shard / 2][c] += product;
                nodeGradient[shard / 2][CHANNELS + c] += sum;
                for (int line = from * POSITIONS; line < to * POSITIONS; line++) {
                    int i = line * CHANNELS + c;
                    double hat = (x[i] - moments[0]) / deviation;
                    double dz = out[i] > 0 ? upstream[i] : 0;
                    double expected = gain(c) / (lines * deviation) * (lines * dz - sum - hat * product);
                    assertThat((double) dx.array()[dx.offset() + i])
                            .as("dx %d", i)
                            .isCloseTo(expected, within(2e-5));
                }
            }
        }
        for (int node = 0; node < 2; node++) {
            for (int i = 0; i < 2 * CHANNELS; i++) {
                assertThat((double) gradient.node(node).values()[i])
                        .as("gradient %d of node %d", i, node)
                        .isCloseTo(nodeGradient[node][i], within(1e-3));
            }
        }
    }

    @Test
    void runningStatisticsAreThoseOfAllElementsTogether() {
        pass.beginTraining(1, 0, 0, batch);
        replica.forward(pass, parameters, batch.features());
        Gradient gradient = new Gradient(List.of(
                new Gradient.Node(0, 2, new float[2 * CHANNELS], new double[3 * CHANNELS]),
                new Gradient.Node(2, 4, new float[2 * CHANNELS], new double[3 * CHANNELS])));
        replica.backward(
                pass, parameters, batch.features(), new Tensor(new float[8 * INPUT.size()], 0, INPUT), false, gradient);
        double[] moments = gradient.node(0).moments();
        ChannelMoments.merge(moments, 0, gradient.node(1).moments(), 0, moments.length);
        layout.buffers().get(0).update(moments, parameters.buffers());
        int elements = 8 * POSITIONS;
        for (int c = 0; c < CHANNELS; c++) {
            double[] pooled = moments(0, 8, c);
            assertThat(moments[3 * c]).isEqualTo(elements);
            assertThat(moments[3 * c + 1]).isCloseTo(pooled[0], within(1e-5));
            assertThat(moments[3 * c + 2]).isCloseTo(pooled[1], within(1e-5 * pooled[1]));
            assertThat((double) parameters.buffers()[2 * c]).isCloseTo(0.2 * pooled[0], within(1e-5));
            assertThat((double) parameters.buffers()[2 * c + 1])
                    .isCloseTo(0.8 + 0.2 * pooled[1] / (elements - 1), within(1e-4));
        }
        // Outside training these are what rows are normalised with, each row by itself.
        pass.beginInference(batch);
        Tensor y = replica.forward(pass, parameters, batch.features());
        for (int i = 0; i < 8 * INPUT.size(); i++) {
            int c = i % CHANNELS;
            double hat = (batch.features().array()[i] - parameters.buffers()[2 * c])
                    / Math.sqrt(parameters.buffers()[2 * c + 1] + EPSILON);
            assertThat((double) y.array()[i]).isCloseTo(Math.max(gain(c) * hat + shift(c), 0), within(1e-4));
        }
    }

    @Test
    void absentShardsLeaveMomentsAlone() {
        double[] left = {0, 0, 0, 2, 5, 8};
        double[] right = {3, 1, 2, 0, 0, 0};
        ChannelMoments.merge(left, 0, right, 0, 6);
        assertThat(left).containsExactly(3, 1, 2, 2, 5, 8);
    }

    @Test
    void runningVariancesOfModelsTakeInTheSpreadOfTheirMeans() {
        // Two channels: means 1 and 5 with variances 2 and 4, merged 1 : 3; and equal ones.
        float[] left = {1, 2, 0.3f, 0.7f};
        StatisticsRange.mergeMean(left, new float[] {5, 4, 0.3f, 0.7f}, 0.75);
        double variance = 0.25 * (2 + 9) + 0.75 * (4 + 1);
        assertThat(left[0]).isEqualTo(4f);
        assertThat((double) left[1]).isCloseTo(variance, within(1e-6));
        assertThat(Arrays.copyOfRange(left, 2, 4)).containsExactly(0.3f, 0.7f);
    }

    /** With global statistics shards are one batch to rounding, and the ranks that hold them do not matter. */
    @Test
    void globalStatisticsAreThoseOfAllShards() throws Exception {
        Layer global = new BatchNorm(MOMENTUM, EPSILON, BatchNorm.Statistics.GLOBAL, new Activation.Relu())
                .bind(INPUT, new ParameterLayout());
        float[] upstream = new float[8 * INPUT.size()];
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = (float) random.nextGaussian();
        }
        float[][] whole = run(global, upstream, null, 0, SHARD_ROWS);
        float[][] together =
                run(layer, upstream, null, 0, Arrays.stream(SHARD_ROWS).sum());
        for (int part = 0; part < 3; part++) {
            for (int i = 0; i < whole[part].length; i++) {
                assertThat(whole[part][i])
                        .as("%d of part %d", i, part)
                        .isCloseTo(together[part][i], within(2e-5f * (part == 2 ? 100 : 1)));
            }
        }
        Meeting meeting = new Meeting();
        CompletableFuture<float[][]> first = CompletableFuture.supplyAsync(() ->
                run(global, upstream, meeting.rank(new ShardTree.Node(0, 2), new ShardTree.Node(2, 3)), 0, 2, 0, 5));
        float[][] second = run(global, upstream, meeting.rank(new ShardTree.Node(3, 4)), 3, 1);
        for (int part = 0; part < 2; part++) {
            float[] joined = Arrays.copyOf(first.get()[part], whole[part].length);
            System.arraycopy(second[part], 0, joined, first.get()[part].length, second[part].length);
            assertThat(joined).as("part %d", part).isEqualTo(whole[part]);
        }
    }

    /**
     * Output, gradient by the input, gradient by the parameters of the whole of some shards, whose rows follow those of
     * the shards before.
     */
    private float[][] run(Layer trained, float[] upstream, StepExchange exchange, int firstShard, int... shardRows) {
        int skipped = 0;
        for (int shard = 0; shard < firstShard; shard++) {
            skipped += SHARD_ROWS[shard];
        }
        int rows = Arrays.stream(shardRows).sum();
        Batch own = new Batch(new RowLayout(INPUT, Shape.of(1), false, false), rows, shardRows.length);
        int next = skipped;
        for (int count : shardRows) {
            own.beginShard();
            for (int i = 0; i < count; i++, next++) {
                float[] row = Arrays.copyOfRange(
                        batch.features().array(), next * INPUT.size(), (next + 1) * INPUT.size() + 1);
                own.addRow(row, 0, 0);
            }
            own.endShard();
        }
        Pass training = new Pass();
        training.beginTraining(1, 0, firstShard, own, exchange);
        LayerReplica work = trained.replica(new Workspace(rows));
        float[] y = work.forward(training, parameters, own.features()).array().clone();
        Gradient gradient = new Gradient(
                List.of(new Gradient.Node(0, shardRows.length, new float[2 * CHANNELS], new double[3 * CHANNELS])));
        float[] dy = Arrays.copyOfRange(upstream, skipped * INPUT.size(), (skipped + rows) * INPUT.size());
        float[] dx = work.backward(training, parameters, own.features(), new Tensor(dy, 0, INPUT), true, gradient)
                .array();
        return new float[][] {
            Arrays.copyOf(y, rows * INPUT.size()), dx, gradient.node(0).values()
        };
    }

    /** Two ranks of a step in two threads. */
    private static final class Meeting {
        private final Exchanger<List<ShardTree.Partial<double[]>>> exchanger = new Exchanger<>();

        StepExchange rank(ShardTree.Node... nodes) {
            return new StepExchange() {
                @Override
                public List<ShardTree.Node> nodes() {
                    return List.of(nodes);
                }

                @Override
                public double[] combine(List<ShardTree.Partial<double[]>> own, BinaryOperator<double[]> merge) {
                    List<ShardTree.Partial<double[]>> all = new ArrayList<>();
                    for (ShardTree.Partial<double[]> partial : own) {
                        all.add(new ShardTree.Partial<>(
                                partial.node(),
                                partial.sum() == null ? null : partial.sum().clone()));
                    }
                    try {
                        for (ShardTree.Partial<double[]> partial : exchanger.exchange(own, 10, TimeUnit.SECONDS)) {
                            all.add(new ShardTree.Partial<>(
                                    partial.node(),
                                    partial.sum() == null ? null : partial.sum().clone()));
                        }
                        // Neither merges before the other has its copies.
                        exchanger.exchange(List.of(), 10, TimeUnit.SECONDS);
                    } catch (InterruptedException | TimeoutException e) {
                        throw new IllegalStateException(e);
                    }
                    return ShardTree.combine(SHARD_ROWS.length, all, merge);
                }
            };
        }
    }
}
