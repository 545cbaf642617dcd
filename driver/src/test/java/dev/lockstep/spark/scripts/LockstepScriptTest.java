package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar under Spark's launcher: exit codes and errors reach whoever called the script. */
@Tag("cluster")
class LockstepScriptTest {
    @Test
    void handsSparkItsOptionsAndTheRestToTheCommand(@TempDir Path folder) {
        String model = folder.toString();
        Scripts.Result result = Scripts.run(
                "lockstep",
                "evaluate",
                "--master",
                "local[1]",
                model,
                // A JVM takes one collector only.
                "--driver-java-options=-XX:+UseSerialGC",
                "--conf=spark.app.name=inspection");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("error: " + model + "/model.json: the file does not exist");
        assertThat(result.err())
                .startsWith("starting Spark on local[1]\n")
                .as("no stack trace unless asked, nothing of the JVM's own")
                .doesNotContain("\tat ", "WARNING");
    }

    /** Spark's class path alone takes seconds to load. */
    @Test
    void whatDoesNotExistIsSaidWithoutSpark(@TempDir Path folder) {
        String absent = folder.resolve("absent").toString();
        Scripts.Result job =
                Scripts.run("lockstep", "train", absent, "--master", "local[1]", "--set", "train.epochs=1");
        assertThat(job.exitCode()).isEqualTo(1);
        assertThat(job.err())
                .isEqualTo("error: " + absent + ": the job file cannot be read: the file does not exist\n");
        for (String command : List.of("evaluate", "verify")) {
            Scripts.Result model = Scripts.run("lockstep", "-v", command, absent);
            assertThat(model.exitCode()).isEqualTo(1);
            assertThat(model.err())
                    .contains("error: " + absent, "the file does not exist")
                    .doesNotContain("starting Spark");
        }
    }

    @Test
    void showsTheStackTraceOnRequest(@TempDir Path folder) {
        Scripts.Result result =
                Scripts.run("lockstep", "inspect", folder.resolve("absent").toString(), "-v");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("\tat dev.lockstep.");
    }

    @Test
    void badUsageIsAnErrorOfItsOwn() {
        assertThat(Scripts.run("lockstep", "trian").exitCode()).isEqualTo(2);
        Scripts.Result version = Scripts.run("lockstep", "--version").expectSuccess();
        assertThat(version.lastLine()).startsWith("Lockstep ");
    }

    /**
     * A line that says how to resume, and nothing of Spark. By SIGTERM: a shell's background processes ignore the
     * signal of Ctrl-C, which a JVM answers in the same way.
     */
    @Test
    void aBenchmarkFindsTheClassesThatTheDriverJarHasUnderOtherNames() {
        Scripts.Result result = Scripts.run("bench-scoring", "--layer", "4,3");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Unknown options: '--layer', '4,3'");
    }

    @Test
    void saysHowToResumeWhenItIsStopped(@TempDir Path folder) throws Exception {
        Path rows = folder.resolve("rows.csv");
        Files.write(
                rows,
                IntStream.range(0, 100).mapToObj(row -> row + "," + row % 2).toList());
        Path output = folder.resolve("model");
        Path job = folder.resolve("job.yaml");
        Files.writeString(job, """
            data: {train: {path: %s, header: false, label: 1}}
            model: {layers: [dense: 2], loss: crossEntropy}
            train: {epochs: 1000000}
            checkpoint: {every: {epochs: 10}}
            output: {dir: %s}
            """.formatted(rows, output));
        Path err = folder.resolve("err.txt");
        Process process = Scripts.command(
                        Scripts.quick(folder), "lockstep", List.of("train", "--master", "local[2]", job.toString()))
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(err.toFile())
                .start();
        try {
            Path checkpoints = output.resolve("checkpoints");
            for (int look = 0; look < 600 && process.isAlive() && !hasFiles(checkpoints); look++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
            all.add(process.toHandle());
            all.forEach(ProcessHandle::destroy);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(err);
        assertThat(said.lines().toList())
                .last()
                .isEqualTo(
                        "stopped: the same command resumes from the newest checkpoint in " + output + "/checkpoints");
        assertThat(said).doesNotContain("\tat ", "error: ", "Exception");
        assertThat(process.exitValue()).isEqualTo(128 + 15);
    }

    private static boolean hasFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".json"));
        }
    }
}
