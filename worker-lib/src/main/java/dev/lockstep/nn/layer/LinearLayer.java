package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Dense}, {@link Conv1d} and {@link Conv2d}, bound: {@code y = f(L(x) + b)} for a {@link LinearMap} {@code L}.
 * {@code weight} and {@code bias} are offsets, the latter -1 if there is none.
 */
record LinearLayer(String name, Shape input, LinearMap map, Activation activation, int weight, int bias)
        implements Layer {

    /** Checks input and activation, and reserves the parameters. */
    static LinearLayer bind(String name, Shape input, LinearMap.Spec spec, ParameterLayout layout) {
        LinearMap map = spec.map(name, input);
        spec.activation().check(name, map.output());
        int weight = layout.reserve(name, "weight", map.weights(), ParameterRole.WEIGHT, spec.initializer());
        return new LinearLayer(name, input, map, spec.activation(), weight, reserveBias(name, map, spec, layout));
    }

    /** Reserves a bias if there is one; -1 if not. */
    static int reserveBias(String name, LinearMap map, LinearMap.Spec spec, ParameterLayout layout) {
        return spec.bias()
                ? layout.reserve(name, "bias", Shape.of(map.units()), ParameterRole.BIAS, Initializer.ZEROS)
                : -1;
    }

    @Override
    public Shape output() {
        return map.output();
    }

    @Override
    public boolean readsEntries() {
        return map.readsEntries() && input.rank() == 1;
    }

    @Override
    public List<RowTensor> rowTensors(boolean entries) {
        return entries && readsEntries() ? List.of(new RowTensor(weight, map.channels(), map.units())) : List.of();
    }

    @Override
    public @Nullable Weights linearWeights() {
        return map instanceof LinearMap.Product && activation instanceof Activation.Linear
                ? new Weights(weight, map.channels(), map.units(), hasBias())
                : null;
    }

    @Override
    public int validSteps(int length) {
        return map.validSteps(length);
    }

    @Override
    public int parameters() {
        return map.weights().size() + (hasBias() ? map.units() : 0);
    }

    private boolean hasBias() {
        return bias >= 0;
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new LinearReplica(workspace);
    }

    private Epilogue epilogue() {
        if (!hasBias()) {
            return Epilogue.OVERWRITE;
        }
        return activation instanceof Activation.Relu ? Epilogue.BIAS_RELU : Epilogue.BIAS;
    }

    private final class LinearReplica implements LayerReplica {
        private final LinearMapReplica linear;
        private final Epilogue epilogue = epilogue();
        private final Tensor y;
        private final Tensor z;
        private final InputGradient inputGradient;

        LinearReplica(Workspace workspace) {
            linear = map.replica(workspace);
            y = workspace.allocate(map.output());
            z = activation.differentiatesInput() ? workspace.allocate(map.output()) : y;
            inputGradient = new InputGradient(workspace, input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            float[] theta = parameters.theta();
            linear.forward(
                    pass, x, linear.weights(theta, weight), z, epilogue, hasBias() ? linear.biases(theta, bias) : null);
            if (epilogue != Epilogue.BIAS_RELU) {
                activation.forward(z.array(), 0, y.array(), 0, pass.rows() * map.outputLines(), map.units());
            }
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int lines = pass.rows() * map.outputLines();
            activation.backward(z.array(), 0, dy.array(), dy.offset(), lines, map.units());
            // From here on dy is dz.
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                linear.weightGradient(pass, node, x, dy, weight);
                if (hasBias()) {
                    linear.biasGradient(pass, node, dy, bias);
                }
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            linear.inputGradient(pass.rows(), dy, linear.weights(parameters.theta(), weight), dx);
            return dx;
        }
    }
}
