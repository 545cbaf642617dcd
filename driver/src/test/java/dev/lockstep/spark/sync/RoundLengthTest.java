package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundLengthTest {
    private static final long MILLISECOND = 1_000_000;

    @Test
    void aRoundTakesTwoSecondsUnlessAllElseTakesLong() {
        RoundLength length = new RoundLength();
        int steps = length.steps(1000);
        assertThat(steps).isEqualTo(16);
        // 1 ms a step and 40 ms for all else: 2,000 steps, reached by fourfold growth.
        for (int expected : new int[] {64, 256, 1024, 2000, 2000}) {
            length.took(steps, steps * MILLISECOND, (steps + 40) * MILLISECOND);
            steps = length.steps(100_000);
            assertThat(steps).isEqualTo(expected);
        }
        // A tenth of a second for all else: 5 seconds; four seconds: no more than 20.
        length.took(steps, steps * MILLISECOND, (steps + 100) * MILLISECOND);
        assertThat(length.steps(100_000)).isEqualTo(5000);
        length.took(5000, 5000 * MILLISECOND, 9000 * MILLISECOND);
        assertThat(length.steps(100_000)).isEqualTo(20_000);
        assertThat(length.steps(7)).isEqualTo(7);
        length.took(1, 60_000 * MILLISECOND, 60_000 * MILLISECOND);
        assertThat(length.steps(100)).isEqualTo(1);
    }
}
