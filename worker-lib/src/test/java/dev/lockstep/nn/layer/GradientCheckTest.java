package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every layer against central differences: {@code (J(v + h) - J(v - h)) / 2h} for {@code J = sum of c y}, by each
 * element of the input and of the parameters. A layer kind that has no row here fails {@link #everyLayerHasARow()}.
 */
class GradientCheckTest {
    private static final double STEP = 1 / 128.0;
    private static final double ABSOLUTE = 2e-3;
    private static final double RELATIVE = 2e-2;

    private record Row(LayerSpec layer, Shape input, int[] lengths, int sharedBy, int... shardRows) {
        Row(LayerSpec layer, Shape input, int... shardRows) {
            this(layer, input, null, 1, shardRows);
        }

        /** The same with rows of several lengths. */
        Row lengths(int... rowLengths) {
            return new Row(layer, input, rowLengths, sharedBy, shardRows);
        }

        /** The same in networks that share their weights. */
        Row sharedBy(int networks) {
            return new Row(layer, input, lengths, networks, shardRows);
        }

        @Override
        public String toString() {
            return layer + " on " + input + ", rows a shard " + Arrays.toString(shardRows)
                    + (lengths == null ? "" : ", lengths " + Arrays.toString(lengths))
                    + (sharedBy == 1 ? "" : ", shared by " + sharedBy);
        }
    }

    private static final List<Row> ROWS = List.of(
            new Row(new Dense(3), Shape.of(4), 2, 0, 3),
            new Row(new Dense(1), Shape.of(1), 1),
            new Row(new Dense(5, new Activation.Tanh()), Shape.of(7), 3),
            new Row(new Dense(5, new Activation.Sigmoid()), Shape.of(2), 1, 1),
            new Row(new Dense(6, new Activation.Relu()), Shape.of(3), 4),
            new Row(new Dense(4, new Activation.Softmax()), Shape.of(3), 2),
            new Row(new Dense(3, new Activation.Linear(), false, null), Shape.of(17), 2),
            new Row(new Dense(3, new Activation.Tanh()), Shape.of(2, 5), 2, 1),
            new Row(new Dense(2), Shape.of(3, 2, 2), 2),
            new Row(new Dense(3, new Activation.Silu()), Shape.of(5), 4, 0, 3).sharedBy(3),
            new Row(new Dense(2, new Activation.Tanh(), false, null), Shape.of(3, 4), 2, 1).sharedBy(2),
            new Row(new Dense(4), Shape.of(3, 2), 3, 2).lengths(3, 0, 2, 1, 3).sharedBy(2),
            new Row(conv2d(2, Extent.of(3), Extent.ONE, Padding.VALID, Extent.ONE, 1), Shape.of(5, 4, 1), 1),
            new Row(conv2d(3, Extent.of(3), Extent.ONE, Padding.SAME, Extent.ONE, 1), Shape.of(4, 5, 2), 2, 0, 1),
            new Row(
                    conv2d(2, new Extent(2, 3), new Extent(2, 3), Padding.SAME, Extent.ONE, 1),
                    Shape.of(5, 7, 3),
                    1,
                    1),
            new Row(conv2d(2, Extent.of(3), Extent.of(2), Padding.VALID, Extent.ONE, 1), Shape.of(6, 8, 1), 2),
            new Row(conv2d(4, Extent.of(2), Extent.ONE, Padding.VALID, new Extent(2, 3), 2), Shape.of(4, 5, 2), 1),
            new Row(conv2d(4, Extent.of(3), new Extent(2, 1), Padding.SAME, Extent.of(2), 4), Shape.of(5, 3, 4), 1),
            new Row(conv2d(2, Extent.of(3), Extent.of(2), Padding.SAME, new Extent(4, 2), 1), Shape.of(5, 6, 1), 2),
            new Row(conv2d(1, Extent.of(5), Extent.of(3), Padding.SAME, Extent.ONE, 1), Shape.of(3, 2, 1), 1),
            new Row(conv2d(2, Extent.of(1), Extent.of(2), Padding.VALID, Extent.ONE, 1), Shape.of(4, 4, 3), 1),
            new Row(new Conv2d(2, 2, Padding.VALID, new Activation.Relu()), Shape.of(3, 4), 2, 1),
            new Row(new Conv2d(2, 2, Padding.SAME, new Activation.Silu()), Shape.of(2, 3, 2), 0, 2),
            new Row(new Conv1d(3, 3, Padding.SAME, new Activation.Tanh()), Shape.of(6, 2), 2, 1),
            new Row(new Conv1d(2, 2, 2, Padding.VALID, 3, 2, null, false, null), Shape.of(7, 4), 1),
            new Row(new Conv1d(1, 1, Padding.VALID, null), Shape.of(1, 1), 1),
            new Row(new MaxPool2d(2), Shape.of(5, 4, 3), 2),
            new Row(new MaxPool2d(Extent.of(3), Extent.of(2), Padding.SAME), Shape.of(5, 6, 1), 1, 0, 1),
            new Row(new MaxPool2d(new Extent(2, 3), Extent.ONE, null), Shape.of(4, 5, 2), 1),
            new Row(new AveragePool2d(2), Shape.of(5, 4), 2),
            new Row(new AveragePool2d(Extent.of(3), Extent.of(2), Padding.SAME), Shape.of(5, 6, 2), 1, 2),
            new Row(new MaxPool1d(3, 2, Padding.SAME), Shape.of(6, 2), 2),
            new Row(new MaxPool1d(1), Shape.of(1, 1), 1),
            new Row(new AveragePool1d(3, 1, Padding.SAME), Shape.of(4, 3), 2),
            new Row(new MaxPool1d(3, 2, Padding.SAME), Shape.of(6, 2), 2, 2).lengths(3, 6, 0, 2),
            new Row(new MaxPool1d(3, 1, Padding.VALID), Shape.of(5, 2), 3).lengths(2, 5, 4),
            new Row(new AveragePool1d(3, 2, Padding.SAME), Shape.of(6, 2), 2, 1).lengths(5, 0, 1),
            new Row(new AveragePool2d(Extent.of(3), Extent.of(2), Padding.SAME), Shape.of(5, 3, 2), 3).lengths(5, 2, 3),
            new Row(new GlobalMaxPool(), Shape.of(4, 2, 2), 3).lengths(4, 0, 2),
            new Row(new GlobalAveragePool(), Shape.of(4, 2), 3).lengths(4, 0, 2),
            new Row(new BatchNorm(new Activation.Silu()), Shape.of(4, 2), 3, 0, 2).lengths(4, 1, 2, 3, 0),
            new Row(new BatchNorm(new Activation.Tanh()), Shape.of(3, 2, 2), 2, 2).lengths(1, 3, 2, 0),
            new Row(new AveragePool1d(2), Shape.of(5, 1), 1, 1),
            new Row(new GlobalAveragePool(), Shape.of(3, 2, 4), 2, 1),
            new Row(new GlobalAveragePool(), Shape.of(5, 1), 1),
            new Row(new GlobalMaxPool(), Shape.of(3, 2, 3), 2),
            new Row(new GlobalMaxPool(), Shape.of(1, 3), 2),
            new Row(new GlobalMaxPool(), Shape.of(4, 3), 1, 3).lengths(2, 4, 0, 1),
            new Row(new GlobalAveragePool(), Shape.of(4, 3), 1, 3).lengths(2, 4, 0, 1),
            new Row(new BatchNorm(), Shape.of(5), 7, 0, 5),
            new Row(new BatchNorm(), Shape.of(1), 6),
            new Row(new BatchNorm(new Activation.Relu()), Shape.of(2, 2, 2), 1, 2),
            new Row(new BatchNorm(0.5, 0.1, null, new Activation.Silu()), Shape.of(5, 3), 1, 0, 2),
            new Row(new BatchNorm(new Activation.Tanh()), Shape.of(17), 9),
            new Row(new BatchNorm(null, 0.1, BatchNorm.Statistics.GLOBAL, null), Shape.of(2, 3), 3, 0, 1, 2),
            new Row(new BatchNorm(null, 0.1, BatchNorm.Statistics.GLOBAL, new Activation.Relu()), Shape.of(4), 5, 3),
            new Row(new LayerNorm(), Shape.of(5), 2, 1),
            new Row(new LayerNorm(0.1), Shape.of(3, 17), 1, 2),
            new Row(new LayerNorm(), Shape.of(1), 2),
            new Row(new GroupNorm(2), Shape.of(6), 2, 0, 1),
            new Row(new GroupNorm(3, 0.1), Shape.of(2, 3, 6), 1, 2),
            new Row(new GroupNorm(1, 0.1), Shape.of(5, 3), 2, 1),
            new Row(new GroupNorm(2, 0.1), Shape.of(4, 4), 3, 2).lengths(4, 1, 0, 3, 2),
            new Row(new GroupNorm(2, 0.1), Shape.of(3, 2, 4), 2, 1).lengths(1, 3, 2),
            new Row(new Residual(List.of(new Dense(4, new Activation.Tanh()), new Dense(4)), null), Shape.of(4), 2, 1),
            new Row(
                    new Residual(
                            List.of(new Conv2d(3, 3, Padding.SAME, new Activation.Relu()), new BatchNorm()),
                            List.of(new Conv2d(3, 1, Padding.SAME, null))),
                    Shape.of(4, 3, 2),
                    2,
                    0,
                    1),
            new Row(
                    new Residual(
                            List.of(new Residual(List.of(new Activation.Tanh()), null)), List.of(new Dropout(0.3))),
                    Shape.of(5),
                    2),
            new Row(
                    new Concat(List.of(
                            List.of(),
                            List.of(new Dense(2, new Activation.Tanh())),
                            List.of(new Activation.Silu(), new Dense(3)))),
                    Shape.of(4),
                    1,
                    2),
            new Row(
                    new Concat(List.of(
                            List.of(new Conv2d(2, 3, Padding.SAME, new Activation.Tanh())),
                            List.of(new MaxPool2d(Extent.of(3), Extent.ONE, Padding.SAME)))),
                    Shape.of(3, 4, 2),
                    2),
            new Row(new Dropout(0.4), Shape.of(9), 2, 3),
            new Row(new Dropout(0.4, true), Shape.of(4, 5), 2, 3),
            new Row(new Dropout(0.4, true), Shape.of(2, 3, 7), 1, 2),
            new Row(new Flatten(), Shape.of(2, 3), 2),
            new Row(new Activation.Linear(), Shape.of(3), 2),
            new Row(new Activation.Relu(), Shape.of(17), 2),
            new Row(new Activation.LeakyRelu(0.2), Shape.of(17), 2),
            new Row(new Activation.Elu(0.7), Shape.of(7), 2, 1),
            new Row(new Activation.Gelu(), Shape.of(9), 2),
            new Row(new Activation.Silu(), Shape.of(3, 3), 1),
            new Row(new Activation.Softplus(), Shape.of(5), 2),
            new Row(new Activation.Softsign(), Shape.of(17), 2, 0, 1),
            new Row(new Dense(3, new Activation.Softsign()), Shape.of(5), 2),
            new Row(new Dense(4, new Activation.Gelu()), Shape.of(3), 2),
            new Row(new Activation.Sigmoid(), Shape.of(5), 1),
            new Row(new Activation.Tanh(), Shape.of(3, 3), 2),
            new Row(new Activation.Softmax(), Shape.of(4), 3),
            new Row(new Activation.Softmax(), Shape.of(2, 3), 2),
            new Row(new Activation.Exponential(), Shape.of(5), 2),
            new Row(new Activation.MeanAndVariance(), Shape.of(2), 1),
            new Row(new Activation.MeanAndVariance(), Shape.of(3, 6), 2),
            new Row(new SimpleRnn(3, false), Shape.of(4, 2), 2, 0, 3),
            new Row(new SimpleRnn(1, true), Shape.of(1, 1), 1),
            new Row(new SimpleRnn(5, true), Shape.of(4, 3), 2, 2).lengths(1, 4, 0, 3),
            new Row(new SimpleRnn(3, new Activation.Relu(), true, null, null, null, null), Shape.of(3, 2), 2),
            new Row(new Lstm(3, false), Shape.of(3, 2), 2, 0, 1),
            new Row(new Lstm(17, true), Shape.of(1, 1), 1),
            new Row(new Lstm(2, true), Shape.of(5, 3), 1, 3).lengths(2, 5, 0, 4),
            new Row(new Lstm(2, false), Shape.of(4, 1), 3).lengths(4, 1, 0),
            new Row(new Gru(3, false), Shape.of(3, 2), 2, 0, 1),
            new Row(new Gru(17, true), Shape.of(1, 1), 1),
            new Row(new Gru(2, true), Shape.of(5, 3), 1, 3).lengths(2, 5, 0, 4),
            new Row(new Gru(2, false), Shape.of(4, 1), 3).lengths(4, 1, 0),
            new Row(new Bidirectional(new Lstm(2, false), null), Shape.of(3, 2), 2).lengths(3, 2),
            new Row(new Bidirectional(new Gru(2, true), null), Shape.of(4, 2), 1, 2).lengths(1, 4, 0),
            new Row(new Bidirectional(new SimpleRnn(3, true), Bidirectional.Merge.SUM), Shape.of(3, 1), 2),
            new Row(
                    new VariationalDense(3, new Activation.Tanh(), Estimator.LOCAL_REPARAMETERIZATION),
                    Shape.of(4),
                    2,
                    0,
                    3),
            new Row(new VariationalDense(2, null, Estimator.FLIPOUT), Shape.of(3), 2, 1),
            new Row(new VariationalDense(1, new Activation.Silu(), Estimator.REPARAMETERIZATION), Shape.of(1), 1),
            new Row(new VariationalDense(2, null, Estimator.FLIPOUT), Shape.of(3, 2), 2),
            new Row(new VariationalDense(3, null, Estimator.REPARAMETERIZATION), Shape.of(2, 2), 1, 1),
            new Row(
                    new VariationalConv2d(2, 2, Padding.SAME, new Activation.Tanh(), Estimator.REPARAMETERIZATION),
                    Shape.of(3, 4, 1),
                    1,
                    0,
                    1),
            new Row(new VariationalConv2d(3, 3, Padding.VALID, null, Estimator.FLIPOUT), Shape.of(4, 3, 2), 2),
            new Row(
                    new VariationalConv2d(1, 1, Padding.VALID, null, Estimator.REPARAMETERIZATION),
                    Shape.of(1, 1, 1),
                    1),
            new Row(
                    new VariationalConv2d(2, 2, Padding.VALID, null, Estimator.LOCAL_REPARAMETERIZATION),
                    Shape.of(2, 2, 3),
                    2),
            new Row(new Variational(new Dense(3, null, false, null), Estimator.FLIPOUT), Shape.of(2, 3), 2, 1),
            new Row(
                    new Variational(new Conv1d(4, 2, 2, Padding.SAME, 3, 2, new Activation.Tanh(), false, null)),
                    Shape.of(7, 4),
                    2,
                    0,
                    1),
            new Row(
                    new Variational(new Conv1d(2, 3, Padding.VALID, null), Estimator.REPARAMETERIZATION),
                    Shape.of(5, 2),
                    2),
            new Row(
                    new Variational(conv2d(4, Extent.of(2), Extent.ONE, Padding.VALID, new Extent(2, 3), 2)),
                    Shape.of(4, 5, 2),
                    1,
                    1),
            new Row(new Variational(new Embedding(5, 3, null, null)), Shape.of(4), 2, 0, 2),
            new Row(new Variational(new Embedding(4, 2, true, null)), Shape.of(5), 3).lengths(5, 1, 3),
            new Row(new Variational(categories(1, 3, 2)), Shape.of(4), 2, 0, 3),
            new Row(new Variational(new SimpleRnn(3, true)), Shape.of(3, 2), 2, 0, 1).lengths(3, 1, 2),
            new Row(new Variational(new Lstm(3, false)), Shape.of(3, 2), 2, 0, 1),
            new Row(new Variational(new Lstm(17, true)), Shape.of(1, 1), 1),
            new Row(new Variational(new Gru(2, true)), Shape.of(4, 3), 1, 3).lengths(2, 4, 0, 3),
            new Row(new Variational(new Gru(2, true, null, null, null, 0.4)), Shape.of(3, 2), 2),
            new Row(new Variational(new Bidirectional(new Lstm(2, false), null)), Shape.of(3, 2), 2).lengths(3, 2),
            new Row(new SimpleRnn(5, null, true, null, null, null, 0.4), Shape.of(4, 3), 2, 2).lengths(1, 4, 0, 3),
            new Row(new Lstm(5, null, false, null, null, null, 0.4), Shape.of(4, 2), 2, 0, 1),
            new Row(new Lstm(17, null, true, null, null, null, 0.2), Shape.of(2, 1), 1),
            new Row(new Gru(5, true, null, null, null, 0.4), Shape.of(4, 3), 1, 3).lengths(2, 4, 0, 4),
            new Row(new Bidirectional(new Gru(3, true, null, null, null, 0.3), null), Shape.of(4, 2), 1, 2)
                    .lengths(1, 4, 0),
            new Row(new Embedding(5, 3, null, null), Shape.of(4), 2, 0, 2),
            new Row(new Embedding(4, 2, true, null), Shape.of(5), 3).lengths(5, 1, 3),
            new Row(new Embedding(3, 17, true, null), Shape.of(1), 1),
            new Row(categories(1, 3, 2), Shape.of(4), 2, 0, 3),
            new Row(categories(0, 2, 17), Shape.of(1), 1),
            new Row(
                    new ColumnEmbeddings(
                            List.of(new ColumnEmbeddings.Column(0, 2, 1), new ColumnEmbeddings.Column(2, 4, 3))),
                    Shape.of(3),
                    3,
                    2),
            new Row(columns(null, new Columns.Part(5, 2), new Columns.Part(0, 3)), Shape.of(7), 2, 0, 3),
            new Row(columns(Shape.of(2, 2), new Columns.Part(1, 4)), Shape.of(5), 2));

    private static Columns columns(Shape shape, Columns.Part... parts) {
        List<String> names = Arrays.stream(parts).map(Columns.Part::toString).toList();
        int features = shape == null ? 7 : 5;
        return new Columns(names, features, List.of(parts), shape);
    }

    private static ColumnEmbeddings categories(int at, int categories, int units) {
        return new ColumnEmbeddings(List.of(new ColumnEmbeddings.Column(at, categories, units)));
    }

    private static Conv2d conv2d(
            int filters, Extent kernel, Extent stride, Padding padding, Extent dilation, int groups) {
        return new Conv2d(filters, kernel, stride, padding, dilation, groups, null, null, null);
    }

    @Test
    void everyLayerHasARow() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(LayerSpec.class)) {
            if (ROWS.stream().noneMatch(row -> kind.isInstance(row.layer()))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).as("layers without a gradient check").isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return ROWS.stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> new Check(row).run()));
    }

    /** One layer with values, and the objective. */
    private static final class Check {
        private final Random random = new Random(42);
        private final LayerReplica layer;
        private final Pass pass = new Pass();
        private final Batch batch;
        private final Parameters parameters;
        private final float[] coefficients;
        private final Shape output;
        private final Gradient gradient;
        private final boolean tokens;
        /** Features that hold categories, by which there is no gradient. */
        private final Set<Integer> categories = new HashSet<>();

        private final List<Posterior> posteriors;

        Check(Row row) {
            ParameterLayout layout = new ParameterLayout(row.sharedBy());
            Layer bound = row.layer().bind(row.input(), layout);
            output = bound.output();
            posteriors = layout.posteriors();
            LayerSpec plain = row.layer() instanceof Variational drawn ? drawn.layer() : row.layer();
            tokens = plain instanceof Embedding;
            int rows = Arrays.stream(row.shardRows()).sum();
            RowLayout packing = new RowLayout(row.input(), Shape.of(1), false, row.lengths() != null);
            batch = new Batch(packing, rows, row.shardRows().length);
            int next = 0;
            for (int shardRows : row.shardRows()) {
                batch.beginShard();
                for (int i = 0; i < shardRows; i++, next++) {
                    float[] packed = values(packing.width());
                    if (plain instanceof Embedding embedding) {
                        tokens(packed, embedding.vocabulary());
                    }
                    if (plain instanceof ColumnEmbeddings embeddings) {
                        for (ColumnEmbeddings.Column column : embeddings.columns()) {
                            packed[column.at()] = random.nextInt(column.categories() + 1);
                            categories.add(column.at());
                        }
                    }
                    if (row.lengths() != null) {
                        packed[packing.lengthOffset()] = row.lengths()[next];
                    }
                    batch.addRow(packed, 0, 0);
                }
                batch.endShard();
            }
            parameters = new Parameters(values(layout.parameterCount()), values(layout.bufferCount()));
            coefficients = values(rows * output.size());
            layer = bound.replica(new Workspace(rows));
            assertThat(bound.parameters()).isEqualTo(layout.parameterCount());
            gradient = new Gradient(List.of(new Gradient.Node(
                    0, row.shardRows().length, values(layout.parameterCount()), new double[layout.momentCount()])));
            pass.beginTraining(7, 3, 0, batch);
        }

        private void tokens(float[] packed, int vocabulary) {
            for (int i = 0; i < packed.length; i++) {
                packed[i] = random.nextInt(vocabulary);
            }
        }

        /** Away from 0 where ReLU has its kink. */
        private float[] values(int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                float value = (float) random.nextGaussian();
                values[i] = value + Math.copySign(0.05f, value);
            }
            return values;
        }

        private double objective() {
            Tensor y = layer.forward(pass, parameters, batch.features());
            double sum = 0;
            for (int i = 0; i < coefficients.length; i++) {
                sum += (double) coefficients[i] * y.array()[y.offset() + i];
            }
            return sum;
        }

        void run() {
            objective();
            Tensor dy = new Tensor(coefficients.clone(), 0, output);
            Tensor dx = layer.backward(pass, parameters, batch.features(), dy, true, gradient);
            float[] inputGradient = Arrays.copyOfRange(
                    dx.array(),
                    dx.offset(),
                    dx.offset() + batch.rows() * dx.shape().size());
            float[] parameterGradient = gradient.node(0).values().clone();
            posteriors.forEach(
                    posterior -> posterior.chain(7, 3, parameters.theta(), GradientSlice.whole(parameterGradient)));
            if (tokens) {
                assertThat(inputGradient).as("tokens have no gradient").containsOnly(0f);
            } else {
                compare("input", batch.features().array(), inputGradient);
            }
            compare("parameter", parameters.theta(), parameterGradient);
            runOutsideTraining();
        }

        /** The gradient by the input where nothing is random and nothing learns. */
        private void runOutsideTraining() {
            for (int i = 0; i < parameters.buffers().length; i++) {
                parameters.buffers()[i] = Math.abs(parameters.buffers()[i]);
            }
            pass.beginDifferentiation(batch);
            objective();
            Tensor dy = new Tensor(coefficients.clone(), 0, output);
            Tensor dx = layer.backward(pass, parameters, batch.features(), dy, true, new Gradient(List.of()));
            int size = batch.rows() * dx.shape().size();
            if (!tokens) {
                compare(
                        "input outside training",
                        batch.features().array(),
                        Arrays.copyOfRange(dx.array(), dx.offset(), dx.offset() + size));
            }
        }

        private void compare(String what, float[] values, float[] expected) {
            for (int i = 0; i < expected.length; i++) {
                if (values == batch.features().array()
                        && categories.contains(i % batch.features().shape().size())) {
                    assertThat(expected[i]).as("categories have no gradient").isZero();
                    continue;
                }
                float value = values[i];
                values[i] = (float) (value + STEP);
                double above = objective();
                values[i] = (float) (value - STEP);
                double below = objective();
                values[i] = value;
                double numeric = (above - below) / (2 * STEP);
                assertThat((double) expected[i])
                        .as("gradient by %s %d", what, i)
                        .isCloseTo(
                                numeric,
                                org.assertj.core.api.Assertions.within(ABSOLUTE + RELATIVE * Math.abs(numeric)));
            }
        }
    }
}
