package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two recurrent layers of one kind, one of which reads the sequence from its last valid step to the first (Schuster and
 * Paliwal 1997). Where whole sequences are returned, each step's output joins both outputs for that step; otherwise
 * both last states are joined.
 *
 * <p>Shapes: input {@code [steps, in]}; output {@code [2 units]} or {@code [steps, 2 units]}, the forward layer's part
 * first; with {@code merge: sum} {@code [units]} or {@code [steps, units]}.
 *
 * @param layer the recurrent layer
 * @param merge how the two outputs become one; side by side unless given
 */
@SpecName("bidirectional")
public record Bidirectional(@JsonProperty(required = true) RecurrentSpec layer, Merge merge)
        implements LayerSpec.LayerWithWeights {

    /** The way to join two outputs. */
    public enum Merge {
        /** One beside the other. */
        CONCAT,
        /** Their sum. */
        SUM
    }

    public Bidirectional {
        Expect.present("layer", layer);
        merge = merge == null ? Merge.CONCAT : merge;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("bidirectional");
        Layer forward = layer.bind(input, layout);
        Layer backward = layer.bind(input, layout);
        Shape one = forward.output();
        int width = merge == Merge.CONCAT ? 2 * one.last() : one.last();
        Shape output = one.rank() == 2 ? Shape.of(one.dimension(0), width) : Shape.of(width);
        return new BidirectionalLayer(name, input, output, forward, backward, merge);
    }

    private record BidirectionalLayer(String name, Shape input, Shape output, Layer ahead, Layer back, Merge merge)
            implements Layer {
        @Override
        public int parameters() {
            return ahead.parameters() + back.parameters();
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new BidirectionalReplica(this, workspace);
        }
    }

    private static final class BidirectionalReplica implements LayerReplica {
        private final BidirectionalLayer layer;
        private final boolean sequences;
        private final int units;
        private final LayerReplica ahead;
        private final LayerReplica back;
        private final Tensor reversedInput;
        private final Tensor y;
        private final Tensor dAhead;
        private final Tensor dBack;
        private final Tensor held;

        BidirectionalReplica(BidirectionalLayer layer, Workspace workspace) {
            this.layer = layer;
            Shape one = layer.ahead().output();
            sequences = one.rank() == 2;
            units = one.last();
            ahead = layer.ahead().replica(workspace);
            back = layer.back().replica(workspace);
            reversedInput = workspace.allocate(layer.input());
            y = workspace.allocate(layer.output());
            dAhead = workspace.allocate(one);
            dBack = workspace.allocate(one);
            held = workspace.allocate(layer.input());
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            reverse(pass, x, reversedInput);
            Tensor first = ahead.forward(pass, parameters, x);
            Tensor second = back.forward(pass, parameters, reversedInput);
            int width = layer.output().last();
            for (int row = 0; row < pass.rows(); row++) {
                int length = outputSteps(pass, row);
                for (int t = 0; t < length; t++) {
                    int to = y.rowOffset(row) + t * width;
                    int from = first.rowOffset(row) + t * units;
                    int mirrored = second.rowOffset(row) + (length - 1 - t) * units;
                    System.arraycopy(first.array(), from, y.array(), to, units);
                    if (layer.merge() == Merge.CONCAT) {
                        System.arraycopy(second.array(), mirrored, y.array(), to + units, units);
                    } else {
                        Kernels.get().elementwise().add(second.array(), mirrored, y.array(), to, units);
                    }
                }
                Arrays.fill(y.array(), y.rowOffset(row) + length * width, y.rowOffset(row + 1), 0f);
            }
            return y;
        }

        /** Valid steps of a row's output; the last states count as one, which is its own mirror image. */
        private int outputSteps(Pass pass, int row) {
            return sequences ? inputSteps(pass, row) : 1;
        }

        private int inputSteps(Pass pass, int row) {
            return pass.lengths() == null ? layer.input().dimension(0) : pass.lengths()[row];
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int width = layer.output().last();
            for (int row = 0; row < pass.rows(); row++) {
                int length = outputSteps(pass, row);
                for (int t = 0; t < length; t++) {
                    int from = dy.rowOffset(row) + t * width;
                    int mirrored = dBack.rowOffset(row) + (length - 1 - t) * units;
                    System.arraycopy(dy.array(), from, dAhead.array(), dAhead.rowOffset(row) + t * units, units);
                    System.arraycopy(dy.array(), from + width - units, dBack.array(), mirrored, units);
                }
            }
            Tensor dx = ahead.backward(pass, parameters, x, dAhead, wanted, gradient);
            if (wanted) {
                int elements = pass.rows() * layer.input().size();
                System.arraycopy(Objects.requireNonNull(dx).array(), dx.offset(), held.array(), 0, elements);
            }
            Tensor reversed = back.backward(pass, parameters, reversedInput, dBack, wanted, gradient);
            if (!wanted) {
                return null;
            }
            return addReversed(pass, Objects.requireNonNull(reversed));
        }

        /**
         * Adds the backward layer's gradient to the held one of the forward layer; the sum takes the place of the
         * former.
         */
        private Tensor addReversed(Pass pass, Tensor reversed) {
            int in = layer.input().last();
            for (int row = 0; row < pass.rows(); row++) {
                int length = inputSteps(pass, row);
                for (int t = 0; t < length; t++) {
                    int from = reversed.rowOffset(row) + (length - 1 - t) * in;
                    Kernels.get()
                            .elementwise()
                            .add(reversed.array(), from, held.array(), held.rowOffset(row) + t * in, in);
                }
            }
            int elements = pass.rows() * layer.input().size();
            System.arraycopy(held.array(), 0, reversed.array(), reversed.offset(), elements);
            return reversed;
        }

        /** Each row's valid steps from the last to the first. */
        private void reverse(Pass pass, Tensor from, Tensor to) {
            int in = layer.input().last();
            for (int row = 0; row < pass.rows(); row++) {
                int length = inputSteps(pass, row);
                for (int t = 0; t < length; t++) {
                    System.arraycopy(
                            from.array(),
                            from.rowOffset(row) + t * in,
                            to.array(),
                            to.rowOffset(row) + (length - 1 - t) * in,
                            in);
                }
            }
        }
    }
}
