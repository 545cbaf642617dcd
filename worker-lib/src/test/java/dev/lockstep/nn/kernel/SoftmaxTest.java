package dev.lockstep.nn.kernel;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link Softmax}, in bits, against rows computed from its text; both twins. */
class SoftmaxTest {
    private static final int[] COLUMNS = {1, 2, 10, 15, 16, 17, 33, 100, 1000};
    private static final int ROWS = 4;

    static Stream<Softmax> twins() {
        return Stream.of(new ScalarSoftmax(new ScalarReductions()), new SimdSoftmax(new SimdReductions()));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void rowsHaveTheBitsOfTheText(Softmax softmax) {
        for (int columns : COLUMNS) {
            Random random = Seeds.random(columns);
            for (boolean wild : new boolean[] {false, true}) {
                check(softmax, columns, rows(random, columns + 2, wild), rows(random, columns + 3, wild));
            }
        }
    }

    private static float[] rows(Random random, int width, boolean wild) {
        return wild ? Seeds.wildFloats(random, ROWS * width) : Seeds.floats(random, ROWS * width);
    }

    private static void check(Softmax softmax, int columns, float[] x, float[] dy) {
        int ldx = columns + 2;
        int lddy = columns + 3;
        float[] expected = new float[ROWS * columns];
        float[] expectedGradient = new float[ROWS * columns];
        double[] expectedLogs = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int at = row * columns;
            expectedLogs[row] = softmax(columns, x, row * ldx, expected, at);
            float d = OrderedSums.dot(dy, row * lddy, expected, at, columns);
            for (int j = 0; j < columns; j++) {
                expectedGradient[at + j] = expected[at + j] * (dy[row * lddy + j] - d);
            }
        }
        float[] y = new float[ROWS * columns];
        float[] yWithLogs = new float[ROWS * columns];
        float[] dx = new float[ROWS * columns];
        double[] logs = new double[ROWS];
        double[] logsAlone = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int at = row * columns;
            softmax.softmax(x, row * ldx, y, at, columns);
            logs[row] = softmax.softmaxLogSumExp(x, row * ldx, yWithLogs, at, columns);
            logsAlone[row] = softmax.logSumExp(x, row * ldx, columns);
            System.arraycopy(dy, row * lddy, dx, at, columns);
            softmax.softmaxBackward(expected, at, dx, at, columns);
        }
        String of = softmax.getClass().getSimpleName() + " of " + columns + " columns: ";
        Bits.assertSame(of + "y", y, expected);
        Bits.assertSame(of + "y beside the logarithms", yWithLogs, expected);
        Bits.assertSame(of + "logarithms", logs, expectedLogs);
        Bits.assertSame(of + "logarithms alone", logsAlone, expectedLogs);
        Bits.assertSame(of + "dx", dx, expectedGradient);
    }

    /** One row by the text of {@link Softmax}; returns its log-sum-exp. */
    private static double softmax(int columns, float[] x, int xOffset, float[] y, int yOffset) {
        float m = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < columns; j++) {
            if (!Float.isNaN(x[xOffset + j])) {
                m = Math.max(m, x[xOffset + j]);
            }
        }
        m = Float.isInfinite(m) ? 0f : m;
        for (int j = 0; j < columns; j++) {
            y[yOffset + j] = ScalarMath.exp(x[xOffset + j] - m);
        }
        float s = OrderedSums.sum(y, yOffset, columns);
        for (int j = 0; j < columns; j++) {
            y[yOffset + j] /= s;
        }
        return (double) m + (double) ScalarMath.log(s);
    }
}
