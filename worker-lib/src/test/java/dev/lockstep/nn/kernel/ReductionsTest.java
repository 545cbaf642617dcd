package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reductions against plain sums in double, and in bits against the order of their text. */
class ReductionsTest {
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 100, 4095, 4096, 4097, 9000};

    static Stream<Reductions> twins() {
        return Stream.of(new ScalarReductions(), new SimdReductions());
    }

    @ParameterizedTest
    @MethodSource("twins")
    void sumsAreThoseOfTheElements(Reductions reductions) {
        for (int length : LENGTHS) {
            Random random = Seeds.random(length);
            float[] x = Seeds.floats(random, length + 3);
            float[] y = Seeds.floats(random, length + 3);
            double sum = 0;
            double magnitude = 0;
            double dot = 0;
            double dotMagnitude = 0;
            double squares = 0;
            for (int i = 0; i < length; i++) {
                double product = (double) x[i + 3] * y[i + 2];
                sum += x[i + 3];
                magnitude += Math.abs(x[i + 3]);
                dot += product;
                dotMagnitude += Math.abs(product);
                squares += (double) x[i + 3] * x[i + 3];
            }
            // A sum of n floats is off by less than n half-units in the last place of the sum of magnitudes.
            double unit = Math.scalb(1.0, -24) * (length + 1);
            String what = Seeds.replay("length " + length);
            assertThat((double) reductions.sum(x, 3, length)).as(what).isCloseTo(sum, within(unit * magnitude));
            assertThat((double) reductions.dot(x, 3, y, 2, length))
                    .as(what)
                    .isCloseTo(dot, within(unit * dotMagnitude));
            assertThat(reductions.sumOfSquares(x, 3, length)).as(what).isCloseTo(squares, within(1e-11 * squares));
        }
    }

    /** The order is part of the format: a change of it changes every model. */
    @ParameterizedTest
    @MethodSource("twins")
    void sumsHaveTheBitsOfTheOrder(Reductions reductions) {
        for (int length : LENGTHS) {
            Random random = Seeds.random(length);
            float[] x = Seeds.floats(random, length + 3);
            float[] y = Seeds.floats(random, length + 3);
            Bits.assertSame(
                    "sum, dot and squares of " + length,
                    new double[] {
                        reductions.sum(x, 3, length),
                        reductions.dot(x, 3, y, 2, length),
                        reductions.sumOfSquares(x, 3, length)
                    },
                    new double[] {
                        OrderedSums.sum(x, 3, length),
                        OrderedSums.dot(x, 3, y, 2, length),
                        OrderedSums.sumOfSquares(x, 3, length)
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("twins")
    void theFirstGreatest(Reductions reductions) {
        float[] x = {9, -1, 4, 7, 7, Float.NaN};
        assertThat(reductions.argMax(x, 1, 5)).isEqualTo(2);
        assertThat(reductions.max(x, 1, 4)).isEqualTo(7f);
        assertThat(reductions.max(x, 1, 5)).isNaN();
        assertThat(reductions.max(x, 1, 0)).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
