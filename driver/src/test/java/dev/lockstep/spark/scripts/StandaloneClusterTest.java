package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        String properties =
                Files.createFile(folder.resolve("secure.conf")).toRealPath().toString();
        try (cluster) {
            assertThat(cluster.url()).matches("spark://127\\.0\\.0\\.1:\\d+");
            assertThat(cluster.control("status").expectSuccess().lastLine())
                    .isEqualTo(cluster.url() + " 2 workers alive of 2 workers, 1 cores, 1g");
            assertThat(cluster.control("start", "--workers", "2", "--memory", "1g")
                            .expectSuccess()
                            .lastLine())
                    .isEqualTo(cluster.url());
            assertThat(started(cluster, "--workers", "3"))
                    .isEqualTo("scripts/cluster: a cluster of 2 workers, 1 cores, 1g runs already, not 3 workers, 1"
                            + " cores, 1g: scripts/cluster stop ends it\n");
            assertThat(started(cluster, "--properties-file", properties))
                    .contains("runs already, not 2 workers, 1 cores, 1g, --properties-file " + properties + ":");
            assertThat(started(cluster, "--host", "127.0.0.2"))
                    .contains("runs already, not 2 workers, 1 cores, 1g, --host 127.0.0.2:");
            assertThat(started(cluster, "--port", "1"))
                    .contains("runs already at " + cluster.url() + ", not at --port 1:");

            ProcessHandle process = cluster.worker(2).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            assertThat(started(cluster))
                    .contains("of the cluster at " + cluster.url() + " the worker-2 has died: scripts/cluster repair");
            assertThat(cluster.control("repair").expectSuccess().err()).contains("started the worker-2 again");
            assertThat(cluster.control("status").expectSuccess().out()).contains(" 2 workers alive of 2 workers");
            assertThat(folder.resolve("worker-2.earlier.log"))
                    .as("the log of the one that died")
                    .content()
                    .contains("Successfully registered with master");
        }
        assertThat(cluster.control("status").exitCode()).isEqualTo(1);
    }

    /** What start says, which refuses. */
    private static String started(StandaloneCluster cluster, String... options) {
        List<String> arguments = new ArrayList<>(List.of("start", "--workers", "2", "--memory", "1g"));
        arguments.addAll(List.of(options));
        Scripts.Result result = cluster.control(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).isEqualTo(1);
        return result.err();
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
