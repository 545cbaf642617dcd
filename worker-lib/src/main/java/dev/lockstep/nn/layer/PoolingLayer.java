package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Pooling;
import dev.lockstep.nn.kernel.PoolingShape;
import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

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
        private final StepPooling steps = new StepPooling(input.last());
        private final Tensor y;
        private final int[] winners;
        private final InputGradient inputGradient;

        PoolingReplica(Workspace workspace) {
            y = workspace.allocate(output);
            winners = new int[kind == Kind.MAX ? workspace.maxRows() * output.size() : 0];
            inputGradient = new InputGradient(workspace, input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (endsWithRow && pass.lengths() != null) {
                forwardByRow(pass, x);
            } else if (kind == Kind.MAX) {
                int[] wanted = pass.training() ? winners : null;
                pooling.max(shape, pass.rows(), x.array(), x.offset(), y.array(), 0, wanted);
            } else {
                pooling.average(shape, pass.rows(), x.array(), x.offset(), y.array(), 0);
            }
            return y;
        }

        private void forwardByRow(Pass pass, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                int length = pass.lengths()[row];
                int to = y.rowOffset(row);
                if (kind == Kind.MAX) {
                    steps.max(length, x.array(), x.rowOffset(row), y.array(), to, winners, to);
                } else {
                    steps.average(length, x.array(), x.rowOffset(row), y.array(), to);
                }
            }
        }

        @Override
        public Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            if (endsWithRow && pass.lengths() != null) {
                backwardByRow(pass, dy, dx);
            } else if (kind == Kind.MAX) {
                pooling.maxBackward(shape, pass.rows(), dy.array(), dy.offset(), winners, dx.array(), dx.offset());
            } else {
                pooling.averageBackward(shape, pass.rows(), dy.array(), dy.offset(), dx.array(), dx.offset());
            }
            return dx;
        }

        private void backwardByRow(Pass pass, Tensor dy, Tensor dx) {
            int all = input.dimension(0);
            for (int row = 0; row < pass.rows(); row++) {
                int length = pass.lengths()[row];
                int from = dy.rowOffset(row);
                int to = dx.rowOffset(row);
                if (kind == Kind.MAX) {
                    steps.maxBackward(length, all, dy.array(), from, winners, y.rowOffset(row), dx.array(), to);
                } else {
                    steps.averageBackward(length, all, dy.array(), from, dx.array(), to);
                }
            }
        }
    }
}
