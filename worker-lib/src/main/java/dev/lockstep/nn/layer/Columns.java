package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features of some columns alone, so that each branch of a {@link Concat} can read its own: {@code y} has the
 * features of the columns, one column after the other, in the order in which they are named. A single column whose
 * features have a shape of their own (an image, a sequence of words) keeps it.
 *
 * <p>Shapes: {@code x [features]}, {@code y [sum of the parts' sizes]} or that of {@code shape}. {@code dx} is
 * {@code dy} in the places of the parts and 0 in all others.
 *
 * @param names the columns, as {@code data.columns} has them
 * @param features how many features a row has in all; what {@code data.columns} comes to unless given
 * @param parts where the columns' features lie; the same
 * @param shape of the output; flat unless given
 */
@SpecName("columns")
public record Columns(
        @JsonProperty(required = true) List<String> names,
        @Nullable Integer features,
        @Nullable List<Part> parts,
        @Nullable Shape shape)
        implements LayerSpec {
    public Columns {
        names = Expect.notEmpty("names", names);
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("names: expected each column once, got " + names);
        }
        if ((features == null) != (parts == null)) {
            throw new IllegalArgumentException("parts: expected features and parts, or none of the two");
        }
        if (features != null) {
            Expect.atLeast("features", features, 1);
        }
        parts = parts == null ? null : Expect.notEmpty("parts", parts);
        int size = 0;
        if (parts != null && features != null) {
            size = parts.stream().mapToInt(Part::size).reduce(0, Math::addExact);
            checkApart(parts, features);
        }
        if (shape != null && parts != null && shape.size() != size) {
            throw new IllegalArgumentException("shape: expected one of " + size + " features, got " + shape);
        }
    }

    private static void checkApart(List<Part> parts, int features) {
        long end = 0;
        for (Part part :
                parts.stream().sorted(Comparator.comparingInt(Part::at)).toList()) {
            if (part.at() < end || part.at() + (long) part.size() > features) {
                throw new IllegalArgumentException(
                        "parts: expected parts of " + features + " features that do not overlap, got " + parts);
            }
            end = part.at() + (long) part.size();
        }
    }

    /** Columns whose places {@code data.columns} will tell. */
    public Columns(String... names) {
        this(List.of(names), null, null, null);
    }

    /**
     * The features of a column.
     *
     * @param at the first one, from 0
     * @param size how many there are
     */
    public record Part(
            @JsonProperty(required = true) int at,
            @JsonProperty(required = true) int size) implements Serializable {
        /** Checks that there are some. */
        public Part {
            Expect.atLeast("at", at, 0);
            Expect.atLeast("size", size, 1);
        }
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("columns");
        if (features == null || parts == null) {
            throw new IllegalArgumentException(name + ": the columns " + names
                    + " are known by their names where data.columns gives them types; expected data.columns too");
        }
        if (input.rank() != 1 || input.size() != features) {
            throw new IllegalArgumentException(name + ": expected the " + features
                    + " features of all columns, as the first layer of the network or of a branch of its first layer,"
                    + " got an input of " + input);
        }
        int size = parts.stream().mapToInt(Part::size).sum();
        return new ColumnsLayer(name, input, shape == null ? Shape.of(size) : shape, parts);
    }

    private record ColumnsLayer(String name, Shape input, Shape output, List<Part> parts) implements Layer {
        @Override
        public LayerReplica replica(Workspace workspace) {
            return new ColumnsReplica(this, workspace);
        }
    }

    private static final class ColumnsReplica implements LayerReplica {
        private final Part[] parts;
        private final Tensor y;
        private final int features;
        private final InputGradient inputGradient;

        ColumnsReplica(ColumnsLayer layer, Workspace workspace) {
            parts = layer.parts().toArray(Part[]::new);
            y = workspace.allocate(layer.output());
            features = layer.input().size();
            inputGradient = new InputGradient(workspace, layer.input());
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                int to = y.rowOffset(row);
                for (Part part : parts) {
                    System.arraycopy(x.array(), x.rowOffset(row) + part.at(), y.array(), to, part.size());
                    to += part.size();
                }
            }
            return y;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            Arrays.fill(dx.array(), dx.offset(), dx.offset() + pass.rows() * features, 0f);
            for (int row = 0; row < pass.rows(); row++) {
                int from = dy.rowOffset(row);
                for (Part part : parts) {
                    System.arraycopy(dy.array(), from, dx.array(), dx.rowOffset(row) + part.at(), part.size());
                    from += part.size();
                }
            }
            return dx;
        }
    }
}
