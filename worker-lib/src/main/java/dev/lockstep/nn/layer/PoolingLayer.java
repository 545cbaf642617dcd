package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Pooling;
import dev.lockstep.nn.kernel.PoolingShape;
import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The pooling layers, bound.
 *
 * @param endsWithRow whether the window is a whole sequence, of which only the valid steps count
 */
record PoolingLayer(String name, Kind kind, Shape input, Shape output, PoolingShape shape, boolean endsWithRow)
        implements Layer {

    /** What becomes of a window. */
    enum Kind {
        MAX,
        AVERAGE
    }

    /** Windows over an image. */
    static PoolingLayer image(String name, Kind kind, Shape input, Extent size, Extent stride, Padding padding) {
        ImageShape image = ImageShape.image(name, input);
        WindowAxis vertical = padding.axis(name, input, image.height(), size.height(), stride.height(), 1);
        WindowAxis horizontal = padding.axis(name, input, image.width(), size.width(), stride.width(), 1);
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(vertical.output(), horizontal.output(), image.channels()),
                new PoolingShape(vertical, horizontal, image.channels()),
                false);
    }

    /** Windows over a sequence. */
    static PoolingLayer sequence(String name, Kind kind, Shape input, int size, int stride, Padding padding) {
        ImageShape sequence = ImageShape.sequence(name, input);
        WindowAxis axis = padding.axis(name, input, sequence.width(), size, stride, 1);
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(axis.output(), sequence.channels()),
                new PoolingShape(WindowAxis.ONE, axis, sequence.channels()),
                false);
    }

    /** One window over all of an image or of the valid steps of a sequence. */
    static PoolingLayer global(String kindName, Kind kind, Shape input, ParameterLayout layout) {
        String name = layout.nameLayer(kindName);
        if (input.rank() < 2) {
            throw new IllegalArgumentException(
                    name + ": expected input [height, width, channels] or [steps, features], got " + input);
        }
        if (input.rank() == 2) {
            layout.readsLengths(name, input.dimension(0), false);
        }
        int positions = input.size() / input.last();
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(input.last()),
                new PoolingShape(WindowAxis.ONE, WindowAxis.valid(positions, positions, 1, 1), input.last()),
                input.rank() == 2);
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new PoolingReplica(workspace);
    }

    private final class PoolingReplica implements LayerReplica {
        private final Pooling pooling = Kernels.get().pooling();
        private final Tensor y;
        private final int[] winners;
        private final InputGradient inputGradient;
        private final Matrix inputs = new Matrix();
        private final Matrix outputs = new Matrix();

        PoolingReplica(Workspace workspace) {
            y = workspace.allocate(output);
            winners = new int[kind == Kind.MAX ? workspace.maxRows() * output.size() : 0];
            inputGradient = new InputGradient(workspace, input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (endsWithRow && pass.lengths() != null) {
                forwardByRow(pass, x);
                return y;
            }
            inputs.at(x.array(), x.offset(), pass.rows(), shape.inputSize());
            outputs.at(y.array(), 0, pass.rows(), shape.outputSize());
            if (kind == Kind.MAX) {
                pooling.max(shape, inputs, outputs, pass.training() ? winners : null);
            } else {
                pooling.average(shape, inputs, outputs);
            }
            return y;
        }

        private void forwardByRow(Pass pass, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                inputs.at(x.array(), x.rowOffset(row), pass.length(row), input.last());
                int to = y.rowOffset(row);
                if (kind == Kind.MAX) {
                    StepPooling.max(inputs, y.array(), to, winners, to);
                } else {
                    StepPooling.average(inputs, y.array(), to);
                }
            }
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            if (endsWithRow && pass.lengths() != null) {
                backwardByRow(pass, dy, dx);
                return dx;
            }
            inputs.at(dx.array(), dx.offset(), pass.rows(), shape.inputSize());
            outputs.at(dy.array(), dy.offset(), pass.rows(), shape.outputSize());
            if (kind == Kind.MAX) {
                pooling.maxBackward(shape, outputs, winners, inputs);
            } else {
                pooling.averageBackward(shape, outputs, inputs);
            }
            return dx;
        }

        private void backwardByRow(Pass pass, Tensor dy, Tensor dx) {
            for (int row = 0; row < pass.rows(); row++) {
                int length = pass.length(row);
                int from = dy.rowOffset(row);
                inputs.at(dx.array(), dx.rowOffset(row), input.dimension(0), input.last());
                if (kind == Kind.MAX) {
                    StepPooling.maxBackward(length, dy.array(), from, winners, y.rowOffset(row), inputs);
                } else {
                    StepPooling.averageBackward(length, dy.array(), from, inputs);
                }
            }
        }
    }
}
