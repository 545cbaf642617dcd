package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class StandaloneClusterTest {
    @Test
    void startsTellsItsStateAndStops(@TempDir Path folder) throws IOException {
        StandaloneCluster cluster = StandaloneCluster.start(folder, 2);
        try (cluster) {
            assertThat(cluster.url()).matches("spark://127\\.0\\.0\\.1:\\d+");
            assertThat(cluster.control("status").expectSuccess().lastLine())
                    .isEqualTo(cluster.url() + " 2 workers alive of 2 workers, 1 cores, 1g");
            assertThat(cluster.control("start", "--workers", "2", "--memory", "1g")
                            .expectSuccess()
                            .lastLine())
                    .isEqualTo(cluster.url());
            Scripts.Result other = cluster.control("start", "--workers", "3", "--memory", "1g");
            assertThat(other.exitCode()).isEqualTo(1);
            assertThat(other.err()).contains("2 workers, 1 cores, 1g runs already, not 3 workers, 1 cores, 1g");

            long worker = Long.parseLong(
                    Files.readString(folder.resolve("worker-2.pid")).strip());
            ProcessHandle process = ProcessHandle.of(worker).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            assertThat(cluster.control("repair").expectSuccess().err()).contains("started the worker-2 again");
            assertThat(cluster.control("status").expectSuccess().out()).contains(" 2 workers alive of 2 workers");
        }
        assertThat(cluster.control("status").exitCode()).isEqualTo(1);
    }

    @Test
    void twoStartedAtTheSameMomentAreTwo(@TempDir Path folder) {
        List<StandaloneCluster> clusters = Stream.of("a", "b")
                .map(name -> CompletableFuture.supplyAsync(() -> StandaloneCluster.start(folder.resolve(name), 1)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        try (StandaloneCluster first = clusters.get(0);
                StandaloneCluster second = clusters.get(1)) {
            assertThat(first.url()).isNotEqualTo(second.url());
            for (StandaloneCluster cluster : clusters) {
                assertThat(cluster.control("status").expectSuccess().out())
                        .contains(cluster.url() + " 1 workers alive of 1 workers");
            }
        }
    }

    @Test
    void refusesWhatItDoesNotUnderstandInOneLine() {
        assertThat(Scripts.run("cluster", "start", "--workers", "two").err())
                .isEqualTo("scripts/cluster: --workers two: expected a number from 1\n");
        assertThat(Scripts.run("lockstep", "train", "--conf").err())
                .isEqualTo("scripts/lockstep: --conf needs a value\n");
    }
}
