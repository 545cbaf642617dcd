package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link BatchNormalization}, in bits, against one channel at a time by its text; both twins. */
class BatchNormalizationTest {
    private static final int[] LINES = {1, 17, 255, 256, 257, 512, 1100};
    private static final int[] CHANNELS = {1, 5, 16, 67};

    static Stream<BatchNormalization> twins() {
        return Stream.of(
                new ScalarBatchNormalization(new ScalarActivations()),
                new SimdBatchNormalization(new SimdActivations()));
    }

    private interface Check {
        void run(BatchNormalization twin, int lines, int channels, Random random, String what);
    }

    private static void forAllSizes(BatchNormalization twin, Check check) {
        for (int lines : LINES) {
            for (int channels : CHANNELS) {
                String what = twin.getClass().getSimpleName() + " " + lines + " x " + channels + ": ";
                check.run(twin, lines, channels, Seeds.random(lines * 1009L + channels), what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("twins")
    void momentsCombineBlocksOf256Lines(BatchNormalization twin) {
        forAllSizes(twin, BatchNormalizationTest::checkMoments);
    }

    private static void checkMoments(BatchNormalization twin, int lines, int channels, Random random, String what) {
        float[] x = Seeds.floats(random, lines * channels);
        double[] mean = new double[channels];
        double[] m2 = new double[channels];
        double[] expectedMean = new double[channels];
        double[] expectedM2 = new double[channels];
        twin.moments(new Matrix().at(x, 0, lines, channels), mean, m2, new float[2 * channels]);
        for (int c = 0; c < channels; c++) {
            for (int first = 0; first < lines; first += 256) {
                int end = Math.min(lines, first + 256);
                float s = 0f;
                for (int line = first; line < end; line++) {
                    s += x[line * channels + c];
                }
                float m = s / (end - first);
                float q = 0f;
                for (int line = first; line < end; line++) {
                    float d = x[line * channels + c] - m;
                    q = Math.fma(d, d, q);
                }
                double share = (double) (end - first) / end;
                double difference = m - expectedMean[c];
                expectedMean[c] = first == 0 ? m : expectedMean[c] + difference * share;
                expectedM2[c] = first == 0 ? q : expectedM2[c] + q + difference * difference * (first * share);
            }
        }
        Bits.assertSame(what + "means", mean, expectedMean);
        Bits.assertSame(what + "M2", m2, expectedM2);
    }

    @ParameterizedTest
    @MethodSource("twins")
    void gradientSumsCombineBlocksOf256Lines(BatchNormalization twin) {
        forAllSizes(twin, BatchNormalizationTest::checkGradientSums);
    }

    private static void checkGradientSums(
            BatchNormalization twin, int lines, int channels, Random random, String what) {
        float[] x = Seeds.floats(random, lines * channels);
        float[] y = Seeds.floats(random, lines * channels);
        float[] dy = Seeds.floats(random, lines * channels);
        float[] mean = Seeds.floats(random, channels);
        for (float[] relu : new float[][] {null, y}) {
            float[] passed = dy.clone();
            for (int i = 0; relu != null && i < passed.length; i++) {
                passed[i] = relu[i] > 0f ? passed[i] : 0f;
            }
            double[] expectedSums = new double[channels];
            double[] expectedProducts = new double[channels];
            for (int c = 0; c < channels; c++) {
                for (int first = 0; first < lines; first += 256) {
                    float s = 0f;
                    float t = 0f;
                    for (int line = first; line < Math.min(lines, first + 256); line++) {
                        int at = line * channels + c;
                        s += passed[at];
                        t = Math.fma(passed[at], x[at] - mean[c], t);
                    }
                    expectedSums[c] += s;
                    expectedProducts[c] += t;
                }
            }
            float[] given = dy.clone();
            double[] sums = new double[channels];
            double[] products = new double[channels];
            twin.gradientSums(
                    new Matrix().at(x, 0, lines, channels),
                    relu == null ? null : new Matrix().at(relu, 0, lines, channels),
                    new Matrix().at(given, 0, lines, channels),
                    mean,
                    sums,
                    products,
                    new float[2 * channels]);
            Bits.assertSame(what + "dy", given, passed);
            Bits.assertSame(what + "sums", sums, expectedSums);
            Bits.assertSame(what + "products", products, expectedProducts);
        }
    }

    @ParameterizedTest
    @MethodSource("twins")
    void elementsFollowTheirFormulas(BatchNormalization twin) {
        forAllSizes(twin, BatchNormalizationTest::checkElements);
    }

    private static void checkElements(BatchNormalization twin, int lines, int channels, Random random, String what) {
        float[] x = Seeds.floats(random, lines * channels);
        float[] dy = Seeds.floats(random, lines * channels);
        float[] mean = Seeds.floats(random, channels);
        float[] scale = Seeds.floats(random, channels);
        float[] a = Seeds.floats(random, channels);
        float[] b = Seeds.floats(random, channels);
        float[] normalized = new float[x.length];
        float[] positive = new float[x.length];
        float[] gradient = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % channels;
            normalized[i] = Math.fma(x[i] - mean[c], scale[c], b[c]);
            positive[i] = normalized[i] < 0f ? 0f : normalized[i];
            gradient[i] = Math.fma(x[i] - mean[c], a[c], Math.fma(dy[i], scale[c], b[c]));
        }
        float[] y = new float[x.length];
        Matrix inputs = new Matrix().at(x, 0, lines, channels);
        Matrix outputs = new Matrix().at(y, 0, lines, channels);
        twin.normalize(inputs, mean, scale, b, false, outputs);
        Bits.assertSame(what + "normalised", y, normalized);
        twin.normalize(inputs, mean, scale, b, true, outputs);
        Bits.assertSame(what + "normalised, ReLU", y, positive);
        twin.inputGradient(inputs, mean, scale, a, b, new Matrix().at(dy, 0, lines, channels));
        Bits.assertSame(what + "dx", dy, gradient);
    }
}
