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
 * <p>With {@code perFeature} a row has one mask for all of its steps (Gal and Ghahramani 2016, "A theoretically
 * grounded application of dropout in recurrent neural networks") or places (Tompson et al. 2015): {@code m [features]}
 * for an input {@code [steps, features]}, {@code m [channels]} for an image.
 *
 * @param rate {@code p} in [0, 1)
 * @param perFeature whether a feature or channel is dropped everywhere or nowhere; false unless given
 */
@SpecName("dropout")
public record Dropout(@JsonProperty(required = true) double rate, Boolean perFeature) implements LayerSpec {
    public Dropout {
        Expect.fractionFloat("rate", rate);
        perFeature = perFeature != null && perFeature;
    }

    /** Dropout of single elements. */
    public Dropout(double rate) {
        this(rate, false);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        int width = perFeature ? input.last() : input.size();
        return new DropoutLayer(layout.nameLayer("dropout"), input, width, (float) rate, layout.nextStream());
    }

    /** {@code width} elements have a mask, and those behind them the same again. */
    private record DropoutLayer(String name, Shape input, int width, float rate, int stream) implements Layer {
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
            int width = layer.width();
            for (int row = 0; row < pass.rows(); row++) {
                for (int at = 0; at < layer.input().size(); at += width) {
                    source.at(from.array(), from.rowOffset(row) + at, width);
                    target.at(to.array(), to.rowOffset(row) + at, width);
                    Kernels.get().random().dropout(keys[row], 0, layer.rate(), source, target);
                }
            }
        }
    }
}
