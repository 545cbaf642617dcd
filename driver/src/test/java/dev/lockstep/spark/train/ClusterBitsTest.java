package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.cli.CommandLineRun;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.scripts.ClusterSession;
import dev.lockstep.spark.scripts.Scripts;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line gives the known bits on a standalone cluster of processes: with the scalar kernels in this JVM's
 * sessions, with those of vectors in what {@code scripts/lockstep} starts.
 */
@Tag("cluster")
class ClusterBitsTest {
    /** One of each kind of message; the others have been seen in one process ({@link BitsTest}). */
    private static final List<SmallJob.Mode> MODES = List.of(
            SmallJob.Mode.GRADIENT,
            SmallJob.Mode.ALLREDUCE,
            SmallJob.Mode.BFLOAT16_ALLREDUCE,
            SmallJob.Mode.TOP_K_ALLREDUCE,
            SmallJob.Mode.AVERAGING);

    /** Spark's authentication and encryption, which everything that travels between the ranks has to take part in. */
    private static final String[] ENCRYPTION = {
        "spark.authenticate", "true",
        "spark.authenticate.secret", "a-secret-of-this-test",
        "spark.network.crypto.enabled", "true",
        "spark.master.rest.enabled", "false"
    };

    @TempDir
    private Path folder;

    @Test
    void oneExecutorTrainsTheKnownBits() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        String distributed;
        try (ClusterSession session = ClusterSession.start(folder.resolve("cluster"), 1)) {
            session.awaitExecutors();
            for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE)) {
                trainsToTheKnownBits(rows, mode);
            }
            distributed = distributed(rows, "executors");
        }
        try (SparkSession session = LocalSession.start(2)) {
            assertThat(distributed(rows, "local")).isEqualTo(distributed);
        }
    }

    /** A model with a posterior, and its figures over samples: the distribution travels to where the rows are. */
    private String distributed(Path rows, String name) throws IOException {
        String text = SmallJob.text(rows.toString(), "csv", SmallJob.Mode.GRADIENT);
        String job = Files.writeString(folder.resolve("posterior.yaml"), text).toString();
        String model = folder.resolve("posterior-" + name).toString();
        String said = here("train", job, "--set", "output.dir=" + model, "--set", "train.posterior=laplace");
        String evaluated = here("evaluate", model, "--job", job, "--json", "--samples", "3");
        return said.substring(said.lastIndexOf(' ')) + evaluated;
    }

    @Test
    void threeExecutorsTrainTheKnownBits() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        try (ClusterSession session = ClusterSession.start(folder.resolve("cluster"), 3)) {
            session.awaitExecutors();
            for (SmallJob.Mode mode : MODES) {
                trainsToTheKnownBits(rows, mode);
            }
        }
    }

    /** Encrypted, in this JVM and by what spark-submit starts from the packaged jar. */
    @Test
    void twoExecutorsThatEncryptTrainTheKnownBits() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ENCRYPTION.length; i += 2) {
            lines.append(ENCRYPTION[i]).append(' ').append(ENCRYPTION[i + 1]).append('\n');
        }
        String properties =
                Files.writeString(folder.resolve("spark.properties"), lines).toString();
        try (StandaloneCluster cluster =
                StandaloneCluster.start(folder.resolve("cluster"), 2, "--properties-file", properties)) {
            trainsToTheKnownBits(
                    rows,
                    SmallJob.Mode.ALLREDUCE,
                    "--master",
                    cluster.url(),
                    "--executor-memory",
                    "512m",
                    "--properties-file",
                    properties);
            try (ClusterSession session = ClusterSession.on(cluster, 2, ENCRYPTION)) {
                session.awaitExecutors();
                // Spark's channel and the ranks' own.
                for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE)) {
                    trainsToTheKnownBits(rows, mode);
                }
            }
        }
        assertThat(figures(folder.resolve("model-ALLREDUCE-submitted")))
                .isEqualTo(figures(folder.resolve("model-GRADIENT")));
    }

    /** Trains by {@code scripts/lockstep} with some options, or by this JVM's session if there are none. */
    private void trainsToTheKnownBits(Path rows, SmallJob.Mode mode, String... options) throws IOException {
        Path job = Files.writeString(folder.resolve(mode + ".yaml"), SmallJob.text(rows.toString(), "csv", mode));
        Path model = folder.resolve("model-" + mode + (options.length == 0 ? "" : "-submitted"));
        List<String> command = new ArrayList<>(List.of(options));
        command.addAll(List.of("train", job.toString(), "--set", "output.dir=" + model));
        String[] arguments = command.toArray(String[]::new);
        assertThat(options.length == 0 ? here(arguments) : submitted(arguments))
                .isEqualTo("model " + model + " sha256 " + mode.sha256());
        Path byDriver = folder.resolve("model-" + mode.byDriver());
        if (Files.exists(byDriver)) {
            assertThat(figures(model)).as("figures of %s", mode).isEqualTo(figures(byDriver));
        }
    }

    private static String here(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().strip();
    }

    private static String submitted(String... arguments) {
        return Scripts.run("lockstep", arguments).expectSuccess().lastLine();
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
