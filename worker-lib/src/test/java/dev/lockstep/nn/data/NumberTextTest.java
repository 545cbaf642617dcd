package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {
    @Test
    void readsWhatParseDoubleReads() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            String text =
                    switch (i % 4) {
                        case 0 ->
                            new BigDecimal(new java.math.BigInteger(1 + random.nextInt(70), random), random.nextInt(25))
                                    .toPlainString();
                        case 1 -> Double.toString(random.nextGaussian());
                        case 2 -> Double.toString(Double.longBitsToDouble(random.nextLong() >>> 2));
                        default -> Integer.toString(random.nextInt());
                    };
            assertThat(NumberText.parse(text)).as(text).isEqualTo(Double.parseDouble(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "+5",
                ".5",
                "5.",
                "007",
                "1e3",
                "1E-3",
                "9007199254740993",
                "0.1",
                "123456789012345678",
                "999999999999999999",
                "0.00000000000000000000001",
                "3.000e+00"
            })
    void readsAllForms(String text) {
        assertThat(Double.doubleToRawLongBits(NumberText.parse("  " + text + "\t")))
                .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "-", "1d", "1f", "0x1p3", "1,5", "1 2", "--1", "1.2.3", "e5", "one", "1_000"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> NumberText.parse(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void readsWhatIsNoNumber() {
        assertThat(NumberText.parse("NaN")).isNaN();
        assertThat(NumberText.parse("-INF")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(NumberText.parse("Infinity")).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
