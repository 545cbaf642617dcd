package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.scripts.Scripts;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver that runs on the cluster is killed while it trains: Spark starts it again, and it goes on from its
 * checkpoint to the known bits.
 */
@Tag("cluster")
@Timeout(300)
@Tag("long")
class SupervisedDriverTest {
    private static final String DRIVER = "dev.lockstep.spark.cli.Lockstep";
    private static final int WAIT_SECONDS = 120;

    @TempDir
    private Path folder;

    @Test
    void goesOnAfterItsDeath() throws Exception {
        Path rows = SmallJob.write(folder, 3, 4);
        Path model = folder.resolve("model");
        Path job = Files.writeString(
                folder.resolve("job.yaml"), SmallJob.text(rows.toString(), "csv", SmallJob.Mode.GRADIENT));
        try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2)) {
            List<String> options = List.of(
                    "--master",
                    cluster.url(),
                    "--deploy-mode",
                    "cluster",
                    "--supervise",
                    "--driver-memory",
                    "512m",
                    "--executor-memory",
                    "512m");
            List<String> command = List.of(
                    "train", job.toString(), "--set", "output.dir=" + model, "--set", "checkpoint.every.rounds=2");
            Scripts.run(
                            Scripts.quick(folder),
                            "lockstep",
                            Stream.concat(options.stream(), command.stream()).toList())
                    .expectSuccess();
            await(() -> newestStep(model.resolve("checkpoints")) >= 6);
            cluster.child(DRIVER, "train").destroyForcibly();
            assertThat(newestStep(model.resolve("checkpoints"))).isLessThan(30);
            await(() -> Files.exists(model.resolve(ModelFiles.DESCRIPTION)));
            assertThat(sha256(model)).isEqualTo(SmallJob.Mode.GRADIENT.sha256());
            assertThat(said()).contains("resuming from a checkpoint: ");
        }
    }

    private static long newestStep(Path checkpoints) throws IOException {
        List<Long> steps = CheckpointFiles.steps(new LocalDirectory(checkpoints));
        return steps.isEmpty() ? -1 : steps.get(0);
    }

    private static String sha256(Path model) {
        return ModelFiles.load(new LocalDirectory(model)).description().sha256();
    }

    /** All that drivers have written to their error output. */
    private String said() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cluster"))) {
            StringBuilder said = new StringBuilder();
            for (Path file :
                    files.filter(path -> path.endsWith("stderr")).sorted().toList()) {
                said.append(Files.readString(file));
            }
            return said.toString();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.call()) {
            assertThat(System.nanoTime())
                    .as("waited for %d seconds", WAIT_SECONDS)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
