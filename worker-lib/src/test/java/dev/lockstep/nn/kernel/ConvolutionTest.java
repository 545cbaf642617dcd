package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.kernel.product.ScalarConvolution;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Both twins of {@link Convolution} against a naive one in double, written from the formula alone; and against each
 * other, in bits.
 */
class ConvolutionTest {
    private static WindowAxis valid(int input, int kernel, int stride, int dilation) {
        return WindowAxis.valid(input, kernel, stride, dilation);
    }

    private static WindowAxis same(int input, int kernel, int stride, int dilation) {
        return WindowAxis.same(input, kernel, stride, dilation);
    }

    static final List<ConvolutionShape> SHAPES = List.of(
            new ConvolutionShape(valid(1, 1, 1, 1), valid(1, 1, 1, 1), 1, 1, 1),
            new ConvolutionShape(valid(12, 5, 1, 1), valid(12, 5, 1, 1), 20, 50, 1),
            new ConvolutionShape(valid(28, 5, 1, 1), valid(28, 5, 1, 1), 1, 20, 1),
            new ConvolutionShape(same(14, 3, 1, 1), same(14, 3, 1, 1), 32, 64, 1),
            new ConvolutionShape(same(6, 3, 1, 1), same(6, 3, 1, 1), 64, 64, 1),
            new ConvolutionShape(valid(5, 3, 1, 1), same(7, 3, 2, 1), 140, 70, 2),
            new ConvolutionShape(same(7, 3, 1, 1), same(9, 3, 1, 1), 1, 32, 1),
            new ConvolutionShape(same(6, 3, 2, 1), same(7, 3, 2, 1), 3, 17, 1),
            new ConvolutionShape(same(9, 4, 3, 1), same(10, 3, 2, 1), 5, 33, 1),
            new ConvolutionShape(valid(9, 2, 3, 2), valid(11, 3, 2, 3), 4, 6, 2),
            new ConvolutionShape(same(5, 3, 2, 4), same(6, 3, 2, 2), 2, 16, 1),
            new ConvolutionShape(same(8, 3, 1, 1), same(8, 3, 1, 1), 6, 6, 6),
            new ConvolutionShape(same(8, 3, 1, 2), same(8, 3, 1, 3), 6, 9, 3),
            // Groups that fill whole panels.
            new ConvolutionShape(same(5, 3, 1, 2), valid(6, 3, 1, 1), 6, 96, 2),
            new ConvolutionShape(valid(8, 1, 2, 1), valid(8, 1, 2, 1), 7, 8, 1),
            new ConvolutionShape(same(2, 5, 1, 1), same(3, 7, 1, 1), 2, 18, 1),
            // Its places 0, 1, 4, 5, filled up with 5, 5, begin and end as six that follow one another.
            new ConvolutionShape(valid(3, 2, 1, 1), valid(4, 2, 1, 1), 1, 2, 1),
            // Its last two positions are 5 apart, as the first and the last of six that follow one another.
            new ConvolutionShape(valid(7, 3, 1, 1), same(4, 3, 1, 3), 5, 14, 1),
            new ConvolutionShape(same(2, 2, 1, 3), same(2, 2, 1, 3), 2, 3, 1),
            new ConvolutionShape(WindowAxis.ONE, same(31, 4, 1, 1), 8, 16, 1),
            new ConvolutionShape(WindowAxis.ONE, valid(17, 3, 4, 2), 2, 40, 2));

    private static final int[] ROW_START = {0, 2, 2, 3, 5};

    private static final class Naive {
        final ConvolutionShape s;
        final float[] x;
        final float[] w;
        final float[] dy;
        final double[] y;
        final double[] dx;
        final double[] dw;

        Naive(ConvolutionShape s, int rows, float[] x, float[] w, float[] dy) {
            this.s = s;
            this.x = x;
            this.w = w;
            this.dy = dy;
            y = new double[rows * s.outputSize()];
            dx = new double[rows * s.inputSize()];
            dw = new double[s.weights()];
            int perGroup = s.filters() / s.groups();
            for (int r = 0; r < rows; r++) {
                for (int oh = 0; oh < s.vertical().output(); oh++) {
                    for (int ow = 0; ow < s.horizontal().output(); ow++) {
                        for (int f = 0; f < s.filters(); f++) {
                            window(r, oh, ow, f, f / perGroup);
                        }
                    }
                }
            }
        }

        private void window(int r, int oh, int ow, int f, int group) {
            WindowAxis v = s.vertical();
            WindowAxis h = s.horizontal();
            int out = ((r * v.output() + oh) * h.output() + ow) * s.filters() + f;
            int channels = s.channels() / s.groups();
            for (int kh = 0; kh < v.kernel(); kh++) {
                for (int kw = 0; kw < h.kernel(); kw++) {
                    int ih = oh * v.stride() - v.padding() + kh * v.dilation();
                    int iw = ow * h.stride() - h.padding() + kw * h.dilation();
                    if (ih < 0 || ih >= v.input() || iw < 0 || iw >= h.input()) {
                        continue;
                    }
                    for (int c = 0; c < channels; c++) {
                        int in = ((r * v.input() + ih) * h.input() + iw) * s.channels() + group * channels + c;
                        int weight = ((kh * h.kernel() + kw) * channels + c) * s.filters() + f;
                        y[out] += (double) x[in] * w[weight];
                        dx[in] += (double) dy[out] * w[weight];
                        dw[weight] += (double) dy[out] * x[in];
                    }
                }
            }
        }
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** What one twin makes of random numbers. */
    static float[][] results(Convolution twin, ConvolutionShape s, long seed) {
        Random random = new Random(seed);
        int rows = ROW_START[ROW_START.length - 1];
        float[] x = values(random, rows * s.inputSize());
        float[] w = values(random, s.weights());
        float[] dy = values(random, rows * s.outputSize());
        return results(twin, s, x, w, dy, values(random, s.filters()));
    }

    /** What one twin computes: y without bias, y with bias and ReLU, dx, dw; each at an odd offset among sentinels. */
    private static float[][] results(
            Convolution twin, ConvolutionShape s, float[] x, float[] w, float[] dy, float[] bias) {
        int rows = ROW_START[ROW_START.length - 1];
        Matrix xs = lines(padded(x), s.channels());
        Matrix ws = lines(padded(w), s.filters());
        Matrix dys = lines(padded(dy), s.filters());
        Matrix y = lines(sentinels(rows * s.outputSize()), s.filters());
        Matrix relu = lines(sentinels(rows * s.outputSize()), s.filters());
        Matrix dx = lines(sentinels(rows * s.inputSize()), s.channels());
        Matrix dw = lines(sentinels(s.weights()), s.filters());
        twin.forward(s, xs, ws, y, Epilogue.OVERWRITE, null);
        twin.forward(s, xs, ws, relu, Epilogue.BIAS_RELU, new Vector().at(padded(bias), 3, s.filters()));
        twin.inputGradient(s, dys, ws, dx);
        twin.weightGradient(s, new Segments().at(ROW_START, 0, ROW_START.length - 1), xs, dys, dw);
        return new float[][] {y.array(), relu.array(), dx.array(), dw.array()};
    }

    /** The lines that lie among sentinels. */
    private static Matrix lines(float[] padded, int width) {
        return new Matrix().at(padded, 3, (padded.length - 5) / width, width);
    }

    private static float[] padded(float[] values) {
        float[] padded = sentinels(values.length);
        System.arraycopy(values, 0, padded, 3, values.length);
        return padded;
    }

    private static float[] sentinels(int length) {
        float[] values = new float[length + 5];
        Arrays.fill(values, 77f);
        return values;
    }

    @Test
    void equalsTheFormulaForRandomShapes() {
        Random random = Seeds.random(1);
        for (int i = 0; i < 150; i++) {
            int groups = 1 + random.nextInt(3) / 2 * random.nextInt(4);
            ConvolutionShape shape = new ConvolutionShape(
                    randomAxis(random),
                    randomAxis(random),
                    groups * (1 + random.nextInt(9)),
                    groups * (1 + random.nextInt(20)),
                    groups);
            try {
                equalsTheFormula(shape);
            } catch (AssertionError e) {
                throw new AssertionError(Seeds.replay(shape.toString()), e);
            }
        }
    }

    private static WindowAxis randomAxis(Random random) {
        int kernel = 1 + random.nextInt(4);
        int stride = 1 + random.nextInt(3);
        int dilation = 1 + random.nextInt(3) / 2 * random.nextInt(3);
        int span = (kernel - 1) * dilation + 1;
        return random.nextBoolean()
                ? same(1 + random.nextInt(8), kernel, stride, dilation)
                : valid(span + random.nextInt(6), kernel, stride, dilation);
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void equalsTheFormula(ConvolutionShape s) {
        Random random = new Random(5);
        int rows = ROW_START[ROW_START.length - 1];
        float[] x = values(random, rows * s.inputSize());
        float[] w = values(random, s.weights());
        float[] dy = values(random, rows * s.outputSize());
        float[] bias = values(random, s.filters());
        Naive naive = new Naive(s, rows, x, w, dy);
        double[] relu = naive.y.clone();
        for (int i = 0; i < relu.length; i++) {
            relu[i] = Math.max(relu[i] + bias[i % s.filters()], 0);
        }
        float[][] scalar = results(new ScalarConvolution(), s, x, w, dy, bias);
        double[][] expected = {naive.y, relu, naive.dx, naive.dw};
        String[] names = {"y", "relu(y + b)", "dx", "dw"};
        for (int i = 0; i < expected.length; i++) {
            assertThat(scalar[i]).startsWith(77f, 77f, 77f).endsWith(77f, 77f);
            for (int j = 0; j < expected[i].length; j++) {
                assertThat((double) scalar[i][j + 3])
                        .as("%s %d", names[i], j)
                        .isCloseTo(expected[i][j], within(2e-4 + 2e-5 * Math.abs(expected[i][j])));
            }
        }
        float[][] chosen = results(Kernels.get().newConvolution(), s, x, w, dy, bias);
        for (int i = 0; i < expected.length; i++) {
            assertThat(chosen[i]).as("%s by both twins", names[i]).isEqualTo(scalar[i]);
        }
    }

    /** Of a shard with more than 2^20 positions, as many rows as come to that many have a chain of their own. */
    @Test
    void longSumsAreSumsOfBlocks() {
        ConvolutionShape shape = new ConvolutionShape(WindowAxis.ONE, valid(1 << 19, 1, 1, 1), 1, 1, 1);
        int rows = 3;
        float[] values = Seeds.floats(Seeds.random(6), rows * shape.positions());
        for (Convolution twin :
                new Convolution[] {new ScalarConvolution(), Kernels.get().newConvolution()}) {
            Matrix x = new Matrix().at(values, 0, rows, shape.inputSize());
            Matrix dy = new Matrix().at(values, 0, rows * shape.positions(), 1);
            float[] sums = new float[2];
            twin.weightGradient(
                    shape, new Segments().at(new int[] {0, 3}, 0, 1), x, dy, new Matrix().at(sums, 0, 1, 1));
            twin.weightGradient(
                    shape, new Segments().at(new int[] {0, 2, 3}, 0, 2), x, dy, new Matrix().at(sums, 1, 1, 1));
            assertThat(sums[0]).isEqualTo(sums[1]);
        }
    }
}
