package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Recurrent layers, forth and back, against {@link NaiveRecurrent}; and what masks, directions and shards mean. */
class RecurrentOracleTest {
    private static final double CLOSE = 2e-5;

    private record Row(RecurrentSpec layer, int in, int steps, int[] lengths, int... shardRows) {
        @Override
        public String toString() {
            return layer + ", " + steps + " steps of " + in + ", lengths " + Arrays.toString(lengths)
                    + ", rows a shard " + Arrays.toString(shardRows);
        }
    }

    private static Stream<Row> rows() {
        int[] uneven = {3, 7, 0, 1, 7, 5, 2};
        Activation relu = new Activation.Relu();
        return Stream.of(
                        new SimpleRnn(5, false),
                        new SimpleRnn(18, true),
                        new SimpleRnn(4, relu, true, null, null, null, null),
                        new SimpleRnn(4, null, false, 3, null, null, null),
                        new Lstm(5, false),
                        new Lstm(18, true),
                        new Lstm(4, null, true, 2, null, null, null),
                        new Lstm(4, 0.5, false, 9, null, null, null),
                        new Gru(5, false),
                        new Gru(18, true),
                        new Gru(4, true, 3, null, null, null))
                .flatMap(layer -> Stream.of(
                        new Row(layer, 3, 7, uneven, 2, 0, 4, 1),
                        new Row(layer, 17, 7, null, 3),
                        new Row(layer, 1, 1, null, 1)));
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheFormulas() {
        return rows().map(row -> DynamicTest.dynamicTest(row.toString(), () -> compare(row)));
    }

    private static void compare(Row row) {
        Run run = new Run(row.layer(), Shape.of(row.steps(), row.in()), row.lengths(), row.shardRows());
        float[] y = run.forward();
        float[] dy = run.random(run.rows * run.output.size());
        float[] dx = run.backward(dy.clone());
        NaiveRecurrent naive = new NaiveRecurrent(row.layer(), row.in(), run.parameters.theta());
        boolean relu = row.layer() instanceof SimpleRnn rnn && rnn.activation() instanceof Activation.Relu;
        int units = row.layer().units();
        boolean sequences = row.layer().returnSequences();
        for (int r = 0; r < run.rows; r++) {
            int length = row.lengths() == null ? row.steps() : row.lengths()[r];
            double[][] x = new double[length][row.in()];
            double[][] c = new double[length][units];
            for (int t = 0; t < length; t++) {
                for (int i = 0; i < row.in(); i++) {
                    x[t][i] = run.batch.features().array()[(r * row.steps() + t) * row.in() + i];
                }
                for (int j = 0; j < units; j++) {
                    if (sequences) {
                        c[t][j] = dy[(r * row.steps() + t) * units + j];
                    } else {
                        c[t][j] = t == length - 1 ? dy[r * units + j] : 0;
                    }
                }
            }
            NaiveRecurrent.Result result = naive.run(x, c, row.layer().truncation(), relu);
            for (int t = 0; t < row.steps(); t++) {
                for (int j = 0; j < units; j++) {
                    if (sequences) {
                        double expected = t < length ? result.h()[t + 1][j] : 0;
                        assertClose("state", y[(r * row.steps() + t) * units + j], expected);
                    } else {
                        assertClose("last state", y[r * units + j], result.h()[length][j]);
                    }
                }
                for (int i = 0; i < row.in(); i++) {
                    double expected = t < length ? result.dx()[t][i] : 0;
                    assertClose("input gradient", dx[(r * row.steps() + t) * row.in() + i], expected);
                }
            }
        }
        float[] gradient = run.gradient();
        int at = 0;
        for (double[] part : List.of(naive.dw, naive.du, naive.db, naive.dq)) {
            for (double expected : part) {
                assertClose("gradient by parameter " + at, gradient[at++], expected);
            }
        }
        assertThat(at).isEqualTo(gradient.length);
    }

    private static void assertClose(String what, float actual, double expected) {
        assertThat((double) actual).as(what).isCloseTo(expected, within(CLOSE * Math.max(1, Math.abs(expected))));
    }

    /** A layer with random parameters and rows. */
    private static final class Run {
        private final Random random = new Random(23);
        private final Pass pass = new Pass();
        private final LayerReplica layer;
        private final Gradient gradient;
        final Parameters parameters;
        final Batch batch;
        final Shape output;
        final int rows;

        Run(LayerSpec spec, Shape input, int[] lengths, int... shardRows) {
            ParameterLayout layout = new ParameterLayout();
            Layer bound = spec.bind(input, layout);
            output = bound.output();
            rows = Arrays.stream(shardRows).sum();
            RowLayout packing = new RowLayout(input, Shape.of(1), false, lengths != null);
            batch = new Batch(packing, rows, shardRows.length);
            int next = 0;
            for (int count : shardRows) {
                batch.beginShard();
                for (int i = 0; i < count; i++, next++) {
                    float[] packed = random(packing.width());
                    if (lengths != null) {
                        packed[packing.lengthOffset()] = lengths[next];
                    }
                    batch.addRow(packed, 0, 0);
                }
                batch.endShard();
            }
            float[] theta = random(layout.parameterCount());
            for (int i = 0; i < theta.length; i++) {
                theta[i] *= 0.5f;
            }
            parameters = new Parameters(theta, new float[0]);
            gradient =
                    new Gradient(List.of(new Gradient.Node(0, shardRows.length, random(theta.length), new double[0])));
            layer = bound.replica(new Workspace(rows));
            pass.beginTraining(1, 0, 0, batch);
        }

        float[] random(int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        float[] forward() {
            return rowsOf(layer.forward(pass, parameters, batch.features()));
        }

        float[] backward(float[] dy) {
            return rowsOf(
                    layer.backward(pass, parameters, batch.features(), new Tensor(dy, 0, output), true, gradient));
        }

        private float[] rowsOf(Tensor tensor) {
            int from = tensor.offset();
            return Arrays.copyOfRange(
                    tensor.array(), from, from + rows * tensor.shape().size());
        }

        float[] gradient() {
            return gradient.node(0).values();
        }
    }

    @Test
    void bidirectionalReadsBothWays() {
        int[] lengths = {4, 1, 3};
        Shape input = Shape.of(4, 2);
        Run both = new Run(new Bidirectional(new Lstm(3, true), null), input, lengths, 3);
        float[] y = both.forward();
        int half = both.parameters.theta().length / 2;
        for (int direction = 0; direction < 2; direction++) {
            Run one = new Run(new Lstm(3, true), input, lengths, 3);
            System.arraycopy(both.parameters.theta(), direction * half, one.parameters.theta(), 0, half);
            for (int row = 0; row < 3; row++) {
                for (int t = 0; t < lengths[row]; t++) {
                    int from = direction == 0 ? t : lengths[row] - 1 - t;
                    for (int i = 0; i < 2; i++) {
                        one.batch.features().array()[(row * 4 + t) * 2 + i] =
                                both.batch.features().array()[(row * 4 + from) * 2 + i];
                    }
                }
            }
            float[] expected = one.forward();
            for (int row = 0; row < 3; row++) {
                for (int t = 0; t < 4; t++) {
                    boolean valid = t < lengths[row];
                    int at = direction == 0 || !valid ? t : lengths[row] - 1 - t;
                    for (int j = 0; j < 3; j++) {
                        assertThat(y[(row * 4 + t) * 6 + direction * 3 + j])
                                .as("direction %d, row %d, step %d", direction, row, t)
                                .isEqualTo(valid ? expected[(row * 4 + at) * 3 + j] : 0f);
                    }
                }
            }
        }
    }

    @Test
    void maskedStepsChangeNothing() {
        for (LayerSpec spec : List.of(new SimpleRnn(3, true), new Lstm(3, false), new Gru(3, true))) {
            Run run = new Run(spec, Shape.of(4, 2), new int[] {2, 3}, 2);
            float[] before = run.forward();
            float[] dy = run.random(before.length);
            run.backward(dy.clone());
            float[] gradient = run.gradient().clone();
            for (int i = 4; i < 8; i++) {
                run.batch.features().array()[i] = Float.NaN;
            }
            run.batch.features().array()[14] = 1e30f;
            assertThat(run.forward()).isEqualTo(before);
            float[] dx = run.backward(dy.clone());
            assertThat(run.gradient()).isEqualTo(gradient);
            assertThat(Arrays.copyOfRange(dx, 4, 8)).containsOnly(0f);
        }
    }

    @Test
    void aFlatInputIsAnError() {
        assertThatThrownBy(() -> new Lstm(3, false).bind(Shape.of(784), new ParameterLayout()))
                .hasMessage("lstm_1: expected a sequence [steps, features], got an input of [784]");
        assertThatThrownBy(() -> new SimpleRnn(3, new Activation.Sigmoid(), null, null, null, null, null))
                .hasMessage("activation: expected tanh or relu, got sigmoid");
    }

    @Test
    void gatesBeginByThemselves() {
        ParameterLayout layout = new ParameterLayout();
        new Lstm(30, false).bind(Shape.of(2, 20), layout);
        float[] theta = new float[layout.parameterCount()];
        for (int i = 0; i < 3; i++) {
            layout.parameters().get(i).initialize(5, i, theta);
        }
        float[] bias = Arrays.copyOfRange(theta, 50 * 120, 51 * 120);
        for (int j = 0; j < 120; j++) {
            assertThat(bias[j]).isEqualTo(j / 30 == 1 ? 1f : 0f);
        }
        // Glorot's bound for [20, 30], not for [20, 120].
        float greatest = 0;
        for (int i = 0; i < 20 * 120; i++) {
            greatest = Math.max(greatest, Math.abs(theta[i]));
        }
        assertThat((double) greatest).isBetween(0.95 * Math.sqrt(6.0 / 50), Math.sqrt(6.0 / 50));
        assertThat(theta[0]).as("each gate has a stream of its own").isNotEqualTo(theta[30]);
    }

    @Test
    void aTokenOutsideTheVocabularyNamesItsPlace() {
        Run run = new Run(new Embedding(3, 2, null, null), Shape.of(2), null, 2);
        System.arraycopy(new float[] {0, 1, 2, 3}, 0, run.batch.features().array(), 0, 4);
        assertThatThrownBy(run::forward)
                .hasMessage("embedding_1: expected a token index from 0 to 2, got 3.0 at step 1 of row 1 of the pass");
        run.batch.features().array()[3] = 0.5f;
        assertThatThrownBy(run::forward).hasMessageContaining("got 0.5 at step 1");
    }

    @Test
    void trailingZerosEndARow() {
        Run run = new Run(new Embedding(3, 1, true, null), Shape.of(4), null, 3);
        System.arraycopy(
                new float[] {1, 0, 2, 0, 0, 0, 0, 0, 1, 1, 1, 1},
                0,
                run.batch.features().array(),
                0,
                12);
        float[] y = run.forward();
        float[] table = run.parameters.theta();
        assertThat(run.pass.lengths()).startsWith(3, 0, 4);
        assertThat(y)
                .containsExactly(table[1], table[0], table[2], 0, 0, 0, 0, 0, table[1], table[1], table[1], table[1]);
    }
}
