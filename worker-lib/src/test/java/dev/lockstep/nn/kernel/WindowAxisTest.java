package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where windows lie: worked out by hand. (The oracles of convolution and pooling take the axis as it is.) */
class WindowAxisTest {

    @ParameterizedTest
    @CsvSource({
        // input, kernel, stride, dilation; padding before, windows, positions from the first to the last
        "5, 3, 1, 1,  1, 5, 7",
        "5, 2, 1, 1,  0, 5, 6", // one position of padding: at the end
        "6, 3, 2, 1,  0, 3, 7",
        "5, 3, 2, 1,  1, 3, 7",
        "7, 4, 3, 1,  1, 3, 10", // three positions: one before, two after
        "4, 3, 1, 2,  2, 4, 8",
        "6, 1, 2, 1,  0, 3, 5",
        "2, 5, 3, 1,  1, 1, 5",
        "1, 1, 1, 1,  0, 1, 1"
    })
    void sameSpreadsThePaddingAndLeavesTheOddOneToTheEnd(
            int input, int kernel, int stride, int dilation, int padding, int output, int padded) {
        WindowAxis axis = WindowAxis.same(input, kernel, stride, dilation);
        assertThat(axis.padding()).isEqualTo(padding);
        assertThat(axis.output()).isEqualTo(output);
        assertThat(axis.padded()).isEqualTo(padded);
    }

    @ParameterizedTest
    @CsvSource({"5, 3, 1, 1, 3", "6, 3, 2, 1, 2", "7, 3, 2, 1, 3", "5, 3, 1, 2, 1", "4, 4, 9, 1, 1"})
    void validLiesInside(int input, int kernel, int stride, int dilation, int output) {
        WindowAxis axis = WindowAxis.valid(input, kernel, stride, dilation);
        assertThat(axis.padding()).isZero();
        assertThat(axis.output()).isEqualTo(output);
        assertThat(axis.first(output - 1) + (kernel - 1) * dilation).isLessThan(input);
    }
}
