package dev.lockstep.nn.data.column;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactMomentsTest {
    private static final double[] AWKWARD = {
        0,
        -0.0,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        1e-300,
        -1.0,
        0.1,
        1_700_000_000,
        1_700_000_001,
        1e300,
        -1e300,
        Double.MAX_VALUE,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
    };

    private static double[] values(int count) {
        Random random = new Random(4);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = i % 5 == 0
                    ? AWKWARD[i / 5 % AWKWARD.length]
                    : random.nextGaussian() * StrictMath.pow(10, random.nextInt(600) - 300);
        }
        return values;
    }

    private static ExactMoments of(double... values) {
        ExactMoments moments = new ExactMoments();
        for (double value : values) {
            moments.add(value);
        }
        return moments;
    }

    @Test
    void areThoseOfExactArithmetic() {
        double[] values = values(300);
        MathContext precise = new MathContext(2000);
        BigDecimal n = BigDecimal.valueOf(values.length);
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal squares = BigDecimal.ZERO;
        for (double value : values) {
            BigDecimal exact = new BigDecimal(value);
            sum = sum.add(exact);
            squares = squares.add(exact.multiply(exact));
        }
        BigDecimal mean = sum.divide(n, precise);
        BigDecimal variance = squares.divide(n, precise).subtract(mean.multiply(mean));
        ExactMoments moments = of(values);
        assertThat(moments.mean()).isEqualTo(mean.doubleValue());
        assertThat(moments.variance()).isEqualTo(variance.doubleValue());
        assertThat(moments.count()).isEqualTo(300);
    }

    @Test
    void neitherOrderNorGroupingShows() {
        double[] values = values(200);
        ExactMoments whole = of(values);
        ExactMoments pieces = new ExactMoments();
        for (int to = values.length; to > 0; to -= 7) {
            ExactMoments piece = new ExactMoments();
            for (int i = Math.max(0, to - 7); i < to; i++) {
                piece.add(values[i]);
            }
            piece.merge(pieces);
            pieces = piece;
        }
        assertThat(pieces.mean()).isEqualTo(whole.mean());
        assertThat(pieces.variance()).isEqualTo(whole.variance());
    }

    /** What one number cancels, the sum of squares in floating point would lose. */
    @Test
    void numbersFarFromZeroLoseNothing() {
        ExactMoments moments = of(1_700_000_000, 1_700_000_001, 1_700_000_002);
        assertThat(moments.mean()).isEqualTo(1_700_000_001);
        assertThat(moments.variance()).isEqualTo(2.0 / 3);
        assertThat(of(1e300, 3, -1e300).mean()).isEqualTo(1);
    }

    @Test
    void aNumberMayBeAddedManyTimes() {
        ExactMoments repeated = of(1.5, -2);
        repeated.add(0.1, 3);
        ExactMoments one = of(1.5, -2, 0.1, 0.1, 0.1);
        assertThat(repeated.mean()).isEqualTo(one.mean());
        assertThat(repeated.variance()).isEqualTo(one.variance());
        assertThat(repeated.count()).isEqualTo(5);
    }
}
