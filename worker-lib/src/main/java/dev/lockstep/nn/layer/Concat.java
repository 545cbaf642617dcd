package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Branches side by side (Szegedy et al. 2015): each is a sequence of layers on the same input, an empty one the input
 * itself; their outputs lie behind one another along the last axis, {@code y[..., :] = [f_1(x), f_2(x), ...]}. Each
 * branch gets its part of {@code dy}, and {@code dx} is the sum of theirs in the order of the branches. Keeps its
 * output and the parts of {@code dy}.
 *
 * @param branches at least one; their outputs differ in the last axis at most
 */
@SpecName("concat")
public record Concat(@JsonProperty(required = true) List<List<LayerSpec>> branches) implements LayerSpec {
    public Concat {
        branches =
                Expect.notEmpty("branches", branches).stream().map(List::copyOf).toList();
    }

    @Override
    public boolean readsStepByStep() {
        return branches.stream().flatMap(List::stream).allMatch(LayerSpec::readsStepByStep);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("concat");
        SequenceLayer[] bound = new SequenceLayer[branches.size()];
        int width = 0;
        for (int i = 0; i < bound.length; i++) {
            bound[i] = SequenceLayer.bind(name + ".branches." + i, input, branches.get(i), layout);
            Shape output = bound[i].output();
            if (!withLast(output, 1).equals(withLast(bound[0].output(), 1))) {
                throw new IllegalArgumentException(name + ": expected branches that differ in the last axis only, got "
                        + bound[0].output() + " and " + output);
            }
            width += output.last();
        }
        return new ConcatLayer(name, input, withLast(bound[0].output(), width), List.of(bound));
    }

    private static Shape withLast(Shape shape, int last) {
        int[] dimensions = shape.toArray();
        dimensions[dimensions.length - 1] = last;
        return Shape.of(dimensions);
    }

    private record ConcatLayer(String name, Shape input, Shape output, List<SequenceLayer> branches) implements Layer {
        @Override
        public NumberRange numbers() {
            return branches.stream().map(Layer::numbers).reduce(NumberRange.ANY, NumberRange::narrower);
        }

        @Override
        public boolean readsEntries() {
            return branches.stream().allMatch(Layer::readsEntries);
        }

        @Override
        public List<RowTensor> rowTensors(boolean entries) {
            return branches.stream()
                    .flatMap(branch -> branch.rowTensors(entries).stream())
                    .toList();
        }

        /** As in the branches: the replica moves the pass on. */
        @Override
        public int validSteps(int length) {
            return length;
        }

        @Override
        public int parameters() {
            return branches.stream().mapToInt(Layer::parameters).sum();
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new ConcatReplica(this, workspace);
        }
    }

    private static final class ConcatReplica implements LayerReplica {
        private final LayerReplica[] branches;
        private final Tensor[] gradients;
        private final int width;
        private final int linesPerRow;
        private final Tensor y;
        private final Shape input;
        private final int maxRows;
        /** Allocated when first wanted: it never is where the branches are the first layers. */
        private @Nullable Tensor dx;

        private final int[] common;

        ConcatReplica(ConcatLayer layer, Workspace workspace) {
            branches = new LayerReplica[layer.branches().size()];
            gradients = new Tensor[branches.length];
            for (int i = 0; i < branches.length; i++) {
                branches[i] = layer.branches().get(i).replica(workspace);
                gradients[i] = workspace.allocate(layer.branches().get(i).output());
            }
            width = layer.output().last();
            linesPerRow = layer.output().size() / width;
            y = workspace.allocate(layer.output());
            input = layer.input();
            maxRows = workspace.maxRows();
            common = new int[workspace.maxRows()];
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            int lines = pass.rows() * linesPerRow;
            int to = 0;
            int @Nullable [] valid = pass.lengths();
            int @Nullable [] validOfAll = null;
            boolean vector = y.shape().rank() == 1;
            for (LayerReplica branch : branches) {
                pass.lengths(valid);
                Tensor part = branch.forward(pass, parameters, x);
                validOfAll = branch == branches[0]
                        ? pass.lengths()
                        : ValidLines.common(pass, validOfAll, pass.lengths(), vector, common);
                int columns = part.shape().last();
                for (int line = 0; line < lines; line++) {
                    System.arraycopy(
                            part.array(), part.offset() + line * columns, y.array(), line * width + to, columns);
                }
                to += columns;
            }
            pass.lengths(validOfAll);
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int lines = pass.rows() * linesPerRow;
            int from = dy.offset();
            for (Tensor part : gradients) {
                int columns = part.shape().last();
                for (int line = 0; line < lines; line++) {
                    System.arraycopy(dy.array(), from + line * width, part.array(), line * columns, columns);
                }
                from += columns;
            }
            Tensor sum = wanted ? cleared(pass.rows()) : null;
            for (int i = 0; i < branches.length; i++) {
                Tensor part = branches[i].backward(pass, parameters, x, gradients[i], wanted, gradient);
                if (sum != null) {
                    int inputs = pass.rows() * input.size();
                    Kernels.get()
                            .elementwise()
                            .add(Objects.requireNonNull(part).array(), part.offset(), sum.array(), 0, inputs);
                }
            }
            return sum;
        }

        private Tensor cleared(int rows) {
            Tensor cleared = dx == null ? Tensor.allocate(maxRows, input) : dx;
            Arrays.fill(cleared.array(), 0, rows * input.size(), 0f);
            dx = cleared;
            return cleared;
        }
    }
}
