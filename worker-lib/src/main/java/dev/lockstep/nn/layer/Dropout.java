package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Inverted dropout (Srivastava et al. 2014): in training {@code y = x m / (1 - p)} with {@code m} 0 with probability
 * {@code p}, else 1, drawn for each element; {@code dx = dy m / (1 - p)}. Outside training {@code y = x}, unless
 * predictive samples are drawn (Monte Carlo dropout; Gal and Ghahramani 2016): each then has a mask of its own. The
 * mask is drawn again in the backward pass instead of being kept: it is a function of the row's stream.
 *
 * @param rate {@code p} in [0, 1)
 */
@SpecName("dropout")
public record Dropout(@JsonProperty(required = true) double rate) implements LayerSpec {
    public Dropout {
        Expect.fractionFloat("rate", rate);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return new DropoutLayer(layout.nameLayer("dropout"), input, (float) rate, layout.nextStream());
    }

    private record DropoutLayer(String name, Shape input, float rate, int stream) implements Layer {
        @Override
        public Shape output() {
            return input;
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new DropoutReplica(this, workspace);
        }
    }

    private static final class DropoutReplica implements LayerReplica {
        private final DropoutLayer layer;
        private final Tensor y;
        private final long[] keys;
        private final Vector source = new Vector();
        private final Vector target = new Vector();

        DropoutReplica(DropoutLayer layer, Workspace workspace) {
            this.layer = layer;
            this.y = workspace.allocate(layer.input());
            this.keys = new long[workspace.maxRows()];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (!pass.random()) {
                return x;
            }
            pass.streamKeys(Purpose.DROPOUT, layer.stream(), keys);
            mask(pass, x, y);
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            if (pass.random()) {
                mask(pass, dy, dy);
            }
            return dy;
        }

        private void mask(Pass pass, Tensor from, Tensor to) {
            int size = layer.input().size();
            for (int row = 0; row < pass.rows(); row++) {
                source.at(from.array(), from.rowOffset(row), size);
                target.at(to.array(), to.rowOffset(row), size);
                Kernels.get().random().dropout(keys[row], 0, layer.rate(), source, target);
            }
        }
    }
}
