package dev.lockstep.spark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HangDetectorTest {
    private long seconds;
    private final HangDetector detector = new HangDetector(
            Duration.ofSeconds(300), () -> Duration.ofSeconds(seconds).toNanos());

    private boolean hangsAfter(long passed, long sign) {
        seconds += passed;
        return detector.hangs(sign);
    }

    @Test
    void aNewSignOfLifeBeginsTheTimeAnew() {
        assertThat(hangsAfter(299, 7)).isFalse();
        assertThat(hangsAfter(299, 7)).isFalse();
        assertThat(hangsAfter(0, 8)).isFalse();
        assertThat(hangsAfter(299, 8)).isFalse();
        assertThat(hangsAfter(1, 8)).isTrue();
    }

    @Test
    void noSignAtAllIsAHangToo() {
        assertThat(hangsAfter(299, 0)).isFalse();
        assertThat(hangsAfter(1, 0)).isTrue();
    }
}
