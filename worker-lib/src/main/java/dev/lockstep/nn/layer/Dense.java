package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Transpose;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * A fully connected layer (Rumelhart, Hinton and Williams 1986), {@code y = f(x W + b)}.
 *
 * <p>Shapes: {@code x [rows, in]}, {@code W [in, units]}, {@code b [units]}, {@code y [rows, units]}. An input
 * {@code [steps, in]} is mapped step by step to {@code [steps, units]}; an image {@code [h, w, c]} is seen as one
 * vector. Gradients: {@code dz = f'(z) dy}, {@code dW = x^T dz}, {@code db = sum of dz over rows}, {@code dx = dz W^T}.
 * Keeps its output; its pre-activation {@code z} too where the derivative needs it.
 *
 * @param units size of the output
 * @param activation {@code f}; linear unless given
 * @param bias whether there is a {@code b}; true unless given
 * @param initializer initial weights; Glorot uniform unless given. Biases begin at 0
 */
@SpecName("dense")
public record Dense(int units, Activation activation, Boolean bias, Initializer initializer)
        implements LayerSpec, Activated {
    public Dense {
        Expect.atLeast("units", units, 1);
        activation = activation == null ? new Activation.Linear() : activation;
        bias = bias == null || bias;
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A linear layer with the defaults. */
    public Dense(int units) {
        this(units, null, null, null);
    }

    /** A layer with an activation and the defaults. */
    public Dense(int units, Activation activation) {
        this(units, activation, null, null);
    }

    @Override
    public Dense withActivation(Activation other) {
        return new Dense(units, other, bias, initializer);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("dense");
        boolean steps = input.rank() == 2;
        int in = steps ? input.last() : input.size();
        Shape output = steps ? Shape.of(input.dimension(0), units) : Shape.of(units);
        activation.check(name, output);
        int weight = layout.reserve(name, "weight", Shape.of(in, units), ParameterRole.WEIGHT, initializer);
        int biasOffset =
                bias ? layout.reserve(name, "bias", Shape.of(units), ParameterRole.BIAS, Initializer.ZEROS) : -1;
        return new Bound(name, input, output, in, units, weight, biasOffset, activation);
    }

    private record Bound(
            String name, Shape input, Shape output, int in, int units, int weight, int bias, Activation activation)
            implements Layer {
        @Override
        public int parameters() {
            return in * units + (bias < 0 ? 0 : units);
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new AtWork(this, workspace);
        }
    }

    private static final class AtWork implements LayerReplica {
        private final Bound layer;
        private final Gemm gemm;
        private final int stepsPerRow;
        private final boolean reluInEpilogue;
        private final Tensor y;
        private final Tensor z;
        private final InputGradient inputGradient;
        private final StepRows stepRows;

        AtWork(Bound layer, Workspace workspace) {
            this.layer = layer;
            gemm = workspace.gemm();
            stepsPerRow = layer.output().size() / layer.units();
            reluInEpilogue = layer.bias() >= 0 && layer.activation() instanceof Activation.Relu;
            y = workspace.allocate(layer.output());
            z = layer.activation().differentiatesInput() ? workspace.allocate(layer.output()) : y;
            inputGradient = new InputGradient(workspace, layer.input());
            stepRows = new StepRows(stepsPerRow);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            int rows = pass.rows() * stepsPerRow;
            Epilogue epilogue =
                    layer.bias() < 0 ? Epilogue.OVERWRITE : reluInEpilogue ? Epilogue.BIAS_RELU : Epilogue.BIAS;
            gemm.multiply(
                    Transpose.NO,
                    Transpose.NO,
                    rows,
                    layer.units(),
                    layer.in(),
                    x.array(),
                    x.offset(),
                    layer.in(),
                    parameters.theta(),
                    layer.weight(),
                    layer.units(),
                    z.array(),
                    0,
                    layer.units(),
                    epilogue,
                    parameters.theta(),
                    Math.max(layer.bias(), 0));
            if (!reluInEpilogue) {
                layer.activation().forward(z.array(), 0, y.array(), 0, rows, layer.units());
            }
            return y;
        }

        @Override
        public Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int rows = pass.rows() * stepsPerRow;
            layer.activation().backward(z.array(), 0, dy.array(), dy.offset(), rows, layer.units());
            int[] rowStart = stepRows.of(pass);
            for (Gradient.Node node : gradient.nodes()) {
                gemm.weightGradient(
                        layer.in(),
                        layer.units(),
                        rowStart,
                        node.from(),
                        node.to(),
                        x.array(),
                        x.offset(),
                        layer.in(),
                        dy.array(),
                        dy.offset(),
                        layer.units(),
                        node.values(),
                        layer.weight(),
                        layer.units());
                if (layer.bias() >= 0) {
                    gemm.columnSums(
                            layer.units(),
                            rowStart,
                            node.from(),
                            node.to(),
                            dy.array(),
                            dy.offset(),
                            layer.units(),
                            node.values(),
                            layer.bias());
                }
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            gemm.multiply(
                    Transpose.NO,
                    Transpose.YES,
                    rows,
                    layer.in(),
                    layer.units(),
                    dy.array(),
                    dy.offset(),
                    layer.units(),
                    parameters.theta(),
                    layer.weight(),
                    layer.units(),
                    dx.array(),
                    0,
                    layer.in(),
                    Epilogue.OVERWRITE,
                    parameters.theta(),
                    0);
            return dx;
        }
    }
}
