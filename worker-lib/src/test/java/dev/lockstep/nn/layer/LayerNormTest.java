package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Layer normalisation against its formulas in double. */
class LayerNormTest {
    private static final double EPSILON = 1e-3;
    private static final int STEPS = 3;
    private static final int FEATURES = 37;
    private static final int ROWS = 5;

    private static float[] normal(Random random, int count, double mean) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + random.nextGaussian());
        }
        return values;
    }

    @Test
    void equalsTheFormula() {
        Random random = new Random(4);
        Shape input = Shape.of(STEPS, FEATURES);
        ParameterLayout layout = new ParameterLayout();
        LayerReplica layer = new LayerNorm(EPSILON).bind(input, layout).replica(new Workspace(ROWS));
        Batch batch = new Batch(new RowLayout(input, Shape.of(1), false, false), ROWS, 1);
        batch.beginShard();
        for (int row = 0; row < ROWS; row++) {
            batch.addRow(normal(random, input.size() + 1, 20), 0, 0);
        }
        batch.endShard();
        Pass pass = new Pass();
        pass.beginTraining(1, 0, 0, batch);
        float[] theta = normal(random, layout.parameterCount(), 1);
        float[] upstream = normal(random, ROWS * input.size(), 0);
        Parameters parameters = new Parameters(theta, new float[0]);
        float[] y = layer.forward(pass, parameters, batch.features()).array().clone();
        Gradient.Node node = new Gradient.Node(0, 1, new float[theta.length], new double[0]);
        Tensor dx = layer.backward(
                pass,
                parameters,
                batch.features(),
                new Tensor(upstream.clone(), 0, input),
                true,
                new Gradient(List.of(node)));
        double[] gradient = new double[theta.length];
        for (int line = 0; line < ROWS * STEPS; line++) {
            int at = line * FEATURES;
            double mean = 0;
            for (int j = 0; j < FEATURES; j++) {
                mean += batch.features().array()[at + j] / (double) FEATURES;
            }
            double variance = 0;
            for (int j = 0; j < FEATURES; j++) {
                double d = batch.features().array()[at + j] - mean;
                variance += d * d / FEATURES;
            }
            double sigma = Math.sqrt(variance + EPSILON);
            double meanOfG = 0;
            double meanOfGHat = 0;
            for (int j = 0; j < FEATURES; j++) {
                double hat = (batch.features().array()[at + j] - mean) / sigma;
                double g = theta[j] * (double) upstream[at + j];
                meanOfG += g / FEATURES;
                meanOfGHat += g * hat / FEATURES;
                gradient[j] += upstream[at + j] * hat;
                gradient[FEATURES + j] += upstream[at + j];
                assertThat((double) y[at + j])
                        .as("y %d", at + j)
                        .isCloseTo(theta[j] * hat + theta[FEATURES + j], within(2e-5));
            }
            for (int j = 0; j < FEATURES; j++) {
                double hat = (batch.features().array()[at + j] - mean) / sigma;
                double g = theta[j] * (double) upstream[at + j];
                assertThat((double) dx.array()[dx.offset() + at + j])
                        .as("dx %d", at + j)
                        .isCloseTo((g - meanOfG - hat * meanOfGHat) / sigma, within(2e-5));
            }
        }
        for (int i = 0; i < gradient.length; i++) {
            assertThat((double) node.values()[i]).as("gradient %d", i).isCloseTo(gradient[i], within(1e-4));
        }
    }
}
