package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer at work with weights that are drawn: {@code y = g(x; m + s e)}, one {@code e} a pass for all of its rows,
 * steps and places. The layer itself is bound to a vector of its own, which holds the drawn weights in place of the
 * means and all else as it is; behind that block of the parameters lie the {@code rho} of each tensor.
 *
 * <p>Gradients: {@code dm = dw}; what is left to rho is {@code dw} too, see {@link Posterior}.
 *
 * @param layer computes with drawn weights
 * @param first where the block of its numbers begins among the parameters
 * @param posteriors of its weights, tensor by tensor
 */
record DrawnLayer(Layer layer, int first, List<Posterior> posteriors) implements Layer {

    /** Binds the layer and reserves means, other numbers, and rho. */
    static DrawnLayer bind(Shape input, Variational spec, ParameterLayout layout) {
        ParameterLayout own = layout.apart("variational");
        Layer layer = spec.layer().bind(input, own);
        Estimator estimator = spec.estimator();
        if (estimator != null && estimator != Estimator.REPARAMETERIZATION) {
            throw new IllegalArgumentException(layer.name() + ": expected estimator reparameterization, which draws the"
                    + " weights once for all rows and steps, or none, got "
                    + (estimator == Estimator.FLIPOUT ? "flipout" : "localReparameterization")
                    + ", which dense layers and convolutions have");
        }
        int first = layout.parameterCount();
        for (ParameterRange range : own.parameters()) {
            boolean weight = range.role().weight();
            layout.reserve(
                    range.layer(),
                    weight ? Variational.tensor(range.tensor(), "mean") : range.tensor(),
                    range.shape(),
                    weight ? ParameterRole.POSTERIOR : range.role(),
                    range.initialValues());
        }
        List<Posterior> posteriors = new ArrayList<>();
        for (ParameterRange range : own.parameters()) {
            if (range.role().weight()) {
                posteriors.add(posterior(spec, range, first + range.offset(), layout));
            }
        }
        return new DrawnLayer(layer, first, List.copyOf(posteriors));
    }

    private static Posterior posterior(Variational spec, ParameterRange range, int mean, ParameterLayout layout) {
        Posterior posterior = new Posterior(
                range.layer(),
                mean,
                layout.reserve(
                        range.layer(),
                        Variational.tensor(range.tensor(), "rho"),
                        range.shape(),
                        ParameterRole.POSTERIOR,
                        InitialValues.constant(spec.initialRho())),
                range.shape().size(),
                spec.prior().of(range.fanIn()),
                Estimator.REPARAMETERIZATION,
                layout.nextStream());
        layout.reservePosterior(posterior);
        return posterior;
    }

    @Override
    public String name() {
        return layer.name();
    }

    @Override
    public Shape input() {
        return layer.input();
    }

    @Override
    public Shape output() {
        return layer.output();
    }

    @Override
    public NumberRange numbers() {
        return layer.numbers();
    }

    @Override
    public int @Nullable [] lookedUpBy() {
        return layer.lookedUpBy();
    }

    @Override
    public int validSteps(int length) {
        return layer.validSteps(length);
    }

    @Override
    public @Nullable Activation activation() {
        return layer.activation();
    }

    @Override
    public int parameters() {
        return layer.parameters()
                + posteriors.stream().mapToInt(Posterior::length).sum();
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new DrawnReplica(workspace);
    }

    private final class DrawnReplica implements LayerReplica {
        private static final int CHUNK = 1024;

        private final LayerReplica replica;
        private final Parameters drawn = new Parameters(new float[layer.parameters()], new float[0]);
        private final float[] noise = new float[CHUNK];
        private final Vector view = new Vector();
        /** The gradient of the last backward pass, and as the layer sees it. */
        private Gradient of = new Gradient(List.of());

        private Gradient seen = of;

        DrawnReplica(Workspace workspace) {
            replica = layer.replica(workspace);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] weights = drawn.theta();
            System.arraycopy(parameters.theta(), first, weights, 0, weights.length);
            if (pass.random()) {
                // Counted: an iterator would be an object a layer and step.
                for (int i = 0; i < posteriors.size(); i++) {
                    Posterior posterior = posteriors.get(i);
                    posterior.drawWeights(
                            pass.weightKey(posterior),
                            parameters.theta(),
                            noise,
                            view,
                            weights,
                            posterior.mean() - first);
                }
            }
            return replica.forward(pass, drawn, x);
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!sameNodes(gradient)) {
                of = gradient;
                seen = gradient.countedFrom(first);
            }
            Tensor dx = replica.backward(pass, drawn, x, dy, wanted, seen);
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                for (int k = 0; k < posteriors.size(); k++) {
                    Posterior posterior = posteriors.get(k);
                    System.arraycopy(
                            node.array(posterior.mean()),
                            node.index(posterior.mean()),
                            node.array(posterior.rho()),
                            node.index(posterior.rho()),
                            posterior.length());
                }
            }
            return dx;
        }

        private boolean sameNodes(Gradient gradient) {
            boolean same = gradient.count() == of.count();
            for (int i = 0; same && i < gradient.count(); i++) {
                same = gradient.node(i) == of.node(i);
            }
            return same;
        }
    }
}
