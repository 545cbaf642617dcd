package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.scripts.Scripts;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line gives the known bits: on a standalone cluster of processes, and with the scalar kernels. */
@Tag("cluster")
class ClusterBitsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void standaloneWorkersDoNotMatter(int workers) throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), workers)) {
            List<SmallJob.Mode> modes = List.of(SmallJob.Mode.values());
            for (SmallJob.Mode mode : workers == 2 ? modes : modes.subList(0, 1)) {
                if (mode == SmallJob.Mode.ALLREDUCE) {
                    continue;
                }
                trainsToTheKnownBits(rows, mode, "--master", cluster.url(), "--executor-memory", "512m");
            }
        }
    }

    @Test
    void scalarKernelsDoNotMatter() throws IOException {
        Path rows = SmallJob.write(folder, 1, 8);
        trainsToTheKnownBits(rows, SmallJob.Mode.GRADIENT, "--driver-java-options", "-Dlockstep.kernels=scalar");
    }

    private void trainsToTheKnownBits(Path rows, SmallJob.Mode mode, String... options) throws IOException {
        Path job = Files.writeString(folder.resolve(mode + ".yaml"), SmallJob.text(rows.toString(), "csv", mode));
        Path model = folder.resolve("model-" + mode);
        List<String> command = new ArrayList<>(List.of(options));
        command.addAll(List.of("train", job.toString(), "--set", "output.dir=" + model));
        Scripts.Result result =
                Scripts.run("lockstep", command.toArray(String[]::new)).expectSuccess();
        assertThat(result.lastLine()).isEqualTo("model " + model + " sha256 " + mode.sha256());
    }
}
