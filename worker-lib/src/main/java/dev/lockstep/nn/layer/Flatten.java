package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Sees a row of any shape as a vector, in row-major order: {@code [h, w, c] -> [h w c]}. Moves no data. */
@SpecName("flatten")
public record Flatten() implements LayerSpec {

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        return new FlattenLayer(layout.nameLayer("flatten"), input, Shape.of(input.size()));
    }

    private record FlattenLayer(String name, Shape input, Shape output) implements Layer {
        @Override
        public boolean reshapes() {
            return true;
        }

        @Override
        public int validSteps(int length) {
            return length * (input.size() / input.dimension(0));
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new FlattenReplica(input, output);
        }
    }

    private static final class FlattenReplica implements LayerReplica {
        private final Reshaped forward;
        private final Reshaped backward;

        FlattenReplica(Shape input, Shape output) {
            forward = new Reshaped(output);
            backward = new Reshaped(input);
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            return forward.of(x);
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            return wanted ? backward.of(dy) : null;
        }
    }

    /** The view of the tensor seen last, so that a step allocates nothing. */
    private static final class Reshaped {
        private final Shape shape;
        private @Nullable Tensor source;
        private @Nullable Tensor view;

        Reshaped(Shape shape) {
            this.shape = shape;
        }

        Tensor of(Tensor tensor) {
            if (view == null || tensor != source) {
                source = tensor;
                view = tensor.reshape(shape);
            }
            return view;
        }
    }
}
