package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.report.MetricsFile;
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

/** The command line gives the known bits: on a standalone cluster of processes, and with the scalar kernels. */
@Tag("cluster")
class ClusterBitsTest {
    /** One of each kind of message; the others have been seen in one process ({@link BitsTest}). */
    private static final List<SmallJob.Mode> MODES = List.of(
            SmallJob.Mode.GRADIENT,
            SmallJob.Mode.ALLREDUCE,
            SmallJob.Mode.BFLOAT16_ALLREDUCE,
            SmallJob.Mode.TOP_K_ALLREDUCE,
            SmallJob.Mode.AVERAGING);

    @TempDir
    private Path folder;

    @Test
    void oneWorkerTrainsTheKnownBits() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 1)) {
            for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE)) {
                trainsToTheKnownBits(rows, mode, "--master", cluster.url(), "--executor-memory", "512m");
            }
        }
    }

    /** With Spark's authentication and encryption on, which everything that travels between the ranks has to take part in. */
    @Test
    void twoWorkersTrainTheKnownBits() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        String properties =
                Files.writeString(folder.resolve("spark.properties"), """
                    spark.authenticate true
                    spark.authenticate.secret a-secret-of-this-test
                    spark.network.crypto.enabled true
                    spark.master.rest.enabled false
                    """).toString();
        try (StandaloneCluster cluster =
                StandaloneCluster.start(folder.resolve("cluster"), 2, "--properties-file", properties)) {
            for (SmallJob.Mode mode : MODES) {
                trainsToTheKnownBits(
                        rows,
                        mode,
                        "--master",
                        cluster.url(),
                        "--executor-memory",
                        "512m",
                        "--properties-file",
                        properties);
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
        Path byDriver = folder.resolve("model-" + mode.byDriver());
        if (Files.exists(byDriver)) {
            assertThat(figures(model)).as("figures of %s", mode).isEqualTo(figures(byDriver));
        }
    }

    /** What the training has found out about each epoch, without what a clock says. */
    private static List<String> figures(Path model) throws IOException {
        List<String> lines = Files.readAllLines(model.resolve(MetricsFile.NAME));
        assertThat(lines).hasSize(3);
        return lines.stream()
                .map(line -> line.substring(0, line.indexOf("\"seconds\"")))
                .toList();
    }
}
