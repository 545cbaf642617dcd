package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Both twins of {@link Pooling} against a naive one in double, written from the formula; and against each other, in
 * bits.
 */
class PoolingTest {
    private static final int ROWS = 3;

    static final List<PoolingShape> SHAPES = List.of(
            new PoolingShape(WindowAxis.valid(1, 1, 1, 1), WindowAxis.valid(1, 1, 1, 1), 1),
            new PoolingShape(WindowAxis.valid(8, 2, 2, 1), WindowAxis.valid(6, 2, 2, 1), 20),
            new PoolingShape(WindowAxis.valid(7, 2, 2, 1), WindowAxis.valid(9, 3, 1, 1), 33),
            new PoolingShape(WindowAxis.same(7, 3, 2, 1), WindowAxis.same(8, 3, 2, 1), 16),
            new PoolingShape(WindowAxis.same(3, 5, 1, 1), WindowAxis.same(2, 7, 3, 1), 3),
            new PoolingShape(WindowAxis.valid(5, 1, 3, 1), WindowAxis.valid(5, 2, 3, 1), 15),
            new PoolingShape(WindowAxis.ONE, WindowAxis.same(11, 4, 3, 1), 17),
            new PoolingShape(WindowAxis.ONE, WindowAxis.valid(49, 49, 1, 1), 64));

    /** Sums over the inputs of each window, by brute force over all pairs of inputs and windows. */
    private static final class Naive {
        final double[] max;
        final double[] average;
        final double[] maxGradient;
        final double[] averageGradient;

        Naive(PoolingShape s, float[] x, float[] dy) {
            max = new double[ROWS * s.outputSize()];
            average = new double[max.length];
            maxGradient = new double[ROWS * s.inputSize()];
            averageGradient = new double[maxGradient.length];
            for (int out = 0; out < max.length; out++) {
                int count = 0;
                int best = -1;
                for (int in = 0; in < maxGradient.length; in++) {
                    if (sees(s, out, in)) {
                        best = best < 0 || x[in] > x[best] ? in : best;
                        average[out] += x[in];
                        count++;
                    }
                }
                max[out] = x[best];
                average[out] /= count;
                maxGradient[best] += dy[out];
                for (int in = 0; in < maxGradient.length; in++) {
                    averageGradient[in] += sees(s, out, in) ? (double) dy[out] / count : 0;
                }
            }
        }

        private static boolean sees(PoolingShape s, int out, int in) {
            int c = s.channels();
            int ow = s.horizontal().output();
            int iw = s.horizontal().input();
            return out % c == in % c
                    && out / s.outputSize() == in / s.inputSize()
                    && sees(s.vertical(), out % s.outputSize() / c / ow, in % s.inputSize() / c / iw)
                    && sees(s.horizontal(), out / c % ow, in / c % iw);
        }

        private static boolean sees(WindowAxis axis, int out, int in) {
            int k = in + axis.padding() - out * axis.stride();
            return k >= 0 && k < axis.kernel();
        }
    }

    private static float[][] results(Pooling twin, PoolingShape s, float[] x, float[] dy) {
        float[] max = new float[ROWS * s.outputSize()];
        float[] average = new float[max.length];
        float[] maxGradient = new float[x.length];
        float[] averageGradient = new float[x.length];
        int[] winners = new int[max.length];
        Arrays.fill(maxGradient, 77f);
        Arrays.fill(averageGradient, 77f);
        Matrix inputs = new Matrix().at(x, 0, ROWS, s.inputSize());
        Matrix gradients = new Matrix().at(dy, 0, ROWS, s.outputSize());
        twin.max(s, inputs, new Matrix().at(max, 0, ROWS, s.outputSize()), winners);
        float[] alone = new float[max.length];
        twin.max(s, inputs, new Matrix().at(alone, 0, ROWS, s.outputSize()), null);
        assertThat(alone).as("max without winners").isEqualTo(max);
        twin.average(s, inputs, new Matrix().at(average, 0, ROWS, s.outputSize()));
        twin.maxBackward(s, gradients, winners, new Matrix().at(maxGradient, 0, ROWS, s.inputSize()));
        twin.averageBackward(s, gradients, new Matrix().at(averageGradient, 0, ROWS, s.inputSize()));
        return new float[][] {max, average, maxGradient, averageGradient};
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void equalsTheFormula(PoolingShape s) {
        Random random = new Random(8);
        float[] x = new float[ROWS * s.inputSize()];
        for (int i = 0; i < x.length; i++) {
            // Few different values, so that windows have ties.
            x[i] = random.nextInt(5) - 2;
        }
        float[] dy = new float[ROWS * s.outputSize()];
        for (int i = 0; i < dy.length; i++) {
            dy[i] = (float) random.nextGaussian();
        }
        Naive naive = new Naive(s, x, dy);
        double[][] expected = {naive.max, naive.average, naive.maxGradient, naive.averageGradient};
        float[][] scalar = results(new ScalarPooling(), s, x, dy);
        float[][] chosen = results(Kernels.get().pooling(), s, x, dy);
        String[] names = {"max", "average", "gradient of max", "gradient of average"};
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat((double) scalar[i][j]).as("%s %d", names[i], j).isCloseTo(expected[i][j], within(1e-5));
            }
            assertThat(chosen[i]).as("%s by both twins", names[i]).isEqualTo(scalar[i]);
        }
    }

    @Test
    void nanIsNotLost() {
        for (WindowAxis vertical : List.of(WindowAxis.ONE, WindowAxis.valid(2, 2, 1, 1))) {
            for (int channels : new int[] {1, 19}) {
                nanIsNotLost(new PoolingShape(vertical, WindowAxis.valid(2, 2, 1, 1), channels));
            }
        }
    }

    private static void nanIsNotLost(PoolingShape shape) {
        int channels = shape.channels();
        int places = shape.inputSize() / channels;
        for (int place = 0; place < places; place++) {
            for (int c = 0; c < channels; c++) {
                float[] x = new float[ROWS * shape.inputSize()];
                x[place * channels + c] = Float.NaN;
                float[] y = new float[ROWS * channels];
                int[] winners = new int[y.length];
                Matrix inputs = new Matrix().at(x, 0, ROWS, shape.inputSize());
                Kernels.get().pooling().max(shape, inputs, new Matrix().at(y, 0, ROWS, channels), winners);
                for (int i = 0; i < y.length; i++) {
                    assertThat(Float.isNaN(y[i])).isEqualTo(i == c);
                    assertThat(winners[i]).isEqualTo(i == c ? place : 0);
                }
            }
        }
    }
}
