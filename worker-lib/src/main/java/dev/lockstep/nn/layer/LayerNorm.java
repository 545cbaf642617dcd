package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
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
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016) along the last axis, each position of each row on its own:
 *
 * <pre>{@code
 * xhat = (x - mean) / sqrt(variance + epsilon), y = gain xhat + shift
 * g = gain dy, dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(variance + epsilon)
 * dgain = sum dy xhat, dshift = sum dy
 * }</pre>
 *
 * <p>Mean and biased variance over the {@code n} features; their sums in the order of {@link Reductions}. Shapes:
 * {@code x}, {@code y [..., features]}, {@code gain}, {@code shift [features]}, which begin at 1 and 0 and are never
 * decayed. Keeps xhat and a deviation for each position.
 *
 * @param epsilon keeps the divisor from 0; 1e-5 unless given
 */
@SpecName("layerNorm")
public record LayerNorm(Double epsilon) implements LayerSpec {
    public LayerNorm {
        epsilon = epsilon == null ? 1e-5 : Expect.positive("epsilon", epsilon);
    }

    /** With the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public LayerNorm() {
        this(null);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("layerNorm");
        Shape features = Shape.of(input.last());
        int gain = layout.reserve(name, "gain", features, ParameterRole.GAIN, Initializer.ONES);
        int shift = layout.reserve(name, "shift", features, ParameterRole.GAIN, Initializer.ZEROS);
        return new LayerNormLayer(name, input, gain, shift, epsilon);
    }

    private record LayerNormLayer(String name, Shape input, int gain, int shift, double epsilon) implements Layer {
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
            return new LayerNormReplica(this, workspace);
        }
    }

    private static final class LayerNormReplica implements LayerReplica {
        private final LayerNormLayer layer;
        private final Reductions reductions = Kernels.get().reductions();
        private final Gemm gemm;
        private final int features;
        private final int linesPerRow;
        private final Segments lines = new Segments();
        private final Matrix summed = new Matrix();
        private final Vector sums = new Vector();
        private final Tensor y;
        private final Tensor normalized;
        private final float[] inverseDeviation;

        LayerNormReplica(LayerNormLayer layer, Workspace workspace) {
            this.layer = layer;
            gemm = workspace.gemm();
            features = layer.input().last();
            linesPerRow = layer.input().size() / features;
            y = workspace.allocate(layer.input());
            normalized = workspace.allocate(layer.input());
            inverseDeviation = new float[workspace.maxRows() * linesPerRow];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] in = x.array();
            float[] hat = normalized.array();
            float[] out = y.array();
            float[] theta = parameters.theta();
            for (int line = 0; line < pass.rows() * linesPerRow; line++) {
                int from = x.offset() + line * features;
                int at = line * features;
                float mean = reductions.sum(in, from, features) / features;
                for (int j = 0; j < features; j++) {
                    hat[at + j] = in[from + j] - mean;
                }
                double variance = (double) reductions.dot(hat, at, hat, at, features) / features;
                float inverse = (float) (1 / Math.sqrt(variance + layer.epsilon()));
                inverseDeviation[line] = inverse;
                for (int j = 0; j < features; j++) {
                    hat[at + j] *= inverse;
                    out[at + j] = Math.fma(hat[at + j], theta[layer.gain() + j], theta[layer.shift() + j]);
                }
            }
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int lines = pass.rows() * linesPerRow;
            // The output has been read by all who read it: it makes room for the products.
            Tensor products = y;
            Kernels.get()
                    .elementwise()
                    .multiply(dy.array(), dy.offset(), normalized.array(), 0, products.array(), 0, lines * features);
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                columnSums(pass, products, node, layer.gain());
                columnSums(pass, dy, node, layer.shift());
            }
            if (!wanted) {
                return null;
            }
            for (int line = 0; line < lines; line++) {
                inputGradient(parameters.theta(), dy.array(), dy.offset() + line * features, line * features, line);
            }
            return dy;
        }

        private void columnSums(Pass pass, Tensor values, Gradient.Node node, int offset) {
            gemm.columnSums(
                    lines.at(pass.rowStart(), node.from(), node.to(), linesPerRow),
                    summed.at(values.array(), values.offset(), pass.rows() * linesPerRow, features),
                    sums.at(node.array(offset), node.index(offset), features));
        }

        /** Turns dy into dx, in place. */
        private void inputGradient(float[] theta, float[] dy, int dyAt, int at, int line) {
            float[] hat = normalized.array();
            for (int j = 0; j < features; j++) {
                dy[dyAt + j] *= theta[layer.gain() + j];
            }
            float mean = reductions.sum(dy, dyAt, features) / features;
            float slope = reductions.dot(dy, dyAt, hat, at, features) / features;
            float inverse = inverseDeviation[line];
            for (int j = 0; j < features; j++) {
                dy[dyAt + j] = inverse * Math.fma(-slope, hat[at + j], dy[dyAt + j] - mean);
            }
        }
    }
}
