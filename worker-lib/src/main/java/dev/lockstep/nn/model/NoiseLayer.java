package dev.lockstep.nn.model;

import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.layer.InputGradient;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link NoiseScale} behind the last layer's outputs: {@code y = [x, s]}, with {@code s} the same for all rows
 * and steps. Gradients: {@code dx} is the first half of {@code dy}, {@code ds} the sum of the other half over rows and
 * steps. Shapes: {@code x [..., d]}, {@code s [d]}, {@code y [..., 2 d]}.
 *
 * @param offset of {@code s} among the parameters; -1 where it is not learned
 */
record NoiseLayer(String name, Shape input, Shape output, NoiseScale noise, int offset) implements Layer {

    static NoiseLayer bind(Shape input, NoiseScale noise, ParameterLayout layout) {
        String name = layout.nameLayer("noise");
        int offset = noise.learned()
                ? layout.reserve(
                        name,
                        "scale",
                        Shape.of(input.last()),
                        ParameterRole.BIAS,
                        InitialValues.constant(noise.initial()))
                : -1;
        int[] output = input.toArray();
        output[output.length - 1] *= 2;
        return new NoiseLayer(name, input, Shape.of(output), noise, offset);
    }

    @Override
    public int parameters() {
        return noise.learned() ? input.last() : 0;
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new NoiseReplica(workspace);
    }

    private final class NoiseReplica implements LayerReplica {
        private final int width = input.last();
        private final int linesPerRow = input.size() / width;
        private final Gemm gemm;
        private final Tensor y;
        private final InputGradient inputGradient;
        private final Segments lines = new Segments();
        private final float[] scales;
        private final Matrix summed = new Matrix();
        private final Vector sums = new Vector();

        NoiseReplica(Workspace workspace) {
            gemm = workspace.gemm();
            y = workspace.allocate(output);
            inputGradient = new InputGradient(workspace, input);
            scales = new float[noise.learned() ? workspace.maxRows() * input.size() : width];
            Arrays.fill(scales, noise.initial());
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] from = noise.learned() ? parameters.theta() : scales;
            int at = noise.learned() ? offset : 0;
            for (int line = 0; line < pass.rows() * linesPerRow; line++) {
                System.arraycopy(x.array(), x.offset() + line * width, y.array(), line * 2 * width, width);
                System.arraycopy(from, at, y.array(), line * 2 * width + width, width);
            }
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int count = pass.rows() * linesPerRow;
            if (noise.learned()) {
                for (int line = 0; line < count; line++) {
                    System.arraycopy(dy.array(), dy.offset() + (2 * line + 1) * width, scales, line * width, width);
                }
                for (int i = 0; i < gradient.count(); i++) {
                    Gradient.Node node = gradient.node(i);
                    gemm.columnSums(
                            lines.at(pass.rowStart(), node.from(), node.to(), linesPerRow),
                            summed.at(scales, 0, count, width),
                            sums.at(node.array(offset), node.index(offset), width));
                }
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            for (int line = 0; line < count; line++) {
                System.arraycopy(
                        dy.array(), dy.offset() + 2 * line * width, dx.array(), dx.offset() + line * width, width);
            }
            return dx;
        }
    }
}
