package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.scripts.YarnCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On YARN, with everything on HDFS: trains in cluster mode past the death of a container, predicts in client mode. */
@Tag("cluster")
@Timeout(900)
class YarnTest {
    private static final String DRIVER = "org.apache.spark.deploy.yarn.ApplicationMaster";
    private static final int WAIT_SECONDS = 300;

    private final List<Process> submitted = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void trainsPastTheDeathOfTheDriverAndPredicts() throws Exception {
        SmallJob.Mode mode = SmallJob.Mode.ALLREDUCE;
        Path rows = SmallJob.write(folder, 3, 4);
        Path job = Files.writeString(folder.resolve("job.yaml"), SmallJob.text("hdfs:///rows", "csv", mode));
        try (YarnCluster cluster = YarnCluster.start(folder)) {
            FileSystem files = FileSystem.get(cluster.configuration());
            files.copyFromLocalFile(path(rows), new org.apache.hadoop.fs.Path("/rows"));
            files.copyFromLocalFile(path(job), new org.apache.hadoop.fs.Path("/job.yaml"));
            FileDirectory model = FileSystems.directory("hdfs:///model", cluster.configuration());
            FileDirectory checkpoints = FileSystems.directory("hdfs:///model/checkpoints", cluster.configuration());

            Process training = start(
                    cluster,
                    Stream.of("--deploy-mode", "cluster", "--num-executors", "1", "--executor-cores", "2"),
                    Stream.of(
                            "train",
                            "hdfs:///job.yaml",
                            "--set",
                            "output.dir=hdfs:///model",
                            "--set",
                            "checkpoint.every.rounds=2"));
            await(cluster, training, checkpoints);
            cluster.container(DRIVER).orElseThrow().destroyForcibly();
            assertThat(training.waitFor()).as("%s", said(cluster)).isZero();
            assertThat(ModelFiles.load(model).description().sha256()).isEqualTo(mode.sha256());
            assertThat(cluster.said("stderr")).contains("resuming from a checkpoint: ");
            assertThat(cluster.said("stdout")).contains("sha256 " + mode.sha256());

            Process prediction = start(
                    cluster,
                    Stream.of("--num-executors", "1"),
                    Stream.of("predict", "hdfs:///model", "--input", "hdfs:///rows", "--output", "hdfs:///predicted"));
            assertThat(prediction.waitFor()).as("%s", said(cluster)).isZero();
            assertThat(lines(FileSystems.directory("hdfs:///predicted", cluster.configuration())))
                    .isEqualTo(SmallJob.lines().size());
        }
    }

    private static org.apache.hadoop.fs.Path path(Path local) {
        return new org.apache.hadoop.fs.Path(local.toUri());
    }

    @AfterEach
    void endWhatWasSubmitted() {
        submitted.forEach(Process::destroyForcibly);
    }

    private Process start(YarnCluster cluster, Stream<String> options, Stream<String> command) throws IOException {
        Process process = cluster.command(options, command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("submitted.log").toFile())
                .start();
        submitted.add(process);
        return process;
    }

    private String said(YarnCluster cluster) throws IOException {
        return Files.readString(folder.resolve("submitted.log")) + cluster.said("stderr");
    }

    /** Waits for a checkpoint of a training that has not ended. */
    private void await(YarnCluster cluster, Process training, FileDirectory checkpoints) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        List<Long> steps = List.of();
        while (steps.isEmpty() || steps.get(0) < 6) {
            if (!training.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("no checkpoint after " + WAIT_SECONDS + " seconds:\n" + said(cluster));
            }
            TimeUnit.MILLISECONDS.sleep(20);
            steps = CheckpointFiles.steps(checkpoints);
        }
    }

    /** Lines of predictions without those of names. */
    private static int lines(FileDirectory predicted) throws IOException {
        int lines = 0;
        for (String name : predicted.list()) {
            if (name.startsWith("part-")) {
                try (InputStream in = predicted.open(name)) {
                    lines += new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n").length - 1;
                }
            }
        }
        return lines;
    }
}
