package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link Conv1d} and {@link Conv2d}, bound: {@code weight} and {@code bias} are offsets, the latter -1 if there is
 * none.
 */
record ConvolutionLayer(
        String name, Shape input, Shape output, ConvolutionShape shape, Activation activation, int weight, int bias)
        implements Layer {

    /** Checks groups and activation and reserves the parameters. */
    static ConvolutionLayer bind(
            String name,
            Shape input,
            Shape output,
            ConvolutionShape shape,
            int[] kernel,
            Activation activation,
            boolean withBias,
            Initializer initializer,
            ParameterLayout layout) {
        if (shape.channels() % shape.groups() != 0 || shape.filters() % shape.groups() != 0) {
            throw new IllegalArgumentException(name + ": expected channels and filters that " + shape.groups()
                    + " groups divide, got input " + input + " and " + shape.filters() + " filters");
        }
        activation.check(name, output);
        int[] weightShape = Arrays.copyOf(kernel, kernel.length + 2);
        weightShape[kernel.length] = shape.groupChannels();
        weightShape[kernel.length + 1] = shape.filters();
        int weight = layout.reserve(name, "weight", Shape.of(weightShape), ParameterRole.WEIGHT, initializer);
        int bias = withBias
                ? layout.reserve(name, "bias", Shape.of(shape.filters()), ParameterRole.BIAS, Initializer.ZEROS)
                : -1;
        return new ConvolutionLayer(name, input, output, shape, activation, weight, bias);
    }

    @Override
    public int parameters() {
        return shape.weights() + (bias < 0 ? 0 : shape.filters());
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new AtWork(workspace);
    }

    private final class AtWork implements LayerReplica {
        private final Convolution convolution;
        private final Gemm gemm;
        private final boolean reluInEpilogue;
        private final Tensor y;
        private final Tensor z;
        private final InputGradient inputGradient;
        private final StepRows positions;

        AtWork(Workspace workspace) {
            convolution = workspace.convolution();
            gemm = workspace.gemm();
            reluInEpilogue = bias >= 0 && activation instanceof Activation.Relu;
            y = workspace.allocate(output);
            z = activation.differentiatesInput() ? workspace.allocate(output) : y;
            inputGradient = new InputGradient(workspace, input);
            positions = new StepRows(shape.positions());
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            Epilogue epilogue = bias < 0 ? Epilogue.OVERWRITE : reluInEpilogue ? Epilogue.BIAS_RELU : Epilogue.BIAS;
            convolution.forward(
                    shape,
                    pass.rows(),
                    x.array(),
                    x.offset(),
                    parameters.theta(),
                    weight,
                    z.array(),
                    0,
                    epilogue,
                    parameters.theta(),
                    Math.max(bias, 0));
            if (!reluInEpilogue) {
                activation.forward(z.array(), 0, y.array(), 0, pass.rows() * shape.positions(), shape.filters());
            }
            return y;
        }

        @Override
        public Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            activation.backward(
                    z.array(), 0, dy.array(), dy.offset(), pass.rows() * shape.positions(), shape.filters());
            for (Gradient.Node node : gradient.nodes()) {
                convolution.weightGradient(
                        shape,
                        pass.rowStart(),
                        node.from(),
                        node.to(),
                        x.array(),
                        x.offset(),
                        dy.array(),
                        dy.offset(),
                        node.values(),
                        weight);
                if (bias >= 0) {
                    gemm.columnSums(
                            shape.filters(),
                            positions.of(pass),
                            node.from(),
                            node.to(),
                            dy.array(),
                            dy.offset(),
                            shape.filters(),
                            node.values(),
                            bias);
                }
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            convolution.inputGradient(
                    shape, pass.rows(), dy.array(), dy.offset(), parameters.theta(), weight, dx.array(), dx.offset());
            return dx;
        }
    }
}
