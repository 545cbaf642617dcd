package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.kernel.BatchNormalization;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/** {@link BatchNorm}, bound: {@code gain} and {@code shift} are offsets. */
record BatchNormLayer(
        String name, Shape input, int gain, int shift, StatisticsSlot running, double epsilon, Activation activation)
        implements Layer {

    @Override
    public Shape output() {
        return input;
    }

    @Override
    public int parameters() {
        return 2 * input.last();
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new AtWork(workspace);
    }

    /** What one shard's rows of the pass are normalised with, and what they give. */
    private static final class ShardStatistics {
        final float[] mean;
        final float[] inverseDeviation;
        final float[] scale;
        final double[] moments;
        final float[] gradient;

        ShardStatistics(int channels) {
            mean = new float[channels];
            inverseDeviation = new float[channels];
            scale = new float[channels];
            moments = new double[ChannelMoments.WIDTH * channels];
            gradient = new float[2 * channels];
        }
    }

    private final class AtWork implements LayerReplica {
        private final BatchNormalization kernel = Kernels.get().batchNormalization();
        private final int channels = input.last();
        private final int positions = input.size() / channels;
        private final boolean relu = activation instanceof Activation.Relu;
        private final Tensor y;
        private final Tensor z;
        private final float[] shifts = new float[channels];
        private final float[] slope = new float[channels];
        private final float[] level = new float[channels];
        private final float[] scratch = new float[2 * channels];
        private final double[] first = new double[channels];
        private final double[] second = new double[channels];
        private ShardStatistics[] shards = new ShardStatistics[0];

        AtWork(Workspace workspace) {
            y = workspace.allocate(input);
            z = activation.differentiatesInput() ? workspace.allocate(input) : y;
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            System.arraycopy(parameters.theta(), shift, shifts, 0, channels);
            prepareShards(pass.shards());
            if (pass.training()) {
                for (int shard = 0; shard < pass.shards(); shard++) {
                    int lines = lines(pass, shard);
                    if (lines > 0) {
                        measure(shards[shard], lines, x, x.rowOffset(pass.rowStart()[shard]));
                        normalize(shards[shard], parameters, x, pass.rowStart()[shard], lines);
                    }
                }
            } else {
                ShardStatistics all = shards[0];
                for (int c = 0; c < channels; c++) {
                    all.mean[c] = running.mean(parameters.buffers(), c);
                    all.inverseDeviation[c] = inverseDeviation(running.variance(parameters.buffers(), c));
                }
                normalize(all, parameters, x, 0, pass.rows() * positions);
            }
            if (!relu) {
                activation.forward(z.array(), 0, y.array(), 0, pass.rows() * positions, channels);
            }
            return y;
        }

        private void prepareShards(int count) {
            int known = shards.length;
            if (known < count) {
                shards = Arrays.copyOf(shards, count);
                for (int shard = known; shard < count; shard++) {
                    shards[shard] = new ShardStatistics(channels);
                }
            }
        }

        private int lines(Pass pass, int shard) {
            return (pass.rowStart()[shard + 1] - pass.rowStart()[shard]) * positions;
        }

        private float inverseDeviation(double variance) {
            return (float) (1 / Math.sqrt(variance + epsilon));
        }

        private void measure(ShardStatistics shard, int lines, Tensor x, int xOffset) {
            kernel.moments(lines, channels, x.array(), xOffset, first, second, scratch);
            for (int c = 0; c < channels; c++) {
                shard.mean[c] = (float) first[c];
                shard.inverseDeviation[c] = inverseDeviation(second[c] / lines);
                shard.moments[ChannelMoments.WIDTH * c] = lines;
                shard.moments[ChannelMoments.WIDTH * c + 1] = first[c];
                shard.moments[ChannelMoments.WIDTH * c + 2] = second[c];
            }
        }

        private void normalize(ShardStatistics shard, Parameters parameters, Tensor x, int firstRow, int lines) {
            for (int c = 0; c < channels; c++) {
                shard.scale[c] = parameters.theta()[gain + c] * shard.inverseDeviation[c];
            }
            kernel.normalize(
                    lines,
                    channels,
                    x.array(),
                    x.rowOffset(firstRow),
                    shard.mean,
                    shard.scale,
                    shifts,
                    relu,
                    z.array(),
                    z.rowOffset(firstRow));
        }

        @Override
        public Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!relu) {
                activation.backward(z.array(), 0, dy.array(), dy.offset(), pass.rows() * positions, channels);
            }
            for (int shard = 0; shard < pass.shards(); shard++) {
                int lines = lines(pass, shard);
                if (lines > 0) {
                    backward(shards[shard], pass.rowStart()[shard], lines, x, dy, wanted);
                }
            }
            for (Gradient.Node node : gradient.nodes()) {
                store(merge(pass, node.from(), node.to()), node);
            }
            return wanted ? dy : null;
        }

        private void backward(ShardStatistics shard, int firstRow, int lines, Tensor x, Tensor dy, boolean wanted) {
            int xAt = x.rowOffset(firstRow);
            int dyAt = dy.rowOffset(firstRow);
            kernel.gradientSums(
                    lines,
                    channels,
                    x.array(),
                    xAt,
                    relu ? y.array() : null,
                    y.rowOffset(firstRow),
                    dy.array(),
                    dyAt,
                    shard.mean,
                    first,
                    second,
                    scratch);
            for (int c = 0; c < channels; c++) {
                double sum = first[c];
                double product = second[c] * shard.inverseDeviation[c];
                shard.gradient[c] = (float) product;
                shard.gradient[channels + c] = (float) sum;
                double scale = shard.scale[c];
                level[c] = (float) (-scale * sum / lines);
                slope[c] = (float) (-scale * shard.inverseDeviation[c] * product / lines);
            }
            if (wanted) {
                kernel.inputGradient(
                        lines,
                        channels,
                        x.array(),
                        xAt,
                        dy.array(),
                        dyAt,
                        shard.mean,
                        shard.scale,
                        slope,
                        level,
                        dy.array(),
                        dyAt);
            }
        }

        /** Merges shards along their tree, in the statistics of the first one that has rows; null if none has. */
        private ShardStatistics merge(Pass pass, int from, int to) {
            if (to - from == 1) {
                return lines(pass, from) > 0 ? shards[from] : null;
            }
            int middle = ShardTree.split(from, to);
            ShardStatistics left = merge(pass, from, middle);
            ShardStatistics right = merge(pass, middle, to);
            if (left == null || right == null) {
                return left == null ? right : left;
            }
            for (int i = 0; i < left.gradient.length; i++) {
                left.gradient[i] += right.gradient[i];
            }
            ChannelMoments.merge(left.moments, 0, right.moments, 0, left.moments.length);
            return left;
        }

        private void store(ShardStatistics sum, Gradient.Node node) {
            int moments = running.momentsOffset();
            if (sum == null) {
                Arrays.fill(node.values(), gain, gain + channels, 0f);
                Arrays.fill(node.values(), shift, shift + channels, 0f);
                Arrays.fill(node.moments(), moments, moments + ChannelMoments.WIDTH * channels, 0);
            } else {
                System.arraycopy(sum.gradient, 0, node.values(), gain, channels);
                System.arraycopy(sum.gradient, channels, node.values(), shift, channels);
                System.arraycopy(sum.moments, 0, node.moments(), moments, sum.moments.length);
            }
        }
    }
}
