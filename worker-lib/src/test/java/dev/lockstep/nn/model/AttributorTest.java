package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Integrated gradients: they add up, they are those of a row alone, and a linear network's are known. */
class AttributorTest {
    private static SavedModel model(List<LayerSpec> layers, Loss loss, Shape input, Scaling scaling, int members) {
        ModelSpec spec = new ModelSpec(layers, loss, null, null, null, members);
        Network network = Network.bind(spec, input);
        Parameters parameters = network.initialize(3);
        Random random = new Random(5);
        for (int i = 0; i < parameters.theta().length; i++) {
            parameters.theta()[i] += 0.1f * (float) random.nextGaussian();
        }
        for (int i = 0; i < parameters.buffers().length; i++) {
            parameters.buffers()[i] += 0.3f * random.nextFloat();
        }
        return SavedModel.of(network, parameters, scaling, 7, ModelDescription.Columns.NONE);
    }

    private static float[] row(Shape input, long seed) {
        float[] row = new float[input.size()];
        Random random = new Random(seed);
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        return row;
    }

    private static RowArray rows(SavedModel model, float[]... rows) {
        RowArray array = model.predictor(rows.length).newRows();
        for (float[] row : rows) {
            array.add(Arrays.copyOf(row, row.length + 1), 0);
        }
        return array;
    }

    /** Outputs before the link. */
    private static float[] outputs(SavedModel model, float[] row) {
        Predictor predictor = model.predictor(1);
        predictor.predict(List.of(row));
        float[] outputs = predictor.uncertainty().outputs().array();
        return Arrays.copyOf(outputs, model.network().output().size());
    }

    static Stream<Arguments> networks() {
        Shape four = Shape.of(4);
        return Stream.of(
                Arguments.of(List.of(new Dense(8, new Activation.Tanh()), new Dense(3)), new CrossEntropy(), four),
                Arguments.of(
                        List.of(new Dense(6, new Activation.Silu()), new Dense(1)), new BinaryCrossEntropy(), four),
                Arguments.of(
                        List.of(
                                new Conv2d(3, 2, Padding.SAME, new Activation.Tanh()),
                                new BatchNorm(new Activation.Silu()),
                                new MaxPool2d(2),
                                new Flatten(),
                                new Dropout(0.5),
                                new Dense(2)),
                        new CrossEntropy(),
                        Shape.of(4, 4, 1)),
                Arguments.of(List.of(new Gru(3, false), new Dense(2)), new MeanSquaredError(), Shape.of(5, 2)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void partsAddUpToTheDifferenceFromTheBaseline(List<LayerSpec> layers, Loss loss, Shape input) {
        SavedModel model = model(layers, loss, input, Scaling.NONE, 1);
        Attributor attributor = model.attributor(3);
        float[][] rows = {row(input, 1), row(input, 2), row(input, 3)};
        double[] parts = attributor.attribute(rows(model, rows)).clone();
        int outputs = model.network().output().size();
        int columns = attributor.width() / outputs;
        float[] before = outputs(model, new float[input.size()]);
        for (int row = 0; row < rows.length; row++) {
            float[] after = outputs(model, rows[row]);
            for (int k = 0; k < outputs; k++) {
                int from = row * attributor.width() + k * columns;
                double sum = Arrays.stream(parts, from, from + columns).sum();
                assertThat(sum)
                        .isCloseTo(after[k] - before[k], within(2e-2 * Math.max(0.1, Math.abs(after[k] - before[k]))));
            }
            double[] alone = Arrays.copyOf(attributor.attribute(rows(model, rows[row])), attributor.width());
            int from = row * attributor.width();
            assertThat(alone)
                    .as("a row alone")
                    .containsExactly(Arrays.copyOfRange(parts, from, from + attributor.width()));
        }
    }

    @Test
    void aLinearNetworksPartsAreItsProducts() {
        Scaling scaling = new Scaling(new float[] {1, -1}, new float[] {2, 4})
                .withTargets(new Scaling(new float[] {9}, new float[] {10}));
        SavedModel model = model(List.of(new Dense(1)), new MeanSquaredError(), Shape.of(2), scaling, 1);
        float[] weights = model.parameters().theta();
        double[] parts = model.attributor(1).attribute(rows(model, new float[] {5, 7}));
        assertThat(parts[0]).isCloseTo(10 * weights[0] * 2.0, within(1e-4));
        assertThat(parts[1]).isCloseTo(10 * weights[1] * 2.0, within(1e-4));
        assertThat(model.attributions().names()).containsExactly("attribution_0", "attribution_1");
    }

    /** A category has a part of its own, measured from no category. */
    @Test
    void categoriesAreExplainedThroughTheirVectors() {
        List<LayerSpec> layers = List.of(
                new ColumnEmbeddings(List.of(new ColumnEmbeddings.Column(1, 3, 2))),
                new Dense(5, new Activation.Tanh()),
                new Dense(2));
        SavedModel model = model(layers, new CrossEntropy(), Shape.of(3), Scaling.NONE, 1);
        float[] row = {0.5f, 2, -1};
        double[] parts = model.attributor(1).attribute(rows(model, row)).clone();
        float[] after = outputs(model, row);
        float[] before = outputs(model, new float[3]);
        assertThat(parts).hasSize(6);
        assertThat(parts[0] + parts[1] + parts[2]).isCloseTo(after[0] - before[0], within(1e-3));
        assertThat(parts[1]).isNotZero();
        double[] none = model.attributor(1).attribute(rows(model, new float[] {0.5f, 0, -1}));
        assertThat(none[1]).isZero();
        assertThat(model.attributions().names())
                .containsExactly(
                        "attribution_0_0",
                        "attribution_0_1",
                        "attribution_0_2",
                        "attribution_1_0",
                        "attribution_1_1",
                        "attribution_1_2");
    }

    @Test
    void anEnsemblesPartsAreTheMeanOfItsNetworks() {
        SavedModel model = model(
                List.of(new Dense(4, new Activation.Tanh()), new Dense(1)),
                new MeanSquaredError(),
                Shape.of(2),
                Scaling.NONE,
                3);
        float[] row = {1, -2};
        double[] parts = model.attributor(1).attribute(rows(model, row));
        Predictor predictor = model.predictor(1);
        float after = predictor.predict(List.of(row)).array()[0];
        float before = predictor.predict(List.of(new float[2])).array()[0];
        assertThat(parts[0] + parts[1]).isCloseTo(after - before, within(1e-3));
    }

    @Test
    void embeddingsInBranchesAreRefused() {
        List<LayerSpec> layers = List.of(
                new Concat(List.of(List.of(new Embedding(4, 2, null, null)), List.of(new Embedding(4, 3, null, null)))),
                new Flatten(),
                new Dense(2));
        SavedModel model = model(layers, new CrossEntropy(), Shape.of(3), Scaling.NONE, 1);
        assertThatThrownBy(() -> model.attributor(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("attributions: expected a network of numbers");
    }
}
