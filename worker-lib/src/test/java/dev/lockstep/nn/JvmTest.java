package dev.lockstep.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JvmTest {
    /** Says what it was given, and waits if asked to. */
    static final class Speaker {
        private Speaker() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("= " + System.getProperty("word") + " " + arguments[0]);
            System.err.println("aside");
            Thread.sleep(Long.parseLong(arguments[1]));
            System.exit(3);
        }
    }

    @Test
    void givesAllThatWasPrintedAndTheExitCode() throws Exception {
        Jvm.Outcome outcome = Jvm.run(List.of("-Dword=one"), Speaker.class, "two", "0");
        assertThat(outcome.results()).containsExactly("= one two");
        assertThat(outcome.output()).contains("aside");
        assertThat(outcome.exitCode()).isEqualTo(3);
    }

    @Test
    @Timeout(120)
    void oneThatHangsIsEnded() {
        Duration limit = Duration.ofSeconds(1);
        assertThatThrownBy(() -> Jvm.run(limit, List.of(), Speaker.class, "two", "600000"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Speaker ran for more than PT1S");
    }
}
