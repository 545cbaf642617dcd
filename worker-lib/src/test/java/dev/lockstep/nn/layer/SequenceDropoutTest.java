package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout with one mask a row for all steps: of inputs and outputs, and of states. */
class SequenceDropoutTest {
    private static final int STEPS = 4;
    private static final int WIDTH = 6;
    private static final double RATE = 0.25;

    /** A layer over rows of a shape. */
    private static final class Run {
        final Pass pass = new Pass();
        final Batch batch;
        final Layer bound;
        final LayerReplica layer;
        final Parameters parameters;

        Run(LayerSpec spec, Shape input, float[]... rows) {
            ParameterLayout layout = new ParameterLayout();
            bound = spec.bind(input, layout);
            layer = bound.replica(new Workspace(rows.length));
            parameters = new Parameters(new float[layout.parameterCount()], new float[0]);
            batch = new Batch(new RowLayout(input, Shape.of(1), false, false), rows.length, 1);
            batch.beginShard();
            for (int row = 0; row < rows.length; row++) {
                batch.addRow(Arrays.copyOf(rows[row], input.size() + 1), 0, 100 + row);
            }
            batch.endShard();
        }

        /** The outputs of a training step, row by row. */
        float[][] step(int step) {
            pass.beginTraining(5, step, 0, batch);
            return outputs();
        }

        float[][] sample(int sample) {
            pass.beginSample(5, sample, batch);
            return outputs();
        }

        float[][] inference() {
            pass.beginInference(batch);
            return outputs();
        }

        private float[][] outputs() {
            float[] y = layer.forward(pass, parameters, batch.features()).array();
            int size = bound.output().size();
            float[][] rows = new float[pass.rows()][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = Arrays.copyOfRange(y, row * size, (row + 1) * size);
            }
            return rows;
        }
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1f);
        return ones;
    }

    private static float[] at(float[] row, int step) {
        return Arrays.copyOfRange(row, step * WIDTH, (step + 1) * WIDTH);
    }

    /** Masks of many steps: which values occur, and how often 0 does; those of the rows differ. */
    private static void checkMasks(Run run, java.util.function.Function<float[], float[]> maskOf) {
        int zeros = 0;
        int count = 2000;
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < count; i++) {
            for (float[] row : run.step(i)) {
                float[] mask = maskOf.apply(row);
                seen.add(Arrays.toString(mask));
                for (float element : mask) {
                    if (element == 0) {
                        zeros++;
                    } else {
                        assertThat(element).isEqualTo((float) (1 / (1 - RATE)));
                    }
                }
            }
        }
        // A standard deviation is 0.003.
        assertThat((double) zeros / (count * 2 * WIDTH)).isCloseTo(RATE, within(0.015));
        assertThat(seen).hasSize(1 << WIDTH);
    }

    @Test
    void aFeatureIsDroppedAtAllSteps() {
        Run run = new Run(new Dropout(RATE, true), Shape.of(STEPS, WIDTH), ones(STEPS * WIDTH), ones(STEPS * WIDTH));
        checkMasks(run, row -> {
            for (int t = 1; t < STEPS; t++) {
                assertThat(at(row, t)).isEqualTo(at(row, 0));
            }
            return at(row, 0);
        });
        assertThat(run.step(1)[0]).isNotEqualTo(run.step(1)[1]);
        assertThat(run.sample(1)[0]).isNotEqualTo(run.sample(2)[0]).isEqualTo(run.sample(1)[0]);
        assertThat(run.inference()[0]).containsOnly(1f);
        Run elements = new Run(new Dropout(RATE), Shape.of(STEPS, WIDTH), ones(STEPS * WIDTH));
        assertThat(at(elements.step(1)[0], 0)).isNotEqualTo(at(elements.step(1)[0], 1));
        // In one axis both are the same.
        assertThat(new Run(new Dropout(RATE, true), Shape.of(WIDTH), ones(WIDTH)).step(3)[0])
                .isEqualTo(new Run(new Dropout(RATE), Shape.of(WIDTH), ones(WIDTH)).step(3)[0]);
    }

    /** {@code h_t = x_t + m h_{t-1}} with {@code x = 1, 0, 0, 0}: {@code h_t = m^t}, with one m for all steps. */
    @Test
    void aStateIsDroppedAtAllSteps() {
        SimpleRnn rnn =
                new SimpleRnn(WIDTH, new Activation.Relu(), true, null, Initializer.ZEROS, Initializer.ZEROS, RATE);
        float[] row = Arrays.copyOf(ones(WIDTH), STEPS * WIDTH);
        Run run = new Run(rnn, Shape.of(STEPS, WIDTH), row, row);
        float[] theta = run.parameters.theta();
        for (int i = 0; i < WIDTH; i++) {
            theta[i * WIDTH + i] = 1;
            theta[WIDTH * WIDTH + i * WIDTH + i] = 1;
        }
        checkMasks(run, states -> {
            float[] mask = at(states, 1);
            for (int i = 0; i < WIDTH; i++) {
                assertThat(states[i]).isEqualTo(1f);
                assertThat(at(states, 2)[i]).isEqualTo(mask[i] * mask[i]);
                assertThat(at(states, 3)[i]).isCloseTo(mask[i] * mask[i] * mask[i], within(1e-6f));
            }
            return mask;
        });
        assertThat(run.sample(1)[0]).isNotEqualTo(run.sample(2)[0]).isEqualTo(run.sample(1)[0]);
        assertThat(run.sample(3)[0]).isNotEqualTo(run.sample(3)[1]);
        assertThat(run.inference()[0]).containsOnly(1f);
    }

    static Stream<RecurrentSpec> cells() {
        return Stream.of(
                new SimpleRnn(WIDTH, null, true, null, null, null, RATE),
                new Lstm(WIDTH, null, true, null, null, null, RATE),
                new Gru(WIDTH, true, null, null, null, RATE));
    }

    private static RecurrentSpec plain(RecurrentSpec spec) {
        if (spec instanceof SimpleRnn) {
            return new SimpleRnn(WIDTH, true);
        }
        return spec instanceof Lstm ? new Lstm(WIDTH, true) : new Gru(WIDTH, true);
    }

    /** {@code (m h) U = h (diag(m) U)}: a row's mask may as well be on the weights of a layer without dropout. */
    @ParameterizedTest
    @MethodSource("cells")
    void aMaskOfTheStateIsOneOfTheRecurrentWeights(RecurrentSpec spec) {
        Shape input = Shape.of(STEPS, 2);
        Random random = new Random(3);
        float[] row = new float[STEPS * 2];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        Run run = new Run(spec, input, row);
        Run without = new Run(plain(spec), input, row);
        float[] theta = run.parameters.theta();
        for (int i = 0; i < theta.length; i++) {
            theta[i] = (float) random.nextGaussian();
        }
        Run masks = new Run(new Dropout(RATE), Shape.of(WIDTH), ones(WIDTH));
        for (int step = 0; step < 20; step++) {
            // The stream of the first layer that drops, at the same step and row.
            float[] mask = masks.step(step)[0];
            float[] weighted = without.parameters.theta();
            System.arraycopy(theta, 0, weighted, 0, theta.length);
            int columns = (theta.length - (spec instanceof Gru ? WIDTH : 0)) / (2 + WIDTH + 1);
            for (int i = 0; i < WIDTH; i++) {
                for (int k = 0; k < columns; k++) {
                    weighted[(2 + i) * columns + k] *= mask[i];
                }
            }
            float[] expected = without.step(step)[0];
            float[] actual = run.step(step)[0];
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
            }
        }
        System.arraycopy(theta, 0, without.parameters.theta(), 0, theta.length);
        assertThat(run.inference()[0]).isEqualTo(without.inference()[0]);
    }

    @Test
    void ratesAreSharesBelowOne() {
        assertThatThrownBy(() -> new Lstm(3, null, null, null, null, null, 1.0))
                .hasMessage("recurrentDropout: expected a number from 0 to below 1, got 1");
        ParameterLayout layout = new ParameterLayout();
        new Gru(3, false).bind(Shape.of(2, 2), layout);
        assertThat(layout.nextStream()).as("no dropout draws nothing").isZero();
    }
}
