package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Activated;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Huber;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanAbsoluteError;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers bound to their input, and where their parameters lie. */
class NetworkTest {
    private static LayerSpec layer(String json) throws Exception {
        return SpecMapper.bind(SpecMapper.json().readTree(json), LayerSpec.class, "");
    }

    @Test
    void tensorsLieBehindEachOtherInOneVector() throws Exception {
        Network network = Network.bind(
                new ModelSpec(
                        List.of(
                                new Dense(4, new Activation.Relu()),
                                layer("\"batchNorm\""),
                                layer("{\"residual\": [{\"dense\": 4}]}"),
                                new Dense(2)),
                        new CrossEntropy()),
                Shape.of(3));
        int next = 0;
        for (ParameterRange range : network.parameters()) {
            assertThat(range.offset()).as(range.name()).isEqualTo(next);
            next = range.end();
        }
        assertThat(network.parameterCount()).isEqualTo(next).isEqualTo(3 * 4 + 4 + 2 * 4 + 4 * 4 + 4 + 4 * 2 + 2);
        assertThat(network.bufferCount()).isEqualTo(2 * 4);
        assertThat(network.parameters().stream().map(ParameterRange::name)).doesNotHaveDuplicates();
        assertThat(network.layers()).hasSize(4);
        assertThat(network.output()).isEqualTo(Shape.of(2));
    }

    @Test
    void initialValuesFollowFromTheSeed() {
        Network network = Network.bind(new ModelSpec(List.of(new Dense(5)), new MeanSquaredError()), Shape.of(7));
        float[] theta = network.initialize(1).theta();
        assertThat(network.initialize(1).theta()).isEqualTo(theta);
        assertThat(network.initialize(2).theta()).isNotEqualTo(theta);
        assertThat(Arrays.copyOfRange(theta, 35, 40)).containsOnly(0f);
    }

    /** The last activation belongs to a loss that works from logits, however it is written. */
    @Test
    void theLossesOwnActivationIsNotALayer() {
        LayerSpec softmax = new Activation.Softmax();
        List<LayerSpec> layers = List.of(new Dense(3), softmax);
        assertThat(bind(layers, new CrossEntropy(), Shape.of(2)).layers()).hasSize(1);
        assertThat(bind(layers, new MeanSquaredError(), Shape.of(2)).layers()).hasSize(2);
    }

    /** Every layer with an activation of its own computes with the loss's last activation what it computes without. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'dense': {'units': 4, 'bias': false, 'initializer': 'heNormal'}}",
                "{'conv1d': {'filters': 4, 'kernel': 2, 'stride': 2, 'dilation': 2, 'groups': 2, 'bias': false}}",
                "{'conv2d': {'filters': 4, 'kernel': 2, 'stride': 2, 'dilation': 2, 'groups': 2, 'bias': false}}",
                "{'variationalDense': {'units': 4, 'estimator': 'flipout', 'initialSigma': 0.1}}",
                "{'variationalConv2d': {'filters': 4, 'kernel': 3, 'stride': 2, 'padding': 'same',"
                        + " 'initialSigma': 0.1}}",
                "{'variational': {'conv1d': {'filters': 4, 'kernel': 2, 'groups': 2, 'bias': false}}}",
                "{'batchNorm': {'momentum': 0.5, 'epsilon': 0.1}}"
            })
    void theLossesOwnActivationIsAppliedOnce(String written) throws Exception {
        LayerSpec plain = layer(written.replace('\'', '"'));
        Shape input = written.contains("2d") ? Shape.of(5, 6, 4) : Shape.of(6, 4);
        for (Loss loss : List.of(new CrossEntropy(), new BinaryCrossEntropy(), new Poisson(), new GaussianNll())) {
            LayerSpec activated =
                    ((Activated) plain).withActivation(loss.likelihood().link());
            assertThat(predictions(List.of(activated), loss, input))
                    .isEqualTo(predictions(List.of(plain), loss, input))
                    .isEqualTo(predictions(List.of(plain, loss.likelihood().link()), loss, input));
        }
    }

    private static float[] predictions(List<LayerSpec> layers, Loss loss, Shape input) {
        Network network = bind(layers, loss, input);
        Replica replica = new Replica(network, new RowLayout(input, Shape.of(1), false, false), 1, 1);
        float[] row = new float[input.size() + 1];
        for (int i = 0; i < input.size(); i++) {
            row[i] = i % 7 - 3;
        }
        replica.batch().addRow(row, 0, 0);
        replica.batch().endShard();
        replica.beginInference();
        replica.forward(network.initialize(1));
        return replica.predictions(0).array();
    }

    private static Network bind(List<LayerSpec> layers, Loss loss, Shape input) {
        return Network.bind(new ModelSpec(layers, loss), input);
    }

    @Test
    void aBranchDoesNotEndInTheLossesOwnActivation() throws Exception {
        for (String written : List.of(
                "{'residual': [{'dense': {'units': 3, 'activation': 'softmax'}}]}",
                "{'residual': {'layers': [{'dense': 3}], 'shortcut': ['softmax']}}",
                "{'concat': [[], [{'residual': ['softmax']}]]}")) {
            List<LayerSpec> layers = List.of(new Dense(3), layer(written.replace('\'', '"')));
            assertThatThrownBy(() -> bind(layers, new CrossEntropy(), Shape.of(3)))
                    .as(written)
                    .hasMessage(
                            "model.layers.1: expected branches that do not end in softmax, which the loss applies to"
                                    + " what they give together, got one that does");
            assertThat(bind(layers, new MeanSquaredError(), Shape.of(3)).layers())
                    .hasSize(2);
        }
    }

    @Test
    void anotherActivationBeforeTheLossIsRefused() {
        Activation relu = new Activation.Relu();
        assertThatThrownBy(() -> bind(
                        List.of(new Dense(4), new Dense(3, new Activation.Sigmoid())), new CrossEntropy(), Shape.of(3)))
                .hasMessage("model.layers.1: expected no sigmoid before the loss crossEntropy, which takes the last"
                        + " layer's outputs as they are and makes probabilities of them by softmax; leave it out");
        assertThatThrownBy(() -> bind(List.of(new Dense(1), relu), new Poisson(), Shape.of(3)))
                .hasMessage("model.layers.1: expected no relu before the loss poisson, which takes the last layer's"
                        + " outputs as they are and makes predictions of them itself; leave it out");
        assertThatThrownBy(() ->
                        bind(List.of(new Dense(2, new Activation.Softmax())), new BinaryCrossEntropy(), Shape.of(3)))
                .hasMessageContaining("probabilities of them by sigmoid");
        assertThatThrownBy(() -> bind(List.of(new Dense(2, relu)), new GaussianNll(), Shape.of(3)))
                .hasMessageContaining("no relu before the loss gaussianNll");
        for (Loss loss : List.of(new MeanSquaredError(), new MeanAbsoluteError(), new Huber(null))) {
            assertThat(bind(List.of(new Dense(2, relu)), loss, Shape.of(3)).output())
                    .isEqualTo(Shape.of(2));
        }
    }

    @Test
    void aLayerThatDoesNotFitIsNamedWithBothShapes() {
        ModelSpec model =
                new ModelSpec(List.of(new Residual(List.of(new Dense(5)), null), new Dense(2)), new MeanSquaredError());
        assertThatThrownBy(() -> Network.bind(model, Shape.of(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("residual")
                .hasMessageContaining("[3]")
                .hasMessageContaining("[5]");
    }

    @Test
    void aLossThatComparesStepByStepNeedsTheStepsOfRowsOfUnequalLength() {
        RowLayout equal = new RowLayout(Shape.of(6, 2), Shape.of(1), false, false);
        RowLayout unequal = new RowLayout(Shape.of(6, 2), Shape.of(1), false, true);
        Conv1d shrinks = new Conv1d(4, 3, Padding.VALID, null);
        sequences(shrinks).checkSteps(equal);
        String message = "the loss: expected the rows' 6 steps, got 4; where rows have lengths of their own"
                + " (data.train.length, or maskZero of an embedding) and targets for each step, layers must keep"
                + " the steps: stride 1 and padding same";
        assertThatThrownBy(() -> sequences(shrinks).checkSteps(unequal)).hasMessage(message);
        assertThatThrownBy(() -> new Replica(sequences(shrinks), unequal, 1, 1)).hasMessage(message);
        sequences(new Conv1d(4, 3, Padding.SAME, null)).checkSteps(unequal);
        for (LayerSpec whole : List.of(new Lstm(3, false), new Flatten(), new GlobalMaxPool())) {
            sequences(shrinks, whole).checkSteps(unequal);
        }
    }

    @Test
    void anEmbeddingThatEndsRowsCountsAsLengths() {
        RowLayout tokens = new RowLayout(Shape.of(6), Shape.of(1), false, false);
        for (boolean maskZero : new boolean[] {false, true}) {
            Network network = Network.bind(
                    new ModelSpec(
                            List.of(new Embedding(9, 2, maskZero, null), new MaxPool1d(2), new Dense(3)),
                            new CrossEntropy()),
                    Shape.of(6));
            if (maskZero) {
                assertThatThrownBy(() -> network.checkSteps(tokens))
                        .hasMessageStartingWith("the loss: expected the rows' 6 steps, got 3");
            } else {
                network.checkSteps(tokens);
            }
        }
    }

    @Test
    void rowsWithLengthsHaveSteps() {
        RowLayout unequal = new RowLayout(Shape.of(6), Shape.of(1), false, true);
        Network vector = Network.bind(new ModelSpec(List.of(new Dense(3)), new CrossEntropy()), Shape.of(6));
        assertThatThrownBy(() -> vector.checkSteps(unequal))
                .hasMessage("data.train.length: rows of shape [6] have no steps that could be valid or not; expected"
                        + " a shape [steps, features], such as [6, 1], or an embedding as the first layer");
    }

    private static Network sequences(LayerSpec... hidden) {
        List<LayerSpec> layers = new ArrayList<>(List.of(hidden));
        layers.add(new Dense(3));
        return Network.bind(new ModelSpec(layers, new CrossEntropy()), Shape.of(6, 2));
    }
}
