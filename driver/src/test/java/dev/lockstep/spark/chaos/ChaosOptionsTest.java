package dev.lockstep.spark.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosOptionsTest {
    private static final Path RUNS = Path.of("project", "runs");

    @Test
    void defaults() {
        ChaosOptions options = ChaosOptions.parse();
        assertThat(options.duration()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.jobNames()).isEqualTo("allreduce averaging driver diloco");
        assertThat(options.folder(RUNS)).isEqualTo(RUNS.resolve("chaos-1"));
        assertThat(options.undisturbed()).isNull();
    }

    @Test
    void allCanBeChosen() {
        ChaosOptions options = ChaosOptions.parse(
                "--minutes",
                "0.5",
                "--seed",
                "7",
                "--jobs",
                " diloco  driver",
                "--dir",
                "here",
                "--undisturbed",
                "there");
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.seed()).isEqualTo(7);
        assertThat(options.jobs()).containsExactly(ChaosJob.DILOCO, ChaosJob.DRIVER);
        assertThat(options.folder(RUNS)).isEqualTo(Path.of("here"));
        assertThat(options.undisturbed()).isEqualTo("there");
    }

    @Test
    void jobsTakeTurnsAndSeedsBeginWithDifferentOnes() {
        ChaosOptions first = ChaosOptions.parse("--jobs", "allreduce averaging driver");
        assertThat(first.job(1)).isEqualTo(ChaosJob.ALLREDUCE);
        assertThat(first.job(2)).isEqualTo(ChaosJob.AVERAGING);
        assertThat(first.job(4)).isEqualTo(ChaosJob.ALLREDUCE);
        assertThat(ChaosOptions.parse("--seed", "2").job(1)).isEqualTo(ChaosJob.AVERAGING);
        assertThat(ChaosOptions.parse("--seed", "0").job(2)).isEqualTo(ChaosJob.ALLREDUCE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--minutes      | --minutes needs a value",
                "--minutes ten  | --minutes ten: expected a number",
                "--seed -1      | --seed -1: expected a whole number",
                "--seed 1.5     | --seed 1.5: expected a whole number",
                "--jobs tree    | --jobs tree: expected some of allreduce, averaging, driver, diloco",
                "--time 3       | unknown argument --time (--minutes, --seed, --jobs, --dir, --undisturbed)",
            })
    void anErrorIsOneLine(String line, String message) {
        assertThatThrownBy(() -> ChaosOptions.parse(line.split(" ")))
                .isInstanceOf(ChaosException.class)
                .hasMessage(message);
    }
}
