package dev.lockstep.nn.data.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueCountsTest {
    private static ValueCounts of(double... values) {
        ValueCounts counts = new ValueCounts();
        for (double value : values) {
            counts.add(value);
        }
        return counts;
    }

    @Test
    void fewNumbersAreExact() {
        assertThat(of(3, -1, 2).median()).isEqualTo(2);
        assertThat(of(3, -1, 2, 10).median()).isEqualTo(2.5);
        assertThat(of(-5).median()).isEqualTo(-5);
        assertThat(of(Double.MAX_VALUE, Double.MAX_VALUE).median()).isEqualTo(Double.MAX_VALUE);
        assertThat(of(7, -2, -2, 7, 1).mostFrequent())
                .as("the least of several")
                .isEqualTo(-2);
        ValueCounts ten = of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(ten.quantile(1, 4)).isEqualTo(3);
        assertThat(ten.quantile(1, 2)).isEqualTo(5);
        assertThat(ten.quantile(3, 4)).isEqualTo(8);
    }

    @Test
    void manyNumbersAreNearAndDoNotDependOnGrouping() {
        Random random = new Random(2);
        double[] values = new double[60_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian() * 1e3;
        }
        ValueCounts whole = of(values);
        ValueCounts merged = new ValueCounts();
        for (int from = 0; from < values.length; ) {
            int to = Math.min(values.length, from + 1 + random.nextInt(30_000));
            ValueCounts part = of(Arrays.copyOfRange(values, from, to));
            if (random.nextBoolean()) {
                merged.merge(part);
            } else {
                part.merge(merged);
                merged = part;
            }
            from = to;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        for (int tenth = 1; tenth < 10; tenth++) {
            double exact = sorted[values.length * tenth / 10 - 1];
            assertThat(whole.quantile(tenth, 10)).isCloseTo(exact, within(Math.abs(exact) / 500));
            assertThat(merged.quantile(tenth, 10)).isEqualTo(whole.quantile(tenth, 10));
        }
        assertThat(merged.median()).isEqualTo(whole.median());
        assertThatThrownBy(whole::mostFrequent)
                .hasMessage("missing: mostFrequent counts at most 16384 distinct numbers, the training rows have"
                        + " more; use median or mean");
    }
}
