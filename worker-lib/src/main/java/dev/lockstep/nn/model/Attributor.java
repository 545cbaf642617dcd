package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.SequenceLayer;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes the contribution of each column of a row to its prediction, in one thread: integrated gradients
 * (Sundararajan, Taly and Yan, ICML 2017),
 *
 * <pre>{@code
 * a_i = x_i  1/n sum_k df/dx_i (x (k + 1/2) / n),   k = 0 .. n-1,   n = STEPS
 * }</pre>
 *
 * <p>{@code x} are the features as the network sees them: scaled, and looked up where its first layer looks vectors up.
 * The baseline is 0 there: the mean of the training rows where features are standardised, no category at all for a
 * category. {@code f} is an output before the loss's link: the logit of a class, the mean of a number in its own units,
 * the logarithm of a rate; for an ensemble the mean of its networks' outputs. A column's part is the sum over its
 * features. The parts of a row add up to {@code f(x) - f(0)} (completeness), as far as {@value #STEPS} steps go: the
 * error is that of the midpoint rule.
 *
 * <p>A row's parts follow from the row alone, in the order of its features, so they do not depend on partitions.
 * Nothing is random: dropout is off, weights are their means.
 */
public final class Attributor {
    /** Points on the way from the baseline to a row. */
    public static final int STEPS = 64;

    private static final Gradient NO_PARAMETERS = new Gradient(List.of());

    private final Outputs outputs;
    private final Parameters parameters;
    private final Scaling scaling;
    private final Batch batch;
    private final Pass pass = new Pass();
    private final List<Member> members = new ArrayList<>();
    private final int columns;
    private final int[] columnOfFeature;
    private final double[] values;

    /**
     * What is explained.
     *
     * @param indexes of the network's outputs
     * @param factors what brings each into its own units
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Outputs(int[] indexes, double[] factors) {}

    /** A network of the ensemble: what looks vectors up, if anything does, and what follows. */
    private static final class Member {
        private final SequenceLayer.@Nullable SequenceReplica head;
        private final SequenceLayer.SequenceReplica tail;
        private final Shape between;
        private final int[] featureOf;
        private final Tensor point;
        private final Tensor outputGradient;

        Member(SequenceLayer layers, int maxRows) {
            Workspace workspace = new Workspace(maxRows);
            int first = lookup(layers);
            head = first < 0 ? null : layers.part(0, first + 1).replica(workspace);
            SequenceLayer rest = layers.part(first + 1, layers.layers().size());
            tail = rest.replica(workspace);
            between = rest.input();
            featureOf = first < 0
                    ? identity(between.size())
                    : sources(layers.layers().get(first));
            point = Tensor.allocate(maxRows, between);
            outputGradient = Tensor.allocate(maxRows, layers.output());
        }

        private static int[] identity(int size) {
            int[] numbers = new int[size];
            Arrays.setAll(numbers, i -> i);
            return numbers;
        }

        private static int[] sources(Layer layer) {
            return Objects.requireNonNull(layer.lookedUpBy());
        }

        /** The layer that looks vectors up before any other computes; -1: none does. */
        private static int lookup(SequenceLayer layers) {
            for (int i = 0; i < layers.layers().size(); i++) {
                Layer layer = layers.layers().get(i);
                if (layer.lookedUpBy() != null) {
                    return i;
                }
                if (!layer.reshapes()) {
                    break;
                }
            }
            if (layers.numbers().whole()) {
                throw new IllegalArgumentException(
                        "attributions: expected a network of numbers, or one that begins with an embedding;"
                                + " this one has its embeddings in branches");
            }
            return -1;
        }
    }

    /**
     * For at most {@code maxRows} rows at a time.
     *
     * @param parameters read
     * @param scaling of the features
     * @param columns which features belong together
     * @param outputs what is explained
     * @param rows how a row's features are packed
     * @throws IllegalArgumentException if the network takes tokens elsewhere than at its beginning
     */
    public Attributor(
            Network network,
            Parameters parameters,
            Scaling scaling,
            FeatureColumns columns,
            Outputs outputs,
            RowLayout rows,
            int maxRows) {
        this.outputs = outputs;
        this.parameters = parameters;
        this.scaling = scaling;
        this.columns = columns.columns().size();
        columnOfFeature = columns.columnOfFeature();
        batch = new Batch(rows, maxRows, 1);
        for (SequenceLayer member : network.members()) {
            members.add(new Member(member, maxRows));
        }
        values = new double[Math.multiplyExact(maxRows, width())];
    }

    /** How many parts a row has: for each output one a column. */
    public int width() {
        return Math.multiplyExact(outputs.indexes().length, columns);
    }

    /**
     * Explains rows.
     *
     * @param rows their features, not scaled
     * @return {@link #width} numbers a row, output after output; valid until the next call
     */
    public double[] attribute(RowArray rows) {
        batch.fill(rows);
        scaling.apply(batch);
        batch.clearPadding();
        Arrays.fill(values, 0, rows.rows() * width(), 0);
        for (Member member : members) {
            attribute(member);
        }
        return values;
    }

    private void attribute(Member member) {
        pass.beginDifferentiation(batch);
        Tensor x = member.head == null ? batch.features() : member.head.forward(pass, parameters, batch.features());
        int[] lengths = pass.lengths();
        int size = member.between.size();
        double[] slopes = new double[batch.rows() * size];
        for (int output = 0; output < outputs.indexes().length; output++) {
            Arrays.fill(slopes, 0);
            for (int step = 0; step < STEPS; step++) {
                float part = (step + 0.5f) / STEPS;
                for (int i = 0; i < slopes.length; i++) {
                    member.point.array()[i] = x.array()[x.offset() + i] * part;
                }
                addSlopes(member, lengths, outputs.indexes()[output], slopes);
            }
            double factor = outputs.factors()[output] / (STEPS * (double) members.size());
            for (int i = 0; i < slopes.length; i++) {
                int row = i / size;
                int column = columnOfFeature[member.featureOf[i % size]];
                values[row * width() + output * columns + column] += x.array()[x.offset() + i] * slopes[i] * factor;
            }
        }
    }

    /** Adds the gradient of an output at the point. */
    private void addSlopes(Member member, int @Nullable [] lengths, int output, double[] slopes) {
        pass.beginDifferentiation(batch);
        pass.lengths(lengths);
        member.tail.forward(pass, parameters, member.point);
        Tensor dy = member.outputGradient;
        Arrays.fill(dy.array(), 0f);
        for (int row = 0; row < batch.rows(); row++) {
            dy.array()[dy.rowOffset(row) + output] = 1f;
        }
        Tensor dx = member.tail.backward(pass, parameters, member.point, dy, true, NO_PARAMETERS);
        Tensor gradient = Objects.requireNonNull(dx);
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] += gradient.array()[gradient.offset() + i];
        }
    }
}
