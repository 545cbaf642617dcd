package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.NumberRange;
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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors, one a token: {@code y_t = E[x_t]} (Bengio et al. 2003), the same as a dense layer without bias on
 * one-hot vectors.
 *
 * <p>Shapes: {@code x [rows, steps]} token indexes from 0, {@code E [vocabulary, units]}, {@code y [rows, steps,
 * units]}; steps beyond a row's end give 0. Gradient: {@code dE[k]} is the sum of {@code dy_t} over the steps that hold
 * token {@code k}, within a shard by (row, step); a shard without the token adds nothing. There is no gradient by the
 * input.
 *
 * @param vocabulary how many tokens there are
 * @param units size of a token's vector
 * @param maskZero whether token 0 fills up short rows: a row then ends after its last token that is not 0, for all
 *     layers after this one and for the loss; zeros before that are tokens like others. False unless given
 * @param initializer how each token's vector begins, as a matrix {@code [1, units]}; Glorot uniform unless given
 */
@SpecName("embedding")
public record Embedding(
        @JsonProperty(required = true) int vocabulary,
        @JsonProperty(required = true) int units,
        Boolean maskZero,
        Initializer initializer)
        implements LayerSpec.LayerWithWeights {
    private static final int MOST_TOKENS = 1 << 24;

    public Embedding {
        Expect.atLeast("vocabulary", vocabulary, 1);
        if (vocabulary > MOST_TOKENS) {
            throw new IllegalArgumentException("vocabulary: expected at most " + MOST_TOKENS
                    + ", whose indexes a float can hold, got " + vocabulary);
        }
        Expect.atLeast("units", units, 1);
        maskZero = maskZero != null && maskZero;
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    @Override
    public boolean readsStepByStep() {
        return !maskZero;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("embedding");
        if (input.rank() != 1) {
            throw new IllegalArgumentException(name + ": expected token indexes [steps], got an input of " + input);
        }
        if (maskZero) {
            layout.endsRows(input.size());
        }
        int table = layout.reserve(
                name, "weight", Shape.of(vocabulary, units), ParameterRole.TABLE, InitialValues.rows(initializer));
        return new EmbeddingLayer(name, input, Shape.of(input.size(), units), vocabulary, units, table, maskZero);
    }

    private record EmbeddingLayer(
            String name, Shape input, Shape output, int vocabulary, int units, int table, boolean maskZero)
            implements Layer {
        @Override
        public NumberRange numbers() {
            return new NumberRange(
                    0, vocabulary - 1, true, "a token index from 0 to " + (vocabulary - 1) + " of " + name);
        }

        @Override
        public int[] lookedUpBy() {
            int[] tokens = new int[output.size()];
            Arrays.setAll(tokens, element -> element / units);
            return tokens;
        }

        @Override
        public int validSteps(int length) {
            return length;
        }

        @Override
        public List<RowTensor> rowTensors(boolean entries) {
            return List.of(new RowTensor(table, vocabulary, units));
        }

        @Override
        public int parameters() {
            return vocabulary * units;
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new EmbeddingReplica(this, workspace);
        }
    }

    private static final class EmbeddingReplica implements LayerReplica {
        private final EmbeddingLayer layer;
        private final Tensor y;
        private final InputGradient inputGradient;
        private final int[] lengths;
        private final TokenLines lines;
        private final TokenSums sums;

        EmbeddingReplica(EmbeddingLayer layer, Workspace workspace) {
            this.layer = layer;
            sums = new TokenSums(workspace.gemm());
            y = workspace.allocate(layer.output());
            inputGradient = new InputGradient(workspace, layer.input());
            lengths = new int[workspace.maxRows()];
            lines = new TokenLines(
                    layer.vocabulary(),
                    layer.units(),
                    workspace.maxRows(),
                    layer.input().size());
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            if (layer.maskZero()) {
                endAfterLastToken(pass, x);
            }
            int steps = layer.input().size();
            int units = layer.units();
            for (int row = 0; row < pass.rows(); row++) {
                int length = pass.lengths() == null ? steps : pass.length(row);
                for (int t = 0; t < length; t++) {
                    int token = token(x, row, t);
                    int to = y.rowOffset(row) + t * units;
                    System.arraycopy(parameters.theta(), layer.table() + token * units, y.array(), to, units);
                }
                Arrays.fill(y.array(), y.rowOffset(row) + length * units, y.rowOffset(row + 1), 0f);
            }
            return y;
        }

        private void endAfterLastToken(Pass pass, Tensor x) {
            for (int row = 0; row < pass.rows(); row++) {
                int length = pass.lengths() == null ? layer.input().size() : pass.length(row);
                while (length > 0 && x.array()[x.rowOffset(row) + length - 1] == 0f) {
                    length--;
                }
                lengths[row] = length;
            }
            pass.lengths(lengths);
        }

        private int token(Tensor x, int row, int t) {
            float value = x.array()[x.rowOffset(row) + t];
            int token = (int) value;
            if (token != value || token < 0 || token >= layer.vocabulary()) {
                throw new IllegalArgumentException(layer.name() + ": expected a token index from 0 to "
                        + (layer.vocabulary() - 1) + ", got " + value + " at step " + t + " of row " + row
                        + " of the pass");
            }
            return token;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            int @Nullable [] valid = layer.maskZero() ? lengths : pass.lengths();
            lines.sort(pass.rowStart(), pass.shards(), valid, x, dy);
            for (int i = 0; i < gradient.count(); i++) {
                sums.sum(lines, gradient.node(i), layer.table(), 0);
            }
            if (!wanted) {
                return null;
            }
            Tensor dx = inputGradient.besides(dy);
            int from = dx.offset();
            Arrays.fill(dx.array(), from, from + pass.rows() * layer.input().size(), 0f);
            return dx;
        }
    }
}
