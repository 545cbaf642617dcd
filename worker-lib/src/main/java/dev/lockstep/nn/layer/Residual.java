package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A residual block (He et al. 2016), {@code y = f(x) + s(x)}: {@code f} is a sequence of layers, {@code s} another one
 * or the identity. {@code dx = J_f^T dy + J_s^T dy}. Both give one shape, which is that of {@code y}. Keeps its output
 * and a copy of {@code dy}.
 *
 * @param layers {@code f}
 * @param shortcut {@code s}; the identity unless given
 */
@SpecName("residual")
public record Residual(@JsonProperty(required = true) List<LayerSpec> layers, List<LayerSpec> shortcut)
        implements LayerSpec {
    public Residual {
        layers = Expect.notEmpty("layers", layers);
        shortcut = shortcut == null ? List.of() : List.copyOf(shortcut);
    }

    @Override
    public boolean readsStepByStep() {
        return layers.stream().allMatch(LayerSpec::readsStepByStep)
                && shortcut.stream().allMatch(LayerSpec::readsStepByStep);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("residual");
        SequenceLayer main = SequenceLayer.bind(name + ".layers", input, layers, layout);
        SequenceLayer side = SequenceLayer.bind(name + ".shortcut", input, shortcut, layout);
        if (!main.output().equals(side.output())) {
            throw new IllegalArgumentException(
                    name + ": expected a shortcut of the layers' output " + main.output() + ", got " + side.output());
        }
        return new ResidualLayer(name, main, side);
    }

    private record ResidualLayer(String name, SequenceLayer main, SequenceLayer shortcut) implements Layer {
        @Override
        public Shape input() {
            return main.input();
        }

        @Override
        public Shape output() {
            return main.output();
        }

        @Override
        public NumberRange numbers() {
            return main.numbers().narrower(shortcut.numbers());
        }

        /** As in the branches: the replica moves the pass on. */
        @Override
        public int validSteps(int length) {
            return length;
        }

        @Override
        public int parameters() {
            return main.parameters() + shortcut.parameters();
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new ResidualReplica(this, workspace);
        }
    }

    private static final class ResidualReplica implements LayerReplica {
        private final LayerReplica main;
        private final LayerReplica shortcut;
        private final Tensor y;
        private final Tensor dyOfShortcut;
        private final Tensor dx;
        private final int[] common;

        ResidualReplica(ResidualLayer layer, Workspace workspace) {
            main = layer.main().replica(workspace);
            shortcut = layer.shortcut().replica(workspace);
            y = workspace.allocate(layer.output());
            dyOfShortcut = workspace.allocate(layer.output());
            dx = workspace.allocate(layer.input());
            common = new int[workspace.maxRows()];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            int @Nullable [] valid = pass.lengths();
            Tensor left = main.forward(pass, parameters, x);
            int @Nullable [] validOfMain = pass.lengths();
            pass.lengths(valid);
            Tensor right = shortcut.forward(pass, parameters, x);
            boolean vector = y.shape().rank() == 1;
            pass.lengths(ValidLines.common(pass, validOfMain, pass.lengths(), vector, common));
            int length = pass.rows() * y.shape().size();
            Kernels.get()
                    .elementwise()
                    .add(left.array(), left.offset(), right.array(), right.offset(), y.array(), 0, length);
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int outputs = pass.rows() * y.shape().size();
            System.arraycopy(dy.array(), dy.offset(), dyOfShortcut.array(), 0, outputs);
            Tensor left = main.backward(pass, parameters, x, dy, wanted, gradient);
            int inputs = pass.rows() * dx.shape().size();
            if (wanted) {
                // The shortcut uses the same gradient buffers.
                System.arraycopy(Objects.requireNonNull(left).array(), left.offset(), dx.array(), 0, inputs);
            }
            Tensor right = shortcut.backward(pass, parameters, x, dyOfShortcut, wanted, gradient);
            if (!wanted) {
                return null;
            }
            Kernels.get()
                    .elementwise()
                    .add(Objects.requireNonNull(right).array(), right.offset(), dx.array(), 0, inputs);
            return dx;
        }
    }
}
