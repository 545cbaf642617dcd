package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers with drawn weights are the plain layers with these weights. */
class DrawnLayerTest {
    private static final long SEED = 9;
    private static final int ROWS = 5;

    static Stream<Arguments> layers() {
        Shape sequence = Shape.of(4, 3);
        return Stream.of(
                Arguments.of(new SimpleRnn(3, true), sequence),
                Arguments.of(new Lstm(5, false), sequence),
                Arguments.of(new Gru(4, true), sequence),
                Arguments.of(new Bidirectional(new Gru(3, true), Bidirectional.Merge.SUM), sequence),
                Arguments.of(new Embedding(2, 7, null, null), Shape.of(6)),
                Arguments.of(
                        new ColumnEmbeddings(
                                List.of(new ColumnEmbeddings.Column(0, 1, 3), new ColumnEmbeddings.Column(2, 1, 2))),
                        Shape.of(4)));
    }

    /** One layer at work, with numbers of its own. */
    private static final class Run {
        final ParameterLayout layout = new ParameterLayout();
        final Layer bound;
        final LayerReplica replica;
        final Parameters parameters;
        final Gradient gradient;

        Run(LayerSpec spec, Shape input) {
            bound = spec.bind(input, layout);
            replica = bound.replica(new Workspace(ROWS));
            parameters = new Parameters(normal(layout.parameterCount(), 3), new float[0]);
            gradient = new Gradient(List.of(node(0, 1), node(1, 2)));
        }

        private Gradient.Node node(int from, int to) {
            return new Gradient.Node(from, to, new float[layout.parameterCount()], new double[0]);
        }

        float[] forward(Pass pass, Batch batch) {
            return rows(replica.forward(pass, parameters, batch.features()));
        }

        float[] backward(Pass pass, Batch batch) {
            Tensor dy = new Tensor(normal(ROWS * bound.output().size(), 8), 0, bound.output());
            return rows(replica.backward(pass, parameters, batch.features(), dy, true, gradient));
        }

        private static float[] rows(Tensor tensor) {
            int size = ROWS * tensor.shape().size();
            return Arrays.copyOfRange(tensor.array(), tensor.offset(), tensor.offset() + size);
        }
    }

    private static float[] normal(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() / 2;
        }
        return values;
    }

    /** Two shards of zeros and ones, which are tokens and categories too. */
    private static Batch batch(Shape input) {
        Batch batch = new Batch(new RowLayout(input, Shape.of(1), false, false), ROWS, 2);
        Random random = new Random(4);
        for (int shard = 0; shard < 2; shard++) {
            batch.beginShard();
            for (int row = 0; row < 2 + shard; row++) {
                float[] packed = new float[input.size() + 1];
                for (int i = 0; i < input.size(); i++) {
                    packed[i] = random.nextInt(2);
                }
                batch.addRow(packed, 0, row);
            }
            batch.endShard();
        }
        return batch;
    }

    /** The weights that a key draws: where the plain layer has them. */
    private static void draw(Run drawn, Run plain, long[] keys) {
        Vector view = new Vector();
        System.arraycopy(drawn.parameters.theta(), 0, plain.parameters.theta(), 0, plain.parameters.theta().length);
        for (int i = 0; i < keys.length; i++) {
            Posterior posterior = drawn.layout.posteriors().get(i);
            posterior.drawWeights(
                    keys[i], drawn.parameters.theta(), new float[7], view, plain.parameters.theta(), posterior.mean());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void computesWithTheWeightsOfTheStep(LayerSpec.LayerWithWeights layer, Shape input) {
        Run drawn = new Run(new Variational(layer), input);
        Run plain = new Run(layer, input);
        Batch batch = batch(input);
        Pass pass = new Pass();
        List<Posterior> posteriors = drawn.layout.posteriors();
        assertThat(drawn.bound.parameters()).isEqualTo(drawn.layout.parameterCount());

        pass.beginTraining(SEED, 6, 0, batch);
        float[] step = drawn.forward(pass, batch);
        draw(
                drawn,
                plain,
                posteriors.stream().mapToLong(each -> each.weightKey(SEED, 6)).toArray());
        assertThat(step).isEqualTo(plain.forward(pass, batch));
        assertThat(drawn.backward(pass, batch)).isEqualTo(plain.backward(pass, batch));
        for (int node = 0; node < 2; node++) {
            float[] gradient = drawn.gradient.node(node).values();
            float[] expected = plain.gradient.node(node).values();
            assertThat(Arrays.copyOf(gradient, expected.length)).isEqualTo(expected);
            for (Posterior posterior : posteriors) {
                assertThat(Arrays.copyOfRange(gradient, posterior.rho(), posterior.rho() + posterior.length()))
                        .isEqualTo(
                                Arrays.copyOfRange(expected, posterior.mean(), posterior.mean() + posterior.length()));
            }
        }

        pass.beginSample(SEED, 6, batch);
        float[] sample = drawn.forward(pass, batch);
        draw(
                drawn,
                plain,
                posteriors.stream().mapToLong(each -> each.sampleKey(SEED, 6)).toArray());
        assertThat(sample).isEqualTo(plain.forward(pass, batch)).isNotEqualTo(step);

        pass.beginInference(batch);
        draw(drawn, plain, new long[0]);
        assertThat(drawn.forward(pass, batch)).isEqualTo(plain.forward(pass, batch));
    }

    /** Over many steps each weight has the mean and the variance of its distribution, and no two go together. */
    @Test
    void weightsHaveTheirMoments() {
        Run run = new Run(new Variational(new SimpleRnn(2, false)), Shape.of(4, 1));
        Posterior posterior = run.layout.posteriors().get(1);
        float[] theta = run.parameters.theta();
        int steps = 20_000;
        double[] sums = new double[4];
        double[][] products = new double[4][4];
        float[] weights = new float[4];
        for (int step = 0; step < steps; step++) {
            posterior.drawWeights(posterior.weightKey(SEED, step), theta, new float[8], new Vector(), weights, 0);
            for (int i = 0; i < 4; i++) {
                double centred = weights[i] - theta[posterior.mean() + i];
                sums[i] += centred;
                for (int j = 0; j < 4; j++) {
                    products[i][j] += centred * (weights[j] - theta[posterior.mean() + j]);
                }
            }
        }
        for (int i = 0; i < 4; i++) {
            double sigma = Math.log1p(Math.exp(theta[posterior.rho() + i]));
            assertThat(sums[i] / steps).isCloseTo(0, within(0.03 * sigma));
            for (int j = 0; j < 4; j++) {
                double other = Math.log1p(Math.exp(theta[posterior.rho() + j]));
                assertThat(products[i][j] / steps / (sigma * other)).isCloseTo(i == j ? 1 : 0, within(0.05));
            }
        }
    }

    /** Means, biases and widths lie one behind the other, with the layer's initial values. */
    @Test
    void tensorsOfALayer() {
        ParameterLayout layout = new ParameterLayout();
        new Variational(new Lstm(3, false), null, null, 0.07).bind(Shape.of(4, 2), layout);
        new Variational(new Bidirectional(new SimpleRnn(2, false), null)).bind(Shape.of(4, 2), layout);
        new VariationalDense(2, null, null).bind(Shape.of(2), layout);
        new Variational(new Dense(2, null, false, null)).bind(Shape.of(2), layout);
        assertThat(layout.parameters().stream().map(range -> range.name() + " " + range.shape()))
                .containsExactly(
                        "variationalLstm_1.mean [2, 12]",
                        "variationalLstm_1.recurrentMean [3, 12]",
                        "variationalLstm_1.bias [12]",
                        "variationalLstm_1.rho [2, 12]",
                        "variationalLstm_1.recurrentRho [3, 12]",
                        "variationalRnn_1.mean [2, 2]",
                        "variationalRnn_1.recurrentMean [2, 2]",
                        "variationalRnn_1.bias [2]",
                        "variationalRnn_2.mean [2, 2]",
                        "variationalRnn_2.recurrentMean [2, 2]",
                        "variationalRnn_2.bias [2]",
                        "variationalRnn_1.rho [2, 2]",
                        "variationalRnn_1.recurrentRho [2, 2]",
                        "variationalRnn_2.rho [2, 2]",
                        "variationalRnn_2.recurrentRho [2, 2]",
                        "variationalDense_1.mean [2, 2]",
                        "variationalDense_1.rho [2, 2]",
                        "variationalDense_1.bias [2]",
                        "variationalDense_2.mean [2, 2]",
                        "variationalDense_2.rho [2, 2]");
        float[] theta = new float[layout.parameterCount()];
        for (int i = 0; i < 5; i++) {
            layout.parameters().get(i).initialize(SEED, i, theta);
        }
        ParameterRange bias = layout.parameters().get(2);
        assertThat(Arrays.copyOfRange(theta, bias.offset() + 3, bias.offset() + 6))
                .as("forget gate")
                .containsOnly(1f);
        ParameterRange rho = layout.parameters().get(4);
        assertThat(Math.log1p(Math.exp(theta[rho.offset()]))).isCloseTo(0.07, within(1e-7));
        assertThat(layout.posteriors().stream().map(Posterior::stream)).doesNotHaveDuplicates();
    }

    @Test
    void wrongLayersAndEstimatorsAreNamed() {
        ParameterLayout layout = new ParameterLayout();
        assertThatThrownBy(() -> new Variational(new Lstm(3, false), Estimator.FLIPOUT).bind(Shape.of(4, 2), layout))
                .hasMessage("variationalLstm_1: expected estimator reparameterization, which draws the weights once for"
                        + " all rows and steps, or none, got flipout, which dense layers and convolutions have");
        Conv1d conv = new Conv1d(2, 2, Padding.VALID, null);
        assertThatThrownBy(() -> new Variational(conv, Estimator.LOCAL_REPARAMETERIZATION).bind(Shape.of(4, 2), layout))
                .hasMessageStartingWith("variationalConv1d_1: expected estimator flipout or reparameterization, got");
        assertThatThrownBy(() -> read("{'variational': {'dropout': 0.1}}"))
                .isInstanceOf(SpecException.class)
                .hasMessage("layer.variational.dropout: unknown key; known keys: layer, estimator, prior, initialSigma,"
                        + " dense, conv1d, conv2d, rnn, lstm, gru, bidirectional, embedding, columnEmbeddings");
        assertThatThrownBy(() -> read("{'variational': {'lsmt': 3}}"))
                .hasMessage("layer.variational.lsmt: unknown key; did you mean \"lstm\"?");
        assertThatThrownBy(() -> read("{'variational': {'layer': 'batchNorm', 'prior': 'learned'}}"))
                .hasMessage("layer.variational.layer: unknown layer with weights \"batchNorm\"; known names: dense,"
                        + " conv1d, conv2d, rnn, lstm, gru, bidirectional, embedding, columnEmbeddings");
    }

    @Test
    void theShortFormsMeanTheSame() throws Exception {
        assertThat(read("{'variational': {'lstm': 3}}")).isEqualTo(new Variational(new Lstm(3, false)));
        assertThat(read("{'variationalDense': 3}").longForm()).isEqualTo(new Variational(new Dense(3)));
        assertThat(read("{'variationalConv2d': {'filters': 3, 'kernel': 2, 'estimator': 'flipout'}}")
                        .longForm())
                .isEqualTo(new Variational(new Conv2d(3, 2, Padding.VALID, null), Estimator.FLIPOUT));
    }

    private static LayerSpec read(String json) throws Exception {
        return SpecMapper.bind(SpecMapper.json().readTree(json.replace('\'', '"')), LayerSpec.class, "layer");
    }
}
