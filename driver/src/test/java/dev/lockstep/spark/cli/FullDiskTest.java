package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.spark.LocalSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system that is full ends a run with an error of one line; when there is room again the same command resumes
 * and ends in the same bits. The file system is a small one of Linux's in memory, which only root may mount.
 */
class FullDiskTest {
    private static final int ROWS = 40_000;

    @TempDir
    private Path folder;

    private Path small;
    private SparkSession spark;

    /** Mounts a file system of some pages of memory. */
    private void mount(String size) throws IOException {
        small = Files.createDirectory(folder.resolve("small"));
        String failure = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", small.toString());
        if (failure != null) {
            small = null;
            Assumptions.abort("a small file system cannot be mounted here: " + failure);
        }
    }

    private void enlarge(String size) throws IOException {
        assertThat(run("mount", "-o", "remount,size=" + size, small.toString())).isNull();
    }

    /** What a command says if it fails, else null. */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? null : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void start(String... properties) {
        spark = LocalSession.start(2, properties);
    }

    @AfterEach
    void stop() throws IOException {
        if (spark != null) {
            spark.stop();
        }
        if (small != null) {
            assertThat(run("umount", small.toString())).isNull();
        }
    }

    private CommandLineRun train(Path job, Path output, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("train", job.toString(), "--set", "output.dir=" + output));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static String sha256(CommandLineRun run) {
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().strip().replaceFirst(".* sha256 ", "");
    }

    private static String error(CommandLineRun run) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        List<String> errors =
                run.err().lines().filter(line -> line.startsWith("error: ")).toList();
        assertThat(errors).as(run.err()).hasSize(1);
        return errors.get(0);
    }

    @Test
    void checkpoints() throws IOException {
        mount("80k");
        start();
        Path job = RandomRows.job(folder, 400);
        String expected = sha256(train(job, folder.resolve("whole")));
        String checkpoints = "checkpoint={every: {rounds: 1}, keep: 100, dir: '" + small + "/checkpoints'}";
        CommandLineRun full = train(job, folder.resolve("model"), checkpoints);
        assertThat(error(full))
                .matches("error: " + small + "/checkpoints/checkpoint-0000000000\\d\\d\\.safetensors: cannot write the"
                        + " checkpoint: No space left on device");
        List<Long> steps = CheckpointFiles.steps(new LocalDirectory(small.resolve("checkpoints")));
        assertThat(steps.get(0)).isBetween(1L, 15L);

        enlarge("8m");
        CommandLineRun resumed = train(job, folder.resolve("model"), checkpoints);
        assertThat(sha256(resumed)).isEqualTo(expected);
        assertThat(resumed.err())
                .contains("resuming from a checkpoint: ", " " + steps.get(0) + " steps trained")
                .doesNotContain("note: ");
    }

    @Test
    void theModel() throws IOException {
        mount("64k");
        start();
        Path job = RandomRows.job(folder, 400);
        String expected = sha256(train(job, folder.resolve("whole")));
        String checkpoints = "checkpoint={every: {epochs: 1}, dir: '" + folder + "/checkpoints'}";
        Path output = Files.createDirectory(small.resolve("model"));
        // What is left has room for the metrics and the job, not for 5 KB of weights more.
        Path filler = Files.write(small.resolve("filler"), new byte[(64 - 16) << 10]);
        assertThat(error(train(job, output, checkpoints)))
                .isEqualTo("error: " + output + ": cannot write the model: No space left on device");
        assertThat(output.resolve("model.json")).doesNotExist();

        Files.delete(filler);
        CommandLineRun resumed = train(job, output, checkpoints);
        assertThat(sha256(resumed)).isEqualTo(expected);
        assertThat(resumed.err()).contains("resuming from a checkpoint: 2 epochs");
    }

    /** Rows that fit neither in Spark's memory nor on the disk behind it. */
    @Test
    void spill() throws IOException {
        mount("12m");
        start(
                "spark.local.dir", small.toString(),
                "spark.testing.memory", "15000000",
                "spark.testing.reservedMemory", "0");
        Path job = RandomRows.job(folder, ROWS);
        assertThat(error(train(job, folder.resolve("model"))))
                .isEqualTo(
                        "error: No space left on device: the disk for data that do not fit in memory (spark.local.dir)"
                                + " is full on localhost executor driver");

        enlarge("64m");
        String spilled = sha256(train(job, folder.resolve("model")));
        spark.stop();
        start("spark.local.dir", folder.toString());
        assertThat(spilled).isEqualTo(sha256(train(job, folder.resolve("whole"))));
    }
}
