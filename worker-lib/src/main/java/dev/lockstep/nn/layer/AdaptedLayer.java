package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.SharedWeights;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Dense} layer of an ensemble that shares its weights (BatchEnsemble, Wen et al. 2020): network {@code m}
 * computes {@code y = f(((x * r_m) W) * s_m + b_m)}, element by element but for the product with {@code W}. Shapes:
 * {@code x [..., in]}, {@code W [in, units]}, {@code r [members, in]}, {@code s [members, units]}, {@code b [members,
 * units]}. All of {@code s} begin at 1, and all of {@code r} but for those of the first layer, which are drawn from
 * {@code N(1, 0.5^2)}: far enough from each other to tell the networks apart, and near enough for weights that suit all
 * of them.
 *
 * <p>It trains alone: a row trains the network that {@link Pass#members} says, so that a step costs what one network
 * does. Gradients with {@code u = (x * r) W}, {@code dz} that before the activation, {@code du = dz * s}: {@code dW =
 * (x * r)^T du}, {@code dr = (du W^T) * x}, {@code ds = dz * u}, {@code db = dz}, the last three summed over the rows
 * of a network, and {@code dx = (du W^T) * r}. Predictions are those of an ensemble with weights {@code diag(r_m) W
 * diag(s_m)}.
 *
 * @param weights where they lie
 */
record AdaptedLayer(String name, Shape input, LinearMap.Product map, Activation activation, SharedWeights weights)
        implements Layer {

    /** Reserves the parameters. */
    static AdaptedLayer bind(String name, Shape input, LinearMap.Product map, Dense spec, ParameterLayout layout) {
        spec.activation().check(name, map.output());
        int members = layout.sharedBy();
        Shape inputs = Shape.of(members, map.channels());
        Shape outputs = Shape.of(members, map.units());
        boolean first = layout.sharedWeights().isEmpty();
        int weight = layout.reserve(name, "weight", map.weights(), ParameterRole.WEIGHT, spec.initializer());
        int r = layout.reserve(
                name, "inputScale", inputs, ParameterRole.GAIN, first ? SharedWeights.NEAR_ONE : Initializer.ONES);
        int s = layout.reserve(name, "outputScale", outputs, ParameterRole.GAIN, Initializer.ONES);
        int b = spec.bias() ? layout.reserve(name, "bias", outputs, ParameterRole.BIAS, Initializer.ZEROS) : -1;
        SharedWeights weights = new SharedWeights(members, map.channels(), map.units(), weight, r, s, b);
        layout.share(weights);
        return new AdaptedLayer(name, input, map, spec.activation(), weights);
    }

    @Override
    public Shape output() {
        return map.output();
    }

    @Override
    public int validSteps(int length) {
        return map.validSteps(length);
    }

    @Override
    public int parameters() {
        return weights.length();
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new AdaptedReplica(workspace);
    }

    private final class AdaptedReplica implements LayerReplica {
        private final Gemm gemm;
        private final int lines;
        private final int inputs = map.channels();
        private final int units = map.units();
        private final int members = weights.members();
        private final int[] memberOf;
        /** A 1 in each line, at the network that it trains. */
        private final float[] chosen;

        private final float[] scaled;
        private final float[] product;
        private final float[] scratch;
        private final Tensor z;
        private final Tensor y;
        private final InputGradient inputGradient;
        private final Matrix a = new Matrix();
        private final Matrix b = new Matrix();
        private final Matrix c = new Matrix();
        private final Segments shards = new Segments();

        AdaptedReplica(Workspace workspace) {
            gemm = workspace.gemm();
            lines = workspace.maxRows() * map.inputLines();
            memberOf = new int[workspace.maxRows()];
            chosen = new float[lines * members];
            scaled = new float[lines * inputs];
            product = new float[lines * units];
            scratch = new float[lines * Math.max(inputs, units)];
            y = workspace.allocate(map.output());
            z = activation.differentiatesInput() ? workspace.allocate(map.output()) : y;
            inputGradient = new InputGradient(workspace, input);
        }

        private int member(int line) {
            return memberOf[line / map.inputLines()];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] theta = parameters.theta();
            int count = pass.rows() * map.inputLines();
            choose(pass, count);
            multiply(x.array(), x.offset(), theta, weights.inputScale(), inputs, scaled, count);
            gemm.multiply(
                    a.at(scaled, 0, count, inputs),
                    b.at(theta, weights.weight(), inputs, units),
                    c.at(product, 0, count, units),
                    Epilogue.OVERWRITE,
                    null);
            multiply(product, 0, theta, weights.outputScale(), units, z.array(), count);
            if (weights.bias() >= 0) {
                addBiases(theta, count);
            }
            activation.forward(z.array(), 0, y.array(), 0, count, units);
            return y;
        }

        private void choose(Pass pass, int count) {
            pass.members(members, memberOf);
            Arrays.fill(chosen, 0, count * members, 0f);
            for (int line = 0; line < count; line++) {
                chosen[line * members + member(line)] = 1;
            }
        }

        /** {@code out = x * scale}, each line with the scale of its network. */
        private void multiply(float[] x, int from, float[] theta, int scale, int width, float[] out, int count) {
            for (int line = 0; line < count; line++) {
                int at = scale + member(line) * width;
                for (int i = 0; i < width; i++) {
                    out[line * width + i] = x[from + line * width + i] * theta[at + i];
                }
            }
        }

        private void addBiases(float[] theta, int count) {
            for (int line = 0; line < count; line++) {
                int at = weights.bias() + member(line) * units;
                for (int i = 0; i < units; i++) {
                    z.array()[line * units + i] += theta[at + i];
                }
            }
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            float[] theta = parameters.theta();
            int count = pass.rows() * map.inputLines();
            activation.backward(z.array(), 0, dy.array(), dy.offset(), count, units);
            // From here on dy is dz.
            if (weights.bias() >= 0) {
                sumByMember(pass, gradient, dy.array(), dy.offset(), units, weights.bias());
            }
            for (int i = 0; i < count * units; i++) {
                scratch[i] = dy.array()[dy.offset() + i] * product[i];
            }
            sumByMember(pass, gradient, scratch, 0, units, weights.outputScale());
            multiply(dy.array(), dy.offset(), theta, weights.outputScale(), units, product, count);
            // From here on product is du.
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                gemm.weightGradient(
                        rows(pass, node),
                        a.at(scaled, 0, count, inputs),
                        b.at(product, 0, count, units),
                        c.at(node.array(weights.weight()), node.index(weights.weight()), inputs, units));
            }
            gemm.multiply(
                    a.at(product, 0, count, units),
                    b.transposedAt(theta, weights.weight(), inputs, units),
                    c.at(scaled, 0, count, inputs),
                    Epilogue.OVERWRITE,
                    null);
            // From here on scaled is the gradient by x * r.
            for (int i = 0; i < count * inputs; i++) {
                scratch[i] = scaled[i] * x.array()[x.offset() + i];
            }
            sumByMember(pass, gradient, scratch, 0, inputs, weights.inputScale());
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            multiply(scaled, 0, theta, weights.inputScale(), inputs, scratch, count);
            System.arraycopy(scratch, 0, dx.array(), dx.offset(), count * inputs);
            return dx;
        }

        private Segments rows(Pass pass, Gradient.Node node) {
            return shards.at(pass.rowStart(), node.from(), node.to(), map.inputLines());
        }

        /** The sums of lines over the rows of each network: {@code chosen^T values}. */
        private void sumByMember(Pass pass, Gradient gradient, float[] values, int from, int width, int offset) {
            int count = pass.rows() * map.inputLines();
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                gemm.weightGradient(
                        rows(pass, node),
                        a.at(chosen, 0, count, members),
                        b.at(values, from, count, width),
                        c.at(node.array(offset), node.index(offset), members, width));
            }
        }
    }
}
