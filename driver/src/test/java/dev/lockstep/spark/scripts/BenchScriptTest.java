package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code scripts/bench} with a single workload, for a machine to read. */
@Tag("cluster")
@Tag("long")
class BenchScriptTest {
    @Test
    void aWorkloadIsALineOfJson() throws IOException {
        Scripts.Result result = Scripts.run(
                        "bench", "--workload", "W6", "--infer", "--batch", "32", "--shards", "8", "--seconds", "1")
                .expectSuccess();
        assertThat(result.out().lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(result.out());
        assertThat(line.path("workload").asText()).isEqualTo("W6");
        assertThat(line.path("mode").asText()).isEqualTo("infer");
        assertThat(line.path("batch").asInt()).isEqualTo(32);
        assertThat(line.path("shards").asInt()).isEqualTo(8);
        for (String figure : List.of("samplesPerSecond", "cpuShare", "samplesPerCpuSecond", "gflops", "peakShare")) {
            assertThat(line.path(figure).asDouble()).as(figure).isPositive().isFinite();
        }
    }

    @Test
    void aBadOptionIsAnErrorThatNamesTheGoodOnes() {
        assertThat(refused("--workload", "W9"))
                .isEqualTo("error: --workload: expected one of [W1, W2, W3, W4, W5, W6], got W9\n");
        assertThat(refused("--workload", "W1", "--optimizer", "lamb"))
                .isEqualTo("error: --optimizer: expected sgd or adam, got lamb\n");
        assertThat(refused("--workload", "W1", "--bach", "3"))
                .startsWith("error: unknown option --bach; known are --workload, --optimizer, ")
                .hasLineCount(1);
        assertThat(refused("--batch", "3"))
                .isEqualTo("scripts/bench: --batch: expected --workload W1 to W6, --kernels or a number of seconds\n");
    }

    /** What the script says, which refuses. */
    private static String refused(String... options) {
        Scripts.Result result = Scripts.run("bench", options);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.out()).isEmpty();
        return result.err();
    }
}
