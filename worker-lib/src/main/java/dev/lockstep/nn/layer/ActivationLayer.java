package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** An {@link Activation} as a layer of its own: {@code y = f(x)} along the last axis. */
record ActivationLayer(String name, Shape input, Activation activation) implements Layer {

    @Override
    public Shape output() {
        return input;
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new ActivationReplica(workspace);
    }

    private final class ActivationReplica implements LayerReplica {
        private final Tensor y;
        private final int rowsPerRow = input.size() / input.last();

        ActivationReplica(Workspace workspace) {
            y = workspace.allocate(input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            activation.forward(x.array(), x.offset(), y.array(), 0, pass.rows() * rowsPerRow, input.last());
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            Tensor known = activation.differentiatesInput() ? x : y;
            int rows = pass.rows() * rowsPerRow;
            activation.backward(known.array(), known.offset(), dy.array(), dy.offset(), rows, input.last());
            return dy;
        }
    }
}
