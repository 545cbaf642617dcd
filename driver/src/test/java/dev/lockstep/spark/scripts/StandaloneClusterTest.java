package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class StandaloneClusterTest {
    @Test
    void startsTellsItsStateAndStops(@TempDir Path folder) {
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
        }
        assertThat(cluster.control("status").exitCode()).isEqualTo(1);
    }

    @Test
    void refusesWhatItDoesNotUnderstandInOneLine() {
        assertThat(Scripts.run("cluster", "start", "--workers", "two").err())
                .isEqualTo("scripts/cluster: --workers two: expected a number from 1\n");
        assertThat(Scripts.run("lockstep", "train", "--conf").err())
                .isEqualTo("scripts/lockstep: --conf needs a value\n");
    }
}
