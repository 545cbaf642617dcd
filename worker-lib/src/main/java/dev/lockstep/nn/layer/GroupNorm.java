package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Group normalisation (Wu and He 2018): the channels, the last axis, are cut into groups of neighbours, and each group
 * of each row is normalised over its channels and all positions:
 *
 * <pre>{@code
 * xhat = (x - mean) / sqrt(variance + epsilon), y = gain xhat + shift
 * g = gain dy, dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(variance + epsilon)
 * dgain = sum dy xhat, dshift = sum dy
 * }</pre>
 *
 * <p>Unlike batch normalisation it needs no other row, so it is the same function in training and outside it, for any
 * number of shards, and needs no communication. Mean and biased variance of a group are sums in double: of each channel
 * over the positions, then over the group's channels. Of a sequence the valid steps count. Shapes: {@code x}, {@code y
 * [..., channels]}, {@code gain}, {@code shift [channels]}, which begin at 1 and 0 and are never decayed. Keeps xhat
 * and a deviation for each row and group.
 *
 * @param groups how many groups, which divide the channels; 32 unless given. 1 is layer normalisation over all
 *     positions, as many as channels is instance normalisation
 * @param epsilon keeps the divisor from 0; 1e-5 unless given
 */
@SpecName("groupNorm")
public record GroupNorm(Integer groups, Double epsilon) implements LayerSpec {
    private static final int GROUPS = 32;

    public GroupNorm {
        groups = groups == null ? GROUPS : Expect.atLeast("groups", groups, 1);
        epsilon = epsilon == null ? 1e-5 : Expect.positive("epsilon", epsilon);
    }

    /** With the default epsilon. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public GroupNorm(int groups) {
        this(groups, null);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("groupNorm");
        if (input.last() % groups != 0) {
            throw new IllegalArgumentException(
                    name + ": expected channels that " + groups + " groups divide, got an input of " + input);
        }
        Shape channels = Shape.of(input.last());
        int gain = layout.reserve(name, "gain", channels, ParameterRole.GAIN, Initializer.ONES);
        int shift = layout.reserve(name, "shift", channels, ParameterRole.GAIN, Initializer.ZEROS);
        return new GroupNormLayer(name, input, gain, shift, groups, epsilon);
    }

    private record GroupNormLayer(String name, Shape input, int gain, int shift, int groups, double epsilon)
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
            return new GroupNormReplica(this, workspace);
        }
    }

    private static final class GroupNormReplica implements LayerReplica {
        private final GroupNormLayer layer;
        private final Gemm gemm;
        private final int channels;
        private final int positions;
        private final int groupChannels;
        private final Segments lines = new Segments();
        private final Matrix summed = new Matrix();
        private final Vector sums = new Vector();
        private final Tensor y;
        private final Tensor normalized;
        private final float[] inverseDeviation;
        private final double[] first;
        private final double[] second;
        private final float[] center;
        private final float[] scale;

        GroupNormReplica(GroupNormLayer layer, Workspace workspace) {
            this.layer = layer;
            gemm = workspace.gemm();
            channels = layer.input().last();
            positions = layer.input().size() / channels;
            groupChannels = channels / layer.groups();
            y = workspace.allocate(layer.input());
            normalized = workspace.allocate(layer.input());
            inverseDeviation = new float[Math.multiplyExact(workspace.maxRows(), layer.groups())];
            first = new double[channels];
            second = new double[channels];
            center = new float[channels];
            scale = new float[channels];
        }

        /** How many positions of a row are valid, all of whose steps need not be. */
        private int valid(Pass pass, int row) {
            return pass.lengths() == null
                    ? positions
                    : pass.length(row) * (positions / layer.input().dimension(0));
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] theta = parameters.theta();
            float[] hat = normalized.array();
            for (int row = 0; row < pass.rows(); row++) {
                int at = normalized.rowOffset(row);
                int end = at + valid(pass, row) * channels;
                moments(x.array(), x.rowOffset(row), end - at, row);
                for (int from = x.rowOffset(row), line = at; line < end; line += channels, from += channels) {
                    for (int c = 0; c < channels; c++) {
                        hat[line + c] = (x.array()[from + c] - center[c]) * scale[c];
                        y.array()[line + c] =
                                Math.fma(hat[line + c], theta[layer.gain() + c], theta[layer.shift() + c]);
                    }
                }
                Arrays.fill(hat, end, at + positions * channels, 0f);
                Arrays.fill(y.array(), end, at + positions * channels, 0f);
            }
            return y;
        }

        /** Each channel's mean and inverse deviation in a row, which are those of its group. */
        private void moments(float[] x, int at, int length, int row) {
            double count = (double) length / channels * groupChannels;
            Arrays.fill(first, 0);
            for (int from = at; from < at + length; from += channels) {
                for (int c = 0; c < channels; c++) {
                    first[c] += x[from + c];
                }
            }
            for (int group = 0; group < layer.groups(); group++) {
                Arrays.fill(
                        center, group * groupChannels, (group + 1) * groupChannels, (float) mean(first, group, count));
            }
            Arrays.fill(second, 0);
            for (int from = at; from < at + length; from += channels) {
                for (int c = 0; c < channels; c++) {
                    double distance = x[from + c] - center[c];
                    second[c] += distance * distance;
                }
            }
            for (int group = 0; group < layer.groups(); group++) {
                float inverse = (float) (1 / Math.sqrt(mean(second, group, count) + layer.epsilon()));
                inverseDeviation[row * layer.groups() + group] = inverse;
                Arrays.fill(scale, group * groupChannels, (group + 1) * groupChannels, inverse);
            }
        }

        /** A mean over a group's channels; 0 of a row without a valid step. */
        private double mean(double[] byChannel, int group, double count) {
            double sum = 0;
            for (int c = group * groupChannels; c < (group + 1) * groupChannels; c++) {
                sum += byChannel[c];
            }
            return count == 0 ? 0 : sum / count;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            ValidLines.clear(pass, dy);
            // The output has been read by all who read it: it makes room for the products.
            Tensor products = y;
            int elements = pass.rows() * positions * channels;
            Kernels.get()
                    .elementwise()
                    .multiply(dy.array(), dy.offset(), normalized.array(), 0, products.array(), 0, elements);
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                columnSums(pass, products, node, layer.gain());
                columnSums(pass, dy, node, layer.shift());
            }
            if (!wanted) {
                return null;
            }
            for (int row = 0; row < pass.rows(); row++) {
                inputGradient(parameters.theta(), dy, row, valid(pass, row) * channels);
            }
            return dy;
        }

        private void columnSums(Pass pass, Tensor values, Gradient.Node node, int offset) {
            gemm.columnSums(
                    lines.at(pass.rowStart(), node.from(), node.to(), positions),
                    summed.at(values.array(), values.offset(), pass.rows() * positions, channels),
                    sums.at(node.array(offset), node.index(offset), channels));
        }

        /** Turns a row's dy into dx, in place. */
        private void inputGradient(float[] theta, Tensor gradient, int row, int length) {
            float[] dy = gradient.array();
            float[] hat = normalized.array();
            int at = gradient.rowOffset(row);
            int apart = normalized.rowOffset(row) - at;
            double count = (double) length / channels * groupChannels;
            Arrays.fill(first, 0);
            Arrays.fill(second, 0);
            for (int from = at; from < at + length; from += channels) {
                for (int c = 0; c < channels; c++) {
                    float g = dy[from + c] * theta[layer.gain() + c];
                    dy[from + c] = g;
                    first[c] += g;
                    second[c] += (double) g * hat[from + apart + c];
                }
            }
            for (int group = 0; group < layer.groups(); group++) {
                float level = (float) mean(first, group, count);
                float slope = (float) mean(second, group, count);
                float inverse = inverseDeviation[row * layer.groups() + group];
                for (int c = group * groupChannels; c < (group + 1) * groupChannels; c++) {
                    for (int i = at + c; i < at + length; i += channels) {
                        dy[i] = inverse * Math.fma(-slope, hat[i + apart], dy[i] - level);
                    }
                }
            }
        }
    }
}
