package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.param.TokenLines;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Vectors in place of some features, which hold categories (Guo and Berkhahn 2016): {@code y = [..., x_j, E_i[x_i],
 * x_k, ...]}. The features keep their order; category 0 stands for none and gives 0. Lockstep puts this layer before
 * all others if {@code data.columns} has columns of categories.
 *
 * <p>Shapes: {@code x [rows, features]}, {@code E_i [categories_i, units_i]} for the categories from 1, {@code y [rows,
 * features + sum of (units_i - 1)]}. Gradient: {@code dE_i[k]} is the sum of the column's part of {@code dy} over the
 * rows of category {@code k}, within a shard by row; {@code dx} is 0 where categories are.
 *
 * @param columns the features that hold categories, in increasing order
 * @param initializer how each vector begins, as a matrix {@code [1, units]}; Glorot uniform unless given
 */
@SpecName("columnEmbeddings")
public record ColumnEmbeddings(
        @JsonProperty(required = true) List<Column> columns, Initializer initializer)
        implements LayerSpec.LayerWithWeights {
    public ColumnEmbeddings {
        columns = Expect.notEmpty("columns", columns);
        for (int i = 1; i < columns.size(); i++) {
            if (columns.get(i).at() <= columns.get(i - 1).at()) {
                throw new IllegalArgumentException("columns: expected features in increasing order, got "
                        + columns.get(i).at() + " behind " + columns.get(i - 1).at());
            }
        }
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** Vectors that begin as Glorot and Bengio have it. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public ColumnEmbeddings(List<Column> columns) {
        this(columns, null);
    }

    /**
     * A feature that holds categories.
     *
     * @param at its number, from 0
     * @param categories how many there are, numbered from 1
     * @param units size of their vectors
     */
    public record Column(
            @JsonProperty(required = true) int at,
            @JsonProperty(required = true) int categories,
            @JsonProperty(required = true) int units)
            implements Serializable {
        public Column {
            Expect.atLeast("at", at, 0);
            Expect.atLeast("categories", categories, 1);
            Expect.atLeast("units", units, 1);
        }

        private int table() {
            return Math.multiplyExact(categories, units);
        }
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("columnEmbeddings");
        int last = columns.get(columns.size() - 1).at();
        if (input.rank() != 1 || last >= input.size()) {
            throw new IllegalArgumentException(
                    name + ": expected at least " + (last + 1) + " features [features], got an input of " + input);
        }
        int[] tables = new int[columns.size()];
        int width = input.size();
        for (int i = 0; i < tables.length; i++) {
            Column column = columns.get(i);
            tables[i] = layout.reserve(
                    name,
                    "column" + column.at(),
                    Shape.of(column.categories(), column.units()),
                    ParameterRole.TABLE,
                    InitialValues.rows(initializer));
            width = Math.addExact(width, column.units() - 1);
        }
        return new ColumnEmbeddingsLayer(name, input, Shape.of(width), columns, tables);
    }

    private record ColumnEmbeddingsLayer(String name, Shape input, Shape output, List<Column> columns, int[] tables)
            implements Layer {
        @Override
        public List<RowTensor> rowTensors(boolean entries) {
            return IntStream.range(0, tables.length)
                    .mapToObj(i -> new RowTensor(
                            tables[i],
                            columns.get(i).categories(),
                            columns.get(i).units()))
                    .toList();
        }

        @Override
        public int[] lookedUpBy() {
            int[] features = new int[output.size()];
            int element = 0;
            int next = 0;
            for (int feature = 0; feature < input.size(); feature++) {
                boolean category = next < columns.size() && columns.get(next).at() == feature;
                int width = category ? columns.get(next++).units() : 1;
                Arrays.fill(features, element, element + width, feature);
                element += width;
            }
            return features;
        }

        @Override
        public int parameters() {
            return columns.stream().mapToInt(Column::table).sum();
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new ColumnEmbeddingsReplica(this, workspace);
        }
    }

    private static final class ColumnEmbeddingsReplica implements LayerReplica {
        private final ColumnEmbeddingsLayer layer;
        private final Tensor y;
        private final InputGradient inputGradient;
        private final Column[] columns;
        /** Where each column's vector begins in a row of the output. */
        private final int[] starts;

        private final TokenLines[] lines;
        private final TokenSums sums;

        ColumnEmbeddingsReplica(ColumnEmbeddingsLayer layer, Workspace workspace) {
            this.layer = layer;
            sums = new TokenSums(workspace.gemm());
            y = workspace.allocate(layer.output());
            inputGradient = new InputGradient(workspace, layer.input());
            columns = layer.columns().toArray(Column[]::new);
            starts = new int[columns.length];
            lines = new TokenLines[columns.length];
            int wider = 0;
            for (int i = 0; i < columns.length; i++) {
                starts[i] = columns[i].at() + wider;
                wider += columns[i].units() - 1;
                lines[i] = new TokenLines(columns[i].categories() + 1, columns[i].units(), workspace.maxRows(), 1);
            }
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                int from = x.rowOffset(row);
                int to = y.rowOffset(row);
                for (int i = 0; i < columns.length; i++) {
                    Column column = columns[i];
                    int plain = x.rowOffset(row) + column.at() - from;
                    System.arraycopy(x.array(), from, y.array(), to, plain);
                    from += plain + 1;
                    to += plain + column.units();
                    int category = category(x, row, column);
                    int vector = layer.tables()[i] + (category - 1) * column.units();
                    if (category == 0) {
                        Arrays.fill(y.array(), to - column.units(), to, 0f);
                    } else {
                        System.arraycopy(parameters.theta(), vector, y.array(), to - column.units(), column.units());
                    }
                }
                System.arraycopy(x.array(), from, y.array(), to, x.rowOffset(row + 1) - from);
            }
            return y;
        }

        private int category(Tensor x, int row, Column column) {
            float value = x.array()[x.rowOffset(row) + column.at()];
            int category = (int) value;
            if (category != value || category < 0 || category > column.categories()) {
                throw new IllegalArgumentException(layer.name() + ": expected a category from 0 to "
                        + column.categories() + " in feature " + column.at() + ", got " + value + " in row " + row
                        + " of the pass");
            }
            return category;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            for (int i = 0; i < columns.length; i++) {
                lines[i].sort(
                        pass.rowStart(),
                        pass.shards(),
                        null,
                        new TokenLines.Cells(x, columns[i].at()),
                        new TokenLines.Cells(dy, starts[i]));
                for (int node = 0; node < gradient.count(); node++) {
                    // Category 0 has no vector.
                    sums.sum(lines[i], gradient.node(node), layer.tables()[i], 1);
                }
            }
            return wanted ? inputGradient(pass, dy) : null;
        }

        private Tensor inputGradient(Pass pass, Tensor dy) {
            Tensor dx = inputGradient.besides(dy);
            for (int row = 0; row < pass.rows(); row++) {
                int from = dy.rowOffset(row);
                int to = dx.rowOffset(row);
                for (int i = 0; i < columns.length; i++) {
                    int plain = dy.rowOffset(row) + starts[i] - from;
                    System.arraycopy(dy.array(), from, dx.array(), to, plain);
                    dx.array()[to + plain] = 0;
                    from += plain + columns[i].units();
                    to += plain + 1;
                }
                System.arraycopy(dy.array(), from, dx.array(), to, dy.rowOffset(row + 1) - from);
            }
            return dx;
        }
    }
}
