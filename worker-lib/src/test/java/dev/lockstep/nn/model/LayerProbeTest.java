package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Norms against numerical differences; dead units against networks that have been built with some. */
class LayerProbeTest {
    private static final long SEED = 11;
    private static final Activation RELU = new Activation.Relu();

    private static RowArray rows(RowLayout layout, int count) {
        RowArray rows = new RowArray(layout, count);
        SplittableRandom random = new SplittableRandom(3);
        float[] row = new float[layout.width()];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < row.length; j++) {
                row[j] = (float) random.nextDouble(-1, 1);
            }
            if (layout.weighted()) {
                row[layout.weightOffset()] = 1 + i % 3;
            }
            if (layout.sequences()) {
                row[layout.lengthOffset()] = 1 + i % 2;
            }
            rows.add(row, 0);
        }
        return rows;
    }

    private static Network network(Shape input, LayerSpec... layers) {
        return Network.bind(new ModelSpec(List.of(layers), new MeanSquaredError()), input);
    }

    private static LayerFigures measure(Network network, RowLayout layout, Parameters parameters) {
        return new LayerProbe(network, layout, Scaling.NONE, rows(layout, 6), SEED).measure(parameters);
    }

    /** The mean loss as a training pass gives it. */
    private static double loss(Network network, RowLayout layout, RowArray rows, Parameters parameters) {
        Replica replica = new Replica(network, layout, rows.rows(), 1);
        replica.batch().beginShard();
        for (int row = 0; row < rows.rows(); row++) {
            replica.batch().addRow(rows, row, 0);
        }
        replica.batch().endShard();
        replica.beginTraining(SEED, 0, 0);
        replica.forward(parameters);
        return LossSum.ZERO
                .plusRows(replica.lossAndGradient(), replica.batch().weights(), 0, rows.rows())
                .meanLoss();
    }

    @Test
    void normsAreThoseOfNumericalDifferences() {
        RowLayout layout = new RowLayout(Shape.of(5), Shape.of(2), true, false);
        Network network = network(
                Shape.of(5),
                new Dense(4, new Activation.Tanh()),
                new Dropout(0.3, null),
                new BatchNorm((Activation) null),
                new Residual(List.of(new Dense(4, new Activation.Sigmoid())), null),
                new Dense(2));
        RowArray rows = rows(layout, 6);
        Parameters parameters = network.initialize(SEED);
        Map<String, Double> norms = measure(network, layout, parameters).gradientNorm();
        assertThat(norms.keySet()).containsExactly("dense_1", "batchNorm_1", "dense_2", "dense_3");
        float[] theta = parameters.theta();
        float half = 1e-2f;
        for (String layer : norms.keySet()) {
            double squares = 0;
            for (ParameterRange range : network.parameters()) {
                for (int i = range.offset(); i < range.end() && range.layer().equals(layer); i++) {
                    float kept = theta[i];
                    theta[i] = kept + half;
                    double above = loss(network, layout, rows, parameters);
                    theta[i] = kept - half;
                    double below = loss(network, layout, rows, parameters);
                    theta[i] = kept;
                    squares += Math.pow((above - below) / (2 * half), 2);
                }
            }
            assertThat(norms.get(layer)).as(layer).isCloseTo(Math.sqrt(squares), within(2e-3 * Math.sqrt(squares)));
        }
    }

    @Test
    void unitsDieWhereNoRowActivatesThem() {
        RowLayout layout = new RowLayout(Shape.of(3), Shape.of(1), false, false);
        Network network = network(
                Shape.of(3), new Dense(4, RELU), new Dense(4, new Activation.Sigmoid()), new Dense(2), new Dense(1));
        Parameters parameters = network.initialize(SEED);
        for (ParameterRange range : network.parameters()) {
            switch (range.name()) {
                // Every input lies between -1 and 1.
                case "dense_1.bias" -> set(parameters, range, 100, -100, 100, 100);
                // Saturated at 0, at 1, in the middle, and at 1 within a float's precision.
                case "dense_2.weight" -> set(parameters, range, new float[16]);
                case "dense_2.bias" -> set(parameters, range, -200, 200, 0, 20);
                default -> {}
            }
        }
        LayerFigures figures = measure(network, layout, parameters);
        assertThat(figures.deadUnits()).containsExactly(Map.entry("dense_1", 0.25), Map.entry("dense_2", 0.75));
    }

    private static void set(Parameters parameters, ParameterRange range, float... values) {
        System.arraycopy(values, 0, parameters.theta(), range.offset(), values.length);
    }

    /** A channel lives if it does anywhere, but not beyond the end of a row. */
    @Test
    void channelsAreUnits() {
        RowLayout layout = new RowLayout(Shape.of(4, 1), Shape.of(1), false, true);
        Network network = network(
                Shape.of(4, 1),
                new Conv1d(3, 1, Padding.SAME, RELU),
                new Residual(List.of(new Dense(3, new Activation.Tanh())), null),
                new GlobalAveragePool(),
                new Dense(1));
        RowArray rows = new RowArray(layout, 1);
        // The third and the fourth step are not there.
        rows.add(new float[] {0.5f, -0.25f, 8, -8, 0, 2}, 0);
        Parameters parameters = network.initialize(SEED);
        ParameterRange weight = network.parameters().get(0);
        ParameterRange bias = network.parameters().get(1);
        set(parameters, weight, 1, -1, 1);
        // Alive at the first step, at the second, at the third alone.
        set(parameters, bias, 0, 0, -1);
        ParameterRange inBlock = network.parameters().get(3);
        assertThat(inBlock.name()).isEqualTo("dense_1.bias");
        // Saturated at the steps that are there, and 0 behind them.
        set(parameters, inBlock, 100, -100, 0);
        LayerFigures figures = new LayerProbe(network, layout, Scaling.NONE, rows, SEED).measure(parameters);
        assertThat(figures.deadUnits()).containsExactly(Map.entry("conv1d_1", 1 / 3.0), Map.entry("dense_1", 2 / 3.0));
    }

    @Test
    void ratiosCompareWithTheBeginningOfTheEpoch() {
        RowLayout layout = new RowLayout(Shape.of(1), Shape.of(1), false, false);
        Network network = network(Shape.of(1), new Dense(1, RELU), new Dense(1));
        LayerProbe probe = new LayerProbe(network, layout, Scaling.NONE, rows(layout, 3), SEED);
        assertThat(probe.measure(parameters(3, 4, 5, 12)).updateRatio()).isEmpty();
        probe.begin(new float[] {3, 4, 5, 12});
        assertThat(probe.measure(parameters(3, 5, 5, 12)).updateRatio())
                .containsExactly(Map.entry("dense_1", 0.2), Map.entry("dense_2", 0.0));
        assertThat(probe.measure(parameters(3, 5, 5, 25)).updateRatio())
                .containsExactly(Map.entry("dense_1", 0.0), Map.entry("dense_2", 1.0));
    }

    private static Parameters parameters(float... theta) {
        return new Parameters(theta, new float[0]);
    }

    @Test
    void aProbeIsSmall() {
        RowLayout layout = new RowLayout(Shape.of(784), Shape.of(1), false, false);
        Network network = network(Shape.of(784), new Dense(128, RELU), new Dense(1));
        assertThat(LayerProbe.rows(network, layout, 60_000)).isEqualTo(64);
        assertThat(LayerProbe.rows(network, layout, 6_000)).isEqualTo(30);
        assertThat(LayerProbe.rows(network, layout, 150)).isEqualTo(16);
        assertThat(LayerProbe.rows(network, layout, 4)).isEqualTo(4);
        Network large = network(Shape.of(784), new Dense(6000), new Dense(1));
        assertThat(LayerProbe.rows(large, layout, 60_000)).isZero();
        assertThat(LayerProbe.bytes(large, layout, 60_000)).isZero();
        assertThat(LayerProbe.bytes(network, layout, 60_000))
                .as("two vectors of parameters, 64 rows of a target with 129 outputs; features may be entries")
                .isEqualTo(4 * (2 * (784 * 128 + 128 + 128 + 1) + 64 * (1 + 129)));
        RowLayout picture = new RowLayout(Shape.of(200, 200, 3), Shape.of(1), false, false);
        Network pictures = network(picture.features(), new Flatten(), new Dense(1));
        int few = LayerProbe.rows(pictures, picture, 60_000);
        assertThat(few).isBetween(4, 16);
        assertThat(LayerProbe.bytes(pictures, picture, 60_000))
                .as("two vectors, rows of 120,001 numbers with as many outputs: no more than 8 MB")
                .isEqualTo(4 * 2 * 120_001L * (1 + few))
                .isLessThan((8 << 20) + 1_000_000);
    }
}
