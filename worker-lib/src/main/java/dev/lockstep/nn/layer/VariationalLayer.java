package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Variational} dense layer or convolution, bound: {@code y = f(L(x) + b)}. Noise: with local
 * reparameterisation a stream for each row, with flipout signs for each row (of each channel and of each unit, the same
 * at all steps and places) and one draw of the weights for all; in a predictive sample one draw of the weights.
 *
 * @param bias offset of the bias; -1 if there is none
 */
record VariationalLayer(String name, Shape input, LinearMap map, Activation activation, Posterior posterior, int bias)
        implements Layer {

    /** Checks input, estimator and activation, and reserves mean, rho and bias. */
    static VariationalLayer bind(Shape input, Variational spec, LinearMap.Spec linear, ParameterLayout layout) {
        String name = layout.apart("variational").nameLayer(linear.kind());
        LinearMap map = linear.map(name, input);
        Estimator estimator = estimator(name, spec.estimator(), map);
        linear.activation().check(name, map.output());
        int mean = layout.reserve(name, "mean", map.weights(), ParameterRole.POSTERIOR, linear.initializer());
        InitialValues rhos = InitialValues.constant(spec.initialRho());
        Posterior posterior = new Posterior(
                name,
                mean,
                layout.reserve(name, "rho", map.weights(), ParameterRole.POSTERIOR, rhos),
                map.weights().size(),
                spec.prior().of(map.weights().size() / map.units()),
                estimator,
                layout.nextStream());
        layout.reservePosterior(posterior);
        int bias = LinearLayer.reserveBias(name, map, linear, layout);
        return new VariationalLayer(name, input, map, linear.activation(), posterior, bias);
    }

    /**
     * The estimator of a map: the one of least variance that it allows unless one is given.
     *
     * @throws IllegalArgumentException if pre-activations are drawn of a map that shares weights, naming the layer
     */
    private static Estimator estimator(String layer, @Nullable Estimator given, LinearMap map) {
        if (map.sharesWeights() && given == Estimator.LOCAL_REPARAMETERIZATION) {
            throw new IllegalArgumentException(layer + ": expected estimator flipout or reparameterization, got"
                    + " localReparameterization; it draws noise of their own for the " + map.outputLines()
                    + " places of the output " + map.output()
                    + ", which share their weights: the uncertainty would vanish in their mean");
        }
        if (given == null) {
            return map.sharesWeights() ? Estimator.FLIPOUT : Estimator.LOCAL_REPARAMETERIZATION;
        }
        return given;
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
        return 2 * posterior.length() + (hasBias() ? map.units() : 0);
    }

    private boolean hasBias() {
        return bias >= 0;
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new VariationalReplica(workspace);
    }

    private final class VariationalReplica implements LayerReplica {
        private static final int CHUNK = 1024;

        private final boolean local = posterior.estimator() == Estimator.LOCAL_REPARAMETERIZATION;
        private final boolean flips = posterior.estimator() == Estimator.FLIPOUT;
        private final Elementwise kernels = Kernels.get().elementwise();
        private final LinearMapReplica linear;
        private final Tensor y;
        private final Tensor z;
        private final InputGradient inputGradient;
        private final long[] keys;
        /** Training: local {@code s^2}, otherwise the drawn {@code s e}. Predictive samples: {@code m + s e}. */
        private final float[] weights;
        /** Local: {@code x^2}; otherwise {@code x u}. */
        private final Tensor seen;
        /** Local: the variance, then {@code dz / dvariance}; otherwise what the drawn weights add to z. */
        private final Tensor drawn;

        private final Tensor seenGradient;
        /** Of a row's outputs, or of some of the weights. */
        private final float[] noise;
        /** Signs of a row's input channels, then of its output units. */
        private final float[] signs;

        private final Vector numbers = new Vector();

        VariationalReplica(Workspace workspace) {
            linear = map.replica(workspace);
            y = workspace.allocate(output());
            z = activation.differentiatesInput() ? workspace.allocate(output()) : y;
            inputGradient = new InputGradient(workspace, input);
            keys = new long[workspace.maxRows()];
            weights = new float[posterior.length()];
            seen = workspace.allocate(input);
            drawn = workspace.allocate(output());
            seenGradient = workspace.allocate(input);
            noise = new float[Math.max(CHUNK, local ? output().size() : 0)];
            signs = new float[map.channels() + map.units()];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] theta = parameters.theta();
            boolean sample = pass.random() && !pass.training();
            if (sample) {
                posterior.drawWeights(pass.weightKey(posterior), theta, noise, numbers, weights, 0);
            }
            linear.forward(
                    pass,
                    x,
                    sample ? linear.weights(weights, 0) : linear.weights(theta, posterior.mean()),
                    z,
                    hasBias() ? Epilogue.BIAS : Epilogue.OVERWRITE,
                    hasBias() ? linear.biases(theta, bias) : null);
            if (pass.training()) {
                pass.streamKeys(Purpose.VARIATIONAL, posterior.stream(), keys);
                if (local) {
                    drawOutputs(pass, theta, x);
                } else {
                    addDrawn(pass, theta, x);
                }
            }
            int outputLines = pass.rows() * map.outputLines();
            activation.forward(z.array(), 0, y.array(), 0, outputLines, map.units());
            return y;
        }

        /** {@code z += sqrt(x^2 s^2 + 1e-10) e}, a new e for each row. */
        private void drawOutputs(Pass pass, float[] theta, Tensor x) {
            int inputs = pass.rows() * input.size();
            int outputs = output().size();
            Kernels.get().activations().softplus(theta, posterior.rho(), weights, 0, weights.length);
            kernels.multiply(weights, 0, weights, 0, weights, 0, weights.length);
            kernels.multiply(x.array(), x.offset(), x.array(), x.offset(), seen.array(), 0, inputs);
            linear.forward(pass, seen, linear.weights(weights, 0), drawn, Epilogue.OVERWRITE, null);
            for (int row = 0; row < pass.rows(); row++) {
                Kernels.get().random().normal(keys[row], 0, numbers.at(noise, 0, outputs));
                int at = drawn.rowOffset(row);
                for (int i = 0; i < outputs; i++) {
                    float deviation = (float) Math.sqrt(drawn.array()[at + i] + 1e-10f);
                    z.array()[at + i] += deviation * noise[i];
                    drawn.array()[at + i] = noise[i] / (2 * deviation);
                }
            }
        }

        /** {@code z += ((x u) (s e)) v}, one e for all rows; u and v are signs of a row's own, or 1. */
        private void addDrawn(Pass pass, float[] theta, Tensor x) {
            posterior.drawSpread(pass.weightKey(posterior), theta, noise, numbers, weights, 0);
            System.arraycopy(x.array(), x.offset(), seen.array(), 0, pass.rows() * input.size());
            flip(pass, seen, 0, map.channels());
            linear.forward(pass, seen, linear.weights(weights, 0), drawn, Epilogue.OVERWRITE, null);
            flip(pass, drawn, map.channels(), map.units());
            kernels.add(drawn.array(), 0, z.array(), 0, pass.rows() * output().size());
        }

        /** Multiplies each line of the rows by a row's signs, {@code width} of them from {@code first} on. */
        private void flip(Pass pass, Tensor rows, int first, int width) {
            if (!flips) {
                return;
            }
            int size = rows.shape().size();
            for (int row = 0; row < pass.rows(); row++) {
                Kernels.get().random().uniform(keys[row], first, numbers.at(signs, 0, width));
                for (int i = 0; i < width; i++) {
                    signs[i] = signs[i] < 0.5f ? -1f : 1f;
                }
                for (int at = rows.rowOffset(row); at < rows.rowOffset(row) + size; at += width) {
                    kernels.multiply(signs, 0, rows.array(), at, rows.array(), at, width);
                }
            }
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int outputs = pass.rows() * output().size();
            activation.backward(z.array(), 0, dy.array(), dy.offset(), pass.rows() * map.outputLines(), map.units());
            if (!pass.random()) {
                return wanted ? inputGradient(pass, parameters, dy) : null;
            }
            // From here on dy is dz, and drawn is the gradient by what the weights' spread added.
            if (local) {
                kernels.multiply(dy.array(), dy.offset(), drawn.array(), 0, drawn.array(), 0, outputs);
            } else {
                System.arraycopy(dy.array(), dy.offset(), drawn.array(), 0, outputs);
                flip(pass, drawn, map.channels(), map.units());
            }
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                linear.weightGradient(pass, node, x, dy, posterior.mean());
                linear.weightGradient(pass, node, seen, drawn, posterior.rho());
                if (hasBias()) {
                    linear.biasGradient(pass, node, dy, bias);
                }
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient(pass, parameters, dy);
            addSpreadGradient(pass, x, dx);
            return dx;
        }

        /** {@code dx = dz m^T}. */
        private Tensor inputGradient(Pass pass, Parameters parameters, Tensor dz) {
            Tensor dx = inputGradient.besides(dz);
            linear.inputGradient(pass.rows(), dz, linear.weights(parameters.theta(), posterior.mean()), dx);
            return dx;
        }

        /** Local: {@code dx += 2 x (dvariance s^2^T)}; otherwise {@code dx += (ddrawn (s e)^T) u}. */
        private void addSpreadGradient(Pass pass, Tensor x, Tensor dx) {
            int inputs = pass.rows() * input.size();
            linear.inputGradient(pass.rows(), drawn, linear.weights(weights, 0), seenGradient);
            if (local) {
                kernels.scale(2f, seenGradient.array(), 0, seenGradient.array(), 0, inputs);
                kernels.multiplyAdd(x.array(), x.offset(), seenGradient.array(), 0, dx.array(), dx.offset(), inputs);
            } else {
                flip(pass, seenGradient, 0, map.channels());
                kernels.add(seenGradient.array(), 0, dx.array(), dx.offset(), inputs);
            }
        }
    }
}
