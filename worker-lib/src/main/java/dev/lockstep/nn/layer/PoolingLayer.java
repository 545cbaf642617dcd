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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pooling layers, bound. Where rows have lengths of their own, windows see valid steps only: a row is pooled as one
 * that is just so long.
 */
record PoolingLayer(String name, Kind kind, Shape input, Shape output, PoolingShape shape) implements Layer {

    /** How a window becomes one number. */
    enum Kind {
        MAX,
        AVERAGE
    }

    /** Windows over an image. */
    static PoolingLayer image(String name, Kind kind, Shape input, Extent size, Extent stride, Padding padding) {
        Extent.ImageShape image = Extent.ImageShape.image(name, input);
        WindowAxis vertical = padding.axis(name, input, image.height(), size.height(), stride.height(), 1);
        WindowAxis horizontal = padding.axis(name, input, image.width(), size.width(), stride.width(), 1);
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(vertical.output(), horizontal.output(), image.channels()),
                new PoolingShape(vertical, horizontal, image.channels()));
    }

    /** Windows over a sequence. */
    static PoolingLayer sequence(String name, Kind kind, Shape input, int size, int stride, Padding padding) {
        Extent.ImageShape sequence = Extent.ImageShape.sequence(name, input);
        WindowAxis axis = padding.axis(name, input, sequence.width(), size, stride, 1);
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(axis.output(), sequence.channels()),
                new PoolingShape(WindowAxis.ONE, axis, sequence.channels()));
    }

    /** One window over all of an image or of the valid steps of a sequence. */
    static PoolingLayer global(String kindName, Kind kind, Shape input, ParameterLayout layout) {
        String name = layout.nameLayer(kindName);
        if (input.rank() < 2) {
            throw new IllegalArgumentException(
                    name + ": expected input [height, width, channels] or [steps, features], got " + input);
        }
        int positions = input.size() / input.last();
        return new PoolingLayer(
                name,
                kind,
                input,
                Shape.of(input.last()),
                new PoolingShape(WindowAxis.ONE, WindowAxis.valid(positions, positions, 1, 1), input.last()));
    }

    /** Whether there is one window over the whole row. */
    private boolean isGlobal() {
        return output.rank() == 1;
    }

    /** The axis along the steps: a sequence is an image of height 1. */
    private WindowAxis steps() {
        return output.rank() == 2 ? shape.horizontal() : shape.vertical();
    }

    @Override
    public int validSteps(int length) {
        return isGlobal() ? NO_STEPS : steps().windows(length);
    }

    /** The windows over a row of so many valid steps. */
    private PoolingShape endingAt(int length) {
        if (isGlobal()) {
            int places = length * (shape.inputSize() / input.dimension(0)) / shape.channels();
            WindowAxis all = new WindowAxis(places, Math.max(places, 1), 1, 1, 0, Math.min(places, 1), false);
            return new PoolingShape(WindowAxis.ONE, all, shape.channels());
        }
        WindowAxis shorter = steps().endingAt(length);
        return output.rank() == 2
                ? new PoolingShape(WindowAxis.ONE, shorter, shape.channels())
                : new PoolingShape(shorter, shape.horizontal(), shape.channels());
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new PoolingReplica(workspace);
    }

    private final class PoolingReplica implements LayerReplica {
        private final Pooling pooling = Kernels.get().pooling();
        private final Tensor y;
        private final int[] winners;
        private final int[] winnersOfRow;
        /** The windows over rows that end early, by valid steps. */
        private final @Nullable PoolingShape[] shorter = new PoolingShape[input.dimension(0) + 1];

        private final InputGradient inputGradient;
        private final Matrix inputs = new Matrix();
        private final Matrix outputs = new Matrix();

        PoolingReplica(Workspace workspace) {
            y = workspace.allocate(output);
            winners = new int[kind == Kind.MAX ? workspace.maxRows() * output.size() : 0];
            winnersOfRow = new int[kind == Kind.MAX ? output.size() : 0];
            inputGradient = new InputGradient(workspace, input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (pass.lengths() != null) {
                forwardByRow(pass, x);
                return y;
            }
            inputs.at(x.array(), x.offset(), pass.rows(), shape.inputSize());
            outputs.at(y.array(), 0, pass.rows(), shape.outputSize());
            if (kind == Kind.MAX) {
                pooling.max(shape, inputs, outputs, pass.differentiates() ? winners : null);
            } else {
                pooling.average(shape, inputs, outputs);
            }
            return y;
        }

        /** Each row as one that is just so long: windows see its valid steps, in the same order. */
        private void forwardByRow(Pass pass, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                int to = y.rowOffset(row);
                PoolingShape shorter = endingAt(pass.length(row));
                if (shorter == null) {
                    Arrays.fill(y.array(), to, to + output.size(), 0f);
                    continue;
                }
                inputs.at(x.array(), x.rowOffset(row), 1, shorter.inputSize());
                outputs.at(y.array(), to, 1, shorter.outputSize());
                if (kind == Kind.MAX) {
                    pooling.max(shorter, inputs, outputs, pass.differentiates() ? winnersOfRow : null);
                    System.arraycopy(winnersOfRow, 0, winners, to, shorter.outputSize());
                } else {
                    pooling.average(shorter, inputs, outputs);
                }
            }
        }

        /** The windows over a row of so many valid steps; null if it has none. */
        private @Nullable PoolingShape endingAt(int length) {
            if (shorter[length] == null) {
                shorter[length] = PoolingLayer.this.endingAt(length);
            }
            PoolingShape known = shorter[length];
            return known.outputSize() == 0 ? null : known;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            if (pass.lengths() != null) {
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
                int from = dy.rowOffset(row);
                Arrays.fill(dx.array(), dx.rowOffset(row), dx.rowOffset(row + 1), 0f);
                PoolingShape shorter = endingAt(pass.length(row));
                if (shorter == null) {
                    continue;
                }
                inputs.at(dx.array(), dx.rowOffset(row), 1, shorter.inputSize());
                outputs.at(dy.array(), from, 1, shorter.outputSize());
                if (kind == Kind.MAX) {
                    System.arraycopy(winners, y.rowOffset(row), winnersOfRow, 0, shorter.outputSize());
                    pooling.maxBackward(shorter, outputs, winnersOfRow, inputs);
                } else {
                    pooling.averageBackward(shorter, outputs, inputs);
                }
            }
        }
    }
}
