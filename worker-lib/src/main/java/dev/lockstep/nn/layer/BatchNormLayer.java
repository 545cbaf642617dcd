package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.kernel.BatchNormalization;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.ChannelMoments;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link BatchNorm}, bound: {@code gain} and {@code shift} are offsets. */
record BatchNormLayer(
        String name, Shape input, int gain, int shift, StatisticsRange running, double epsilon, Activation activation)
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
        return new BatchNormReplica(workspace);
    }

    /** What one shard's rows of the pass are normalised with, and what they give. */
    private static final class ShardStatistics {
        final float[] mean;
        final float[] inverseDeviation;
        final float[] scale;
        /** {@link ChannelMoments} of the shard's own elements. */
        final double[] moments;
        /** Sums of dz, then of dz (x - mean). */
        final double[] sums;
        /** By gain, then by shift. */
        final float[] gradient;

        ShardStatistics(int channels) {
            mean = new float[channels];
            inverseDeviation = new float[channels];
            scale = new float[channels];
            moments = new double[ChannelMoments.WIDTH * channels];
            sums = new double[2 * channels];
            gradient = new float[2 * channels];
        }
    }

    /** Of a step in which no shard has rows; nobody reads them. */
    private static final double[] NO_MOMENTS = {};

    /** The valid lines of all rows, without gaps. */
    private final class Gathered {
        final Tensor x;
        final Tensor z;
        final Tensor y;
        final Tensor dy;

        Gathered(Workspace workspace) {
            x = workspace.allocate(input);
            y = workspace.allocate(input);
            z = activation.differentiatesInput() ? workspace.allocate(input) : y;
            dy = workspace.allocate(input);
        }
    }

    private final class BatchNormReplica implements LayerReplica {
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
        private final Matrix inputs = new Matrix();
        private final Matrix outputs = new Matrix();
        private final Matrix gradients = new Matrix();
        /** With global statistics: the moments of all shards' elements, if there are any. */
        private double @Nullable [] total;

        /** Where rows have lengths of their own: the lines that are valid, and room for them. */
        private final ValidLines valid = new ValidLines();

        private final Workspace workspace;
        private @Nullable Gathered gathered;

        private ShardStatistics[] shards = new ShardStatistics[0];

        BatchNormReplica(Workspace workspace) {
            this.workspace = workspace;
            y = workspace.allocate(input);
            z = activation.differentiatesInput() ? workspace.allocate(input) : y;
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (!gathers(pass)) {
                forward(pass, parameters, x, z, y);
                return y;
            }
            if (gathered == null) {
                gathered = new Gathered(workspace);
            }
            valid.plan(pass, positions / input.dimension(0), channels);
            valid.gather(pass, x, gathered.x);
            forward(pass, parameters, gathered.x, gathered.z, gathered.y);
            valid.scatter(pass, gathered.y, y);
            return y;
        }

        /** Whether rows have steps that do not count. */
        private boolean gathers(Pass pass) {
            return pass.lengths() != null && input.rank() > 1;
        }

        private int firstLine(Pass pass, int shard) {
            return gathers(pass) ? valid.start(shard) : pass.rowStart()[shard] * positions;
        }

        private int lines(Pass pass, int shard) {
            return firstLine(pass, shard + 1) - firstLine(pass, shard);
        }

        private void forward(Pass pass, Parameters parameters, Tensor x, Tensor z, Tensor y) {
            System.arraycopy(parameters.theta(), shift, shifts, 0, channels);
            prepareShards(pass.shards());
            int allLines = firstLine(pass, pass.shards());
            if (!pass.training()) {
                adoptRunning(shards[0], parameters);
                normalize(shards[0], parameters, x, 0, allLines, z);
            } else if (running.global()) {
                for (int shard = 0; shard < pass.shards(); shard++) {
                    measure(pass, shard, x);
                }
                total = pass.total(
                        shard -> lines(pass, shard) > 0 ? shards[shard].moments.clone() : null, (left, right) -> {
                            ChannelMoments.merge(left, 0, right, 0, left.length);
                            return left;
                        });
                for (int shard = 0; shard < pass.shards(); shard++) {
                    normalize(pass, shard, Objects.requireNonNullElse(total, NO_MOMENTS), parameters, x, z);
                }
            } else {
                for (int shard = 0; shard < pass.shards(); shard++) {
                    measure(pass, shard, x);
                    normalize(pass, shard, shards[shard].moments, parameters, x, z);
                }
            }
            if (!relu) {
                activation.forward(z.array(), 0, y.array(), 0, allLines, channels);
            }
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

        private float inverseDeviation(double variance) {
            return (float) (1 / Math.sqrt(variance + epsilon));
        }

        /** The moments of a shard's own elements. */
        private void measure(Pass pass, int shard, Tensor x) {
            int lines = lines(pass, shard);
            if (lines == 0) {
                return;
            }
            double[] moments = shards[shard].moments;
            inputs.at(x.array(), x.offset() + firstLine(pass, shard) * channels, lines, channels);
            kernel.moments(inputs, first, second, scratch);
            for (int c = 0; c < channels; c++) {
                moments[ChannelMoments.WIDTH * c] = lines;
                moments[ChannelMoments.WIDTH * c + 1] = first[c];
                moments[ChannelMoments.WIDTH * c + 2] = second[c];
            }
        }

        /** Normalises a shard's rows with the given moments. */
        private void normalize(Pass pass, int index, double[] moments, Parameters parameters, Tensor x, Tensor z) {
            int lines = lines(pass, index);
            if (lines == 0) {
                return;
            }
            ShardStatistics shard = shards[index];
            for (int c = 0; c < channels; c++) {
                int at = ChannelMoments.WIDTH * c;
                shard.mean[c] = (float) moments[at + 1];
                shard.inverseDeviation[c] = inverseDeviation(moments[at + 2] / moments[at]);
            }
            normalize(shard, parameters, x, firstLine(pass, index), lines, z);
        }

        private void adoptRunning(ShardStatistics all, Parameters parameters) {
            for (int c = 0; c < channels; c++) {
                all.mean[c] = running.mean(parameters.buffers(), c);
                all.inverseDeviation[c] = inverseDeviation(running.variance(parameters.buffers(), c));
            }
        }

        private void normalize(
                ShardStatistics shard, Parameters parameters, Tensor x, int firstLine, int lines, Tensor z) {
            for (int c = 0; c < channels; c++) {
                shard.scale[c] = parameters.theta()[gain + c] * shard.inverseDeviation[c];
            }
            inputs.at(x.array(), x.offset() + firstLine * channels, lines, channels);
            outputs.at(z.array(), z.offset() + firstLine * channels, lines, channels);
            kernel.normalize(inputs, shard.mean, shard.scale, shifts, relu, outputs);
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (gathers(pass)) {
                Gathered lines = Objects.requireNonNull(gathered);
                valid.gather(pass, dy, lines.dy);
                backward(pass, lines.x, lines.z, lines.y, lines.dy, wanted, gradient);
                valid.scatter(pass, lines.dy, dy);
            } else {
                backward(pass, x, z, y, dy, wanted, gradient);
            }
            return wanted ? dy : null;
        }

        /** Turns dy into dx, if it is wanted. */
        private void backward(Pass pass, Tensor x, Tensor z, Tensor y, Tensor dy, boolean wanted, Gradient gradient) {
            if (!relu) {
                int lines = firstLine(pass, pass.shards());
                activation.backward(z.array(), 0, dy.array(), dy.offset(), lines, channels);
            }
            for (int shard = 0; shard < pass.shards(); shard++) {
                sumGradients(pass, shard, x, y, dy);
                if (wanted && !pass.training()) {
                    inferenceGradient(pass, shard, x, dy);
                } else if (wanted && !running.global()) {
                    inputGradient(pass, shard, shards[shard].moments, shards[shard].sums, x, dy);
                }
            }
            if (wanted && pass.training() && running.global()) {
                double @Nullable [] added = pass.total(
                        shard -> lines(pass, shard) > 0 ? shards[shard].sums.clone() : null, (left, right) -> {
                            for (int i = 0; i < left.length; i++) {
                                left[i] += right[i];
                            }
                            return left;
                        });
                double[] sums = Objects.requireNonNullElse(added, NO_MOMENTS);
                double[] all = Objects.requireNonNullElse(total, NO_MOMENTS);
                for (int shard = 0; shard < pass.shards(); shard++) {
                    inputGradient(pass, shard, all, sums, x, dy);
                }
            }
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                store(merge(pass, node.from(), node.to()), node);
            }
        }

        /**
         * The sums over a shard's own elements, and with them its part of the gradient; dy becomes dz where the
         * activation is a ReLU.
         */
        private void sumGradients(Pass pass, int index, Tensor x, Tensor y, Tensor dy) {
            int lines = lines(pass, index);
            if (lines == 0) {
                return;
            }
            ShardStatistics shard = shards[index];
            int at = firstLine(pass, index) * channels;
            inputs.at(x.array(), x.offset() + at, lines, channels);
            outputs.at(y.array(), y.offset() + at, lines, channels);
            gradients.at(dy.array(), dy.offset() + at, lines, channels);
            kernel.gradientSums(inputs, relu ? outputs : null, gradients, shard.mean, first, second, scratch);
            for (int c = 0; c < channels; c++) {
                shard.sums[c] = first[c];
                shard.sums[channels + c] = second[c];
                shard.gradient[c] = (float) (second[c] * shard.inverseDeviation[c]);
                shard.gradient[channels + c] = (float) first[c];
            }
        }

        /**
         * Turns a shard's dy into its dx, given the moments and the sums of all elements that were normalised together.
         */
        private void inputGradient(Pass pass, int index, double[] moments, double[] sums, Tensor x, Tensor dy) {
            int lines = lines(pass, index);
            if (lines == 0) {
                return;
            }
            ShardStatistics shard = shards[index];
            int at = firstLine(pass, index) * channels;
            for (int c = 0; c < channels; c++) {
                double count = moments[ChannelMoments.WIDTH * c];
                double product = sums[channels + c] * shard.inverseDeviation[c];
                double scale = shard.scale[c];
                level[c] = (float) (-scale * sums[c] / count);
                slope[c] = (float) (-scale * shard.inverseDeviation[c] * product / count);
            }
            inputs.at(x.array(), x.offset() + at, lines, channels);
            gradients.at(dy.array(), dy.offset() + at, lines, channels);
            kernel.inputGradient(inputs, shard.mean, shard.scale, slope, level, gradients);
        }

        /** Outside training the statistics do not depend on the rows: {@code dx = scale dz}. */
        private void inferenceGradient(Pass pass, int shard, Tensor x, Tensor dy) {
            int at = firstLine(pass, shard) * channels;
            Arrays.fill(level, 0f);
            Arrays.fill(slope, 0f);
            inputs.at(x.array(), x.offset() + at, lines(pass, shard), channels);
            gradients.at(dy.array(), dy.offset() + at, lines(pass, shard), channels);
            kernel.inputGradient(inputs, shards[0].mean, shards[0].scale, slope, level, gradients);
        }

        /** Merges shards along their tree, in the statistics of the first one that has rows; null if none has. */
        private @Nullable ShardStatistics merge(Pass pass, int from, int to) {
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

        private void store(@Nullable ShardStatistics sum, Gradient.Node node) {
            int moments = running.momentsOffset();
            if (sum == null) {
                Arrays.fill(node.array(gain), node.index(gain), node.index(gain) + channels, 0f);
                Arrays.fill(node.array(shift), node.index(shift), node.index(shift) + channels, 0f);
                Arrays.fill(node.moments(), moments, moments + ChannelMoments.WIDTH * channels, 0);
            } else {
                System.arraycopy(sum.gradient, 0, node.array(gain), node.index(gain), channels);
                System.arraycopy(sum.gradient, channels, node.array(shift), node.index(shift), channels);
                System.arraycopy(sum.moments, 0, node.moments(), moments, sum.moments.length);
            }
        }
    }
}
