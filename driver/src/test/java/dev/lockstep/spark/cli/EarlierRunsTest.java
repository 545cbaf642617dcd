package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.spark.io.DirectoryLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code train} does about a run that is already in the output directory. */
class EarlierRunsTest extends ExampleJobs {
    private static final String EARLIER_RUN =
            " already exists from an earlier run; --overwrite replaces it, --set output.dir=DIR keeps it";

    @Test
    void anEarlierRunIsReplacedOnlyOnDemand() throws IOException {
        Path job = example("csv");
        CommandLineRun first = train(job);
        fails(job, job + ": output.dir: " + temporary.resolve("model/model.json") + EARLIER_RUN);
        assertThat(train(job, "--overwrite").out()).isEqualTo(first.out());
        CommandLineRun other = train(job, "--overwrite", "train.seed=2");
        assertThat(other.code()).isZero();
        assertThat(other.out()).isNotEqualTo(first.out());
    }

    /** A job that cannot begin costs nothing of what it was to replace. */
    @Test
    void anEarlierRunIsReplacedOnlyOnceTheJobIsKnownToFit() throws IOException {
        Path job = example("csv");
        String checkpoints = "checkpoint.every.epochs=1";
        CommandLineRun first = train(job, checkpoints);
        assertThat(first.code()).isZero();
        Map<Path, ByteBuffer> before = files(temporary.resolve("model"));
        assertThat(before).hasSizeGreaterThan(6);
        for (String wrong : List.of(
                "data.train.path=" + temporary.resolve("none.csv"),
                "model.layers.1.dense=2",
                "data.train.features=[none]")) {
            assertThat(train(job, checkpoints, "--overwrite", wrong).err()).contains("error: ");
            assertThat(files(temporary.resolve("model"))).as(wrong).isEqualTo(before);
        }
        assertThat(train(job, checkpoints, "--overwrite").out()).isEqualTo(first.out());
    }

    /** Whether it replaces or resumes. */
    @Test
    void aRunThatIsUnderWayIsLeftAlone() throws IOException {
        Path job = example("csv");
        Path model = temporary.resolve("model");
        try (DirectoryLease running = DirectoryLease.acquire(new LocalDirectory(model), notice -> {})) {
            assertThat(running.directory().list()).isNotEmpty();
            for (String option : List.of("train.seed=1", "--overwrite")) {
                CommandLineRun run = train(job, option);
                assertThat(run.code()).isEqualTo(1);
                assertThat(run.err())
                        .startsWith("error: " + job + ": output.dir: another run writes into " + model + " (process ")
                        .hasLineCount(1);
            }
        }
        Path checkpoints = temporary.resolve("checkpoints");
        try (DirectoryLease running = DirectoryLease.acquire(new LocalDirectory(checkpoints), notice -> {})) {
            assertThat(running.directory().list()).isNotEmpty();
            assertThat(train(job, "checkpoint={every: {epochs: 1}, dir: " + checkpoints + "}")
                            .err())
                    .startsWith("error: checkpoint.dir: another run writes into " + checkpoints + " (process ")
                    .hasLineCount(1);
        }
        assertThat(model).doesNotExist();
        assertThat(train(job).code()).isZero();
        assertThat(model.resolve(DirectoryLease.NAME)).doesNotExist();
    }

    @Test
    void filesOfOthersAreNotReplaced() throws IOException {
        Path job = example("csv");
        assertThat(train(job, "checkpoint.every.epochs=1").code()).isZero();
        Path model = temporary.resolve("model");
        for (String foreign : List.of("notes.txt", "checkpoints/notes.txt", "model.json", "README.md")) {
            Path file = model.resolve(foreign);
            byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
            Files.writeString(file, "{\"learner\": \"someone's\"}");
            fails(
                    job,
                    job + ": --overwrite replaces an earlier run, but " + file
                            + " is not part of one: move it, or choose another directory (--set output.dir=DIR)",
                    "checkpoint.every.epochs=1",
                    "--overwrite");
            assertThat(file).hasContent("{\"learner\": \"someone's\"}");
            if (before == null) {
                Files.delete(file);
            } else {
                Files.write(file, before);
            }
        }
        assertThat(train(job, "checkpoint.every.epochs=1", "--overwrite").code())
                .isZero();
    }

    private static Map<Path, ByteBuffer> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            Map<Path, ByteBuffer> contents = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
            }
            return contents;
        }
    }

    @Test
    void anUnfinishedRunIsResumed() throws IOException {
        Path job = example("csv");
        String checkpoints = "checkpoint={every: {epochs: 1}, keep: 10}";
        CommandLineRun whole = train(job, checkpoints, "train.epochs=3");
        Path model = temporary.resolve("model");
        List<String> metrics = Files.readAllLines(model.resolve("metrics.jsonl"));
        fails(job, job + ": output.dir: " + model.resolve("model.json") + EARLIER_RUN, checkpoints, "train.epochs=3");

        Files.delete(model.resolve("model.json"));
        LocalDirectory directory = new LocalDirectory(model.resolve("checkpoints"));
        long last = CheckpointFiles.steps(directory).get(0);
        CheckpointFiles.delete(directory, last);
        CommandLineRun resumed = train(job, checkpoints, "train.epochs=3");
        assertThat(resumed.out()).isEqualTo(whole.out());
        assertThat(resumed.err())
                .contains("resuming from a checkpoint: 2 epochs, " + last / 3 * 2 + " steps trained\n")
                .doesNotContain("epoch 2/3")
                .contains("epoch 3/3");
        List<String> metricsAfter = Files.readAllLines(model.resolve("metrics.jsonl"));
        assertThat(metricsAfter).hasSize(3).startsWith(metrics.get(0), metrics.get(1));

        // Dead after training, before the model was complete.
        Files.delete(model.resolve("model.json"));
        assertThat(train(job, checkpoints, "train.epochs=3").out()).isEqualTo(whole.out());
        assertThat(Files.readAllLines(model.resolve("metrics.jsonl"))).isEqualTo(metricsAfter);

        Files.delete(model.resolve("model.json"));
        CommandLineRun restarted = train(job, checkpoints, "train.epochs=3", "--overwrite");
        assertThat(restarted.out()).isEqualTo(whole.out());
        assertThat(restarted.err()).doesNotContain("resuming").contains("epoch 1/3");
    }

    @Test
    void anUnfinishedRunOfAnotherJobIsRefused() throws IOException {
        Path job = example("csv");
        String checkpoints = "checkpoint={every: {epochs: 1}, keep: 10}";
        CommandLineRun whole = train(job, checkpoints, "train.epochs=3");
        Path model = temporary.resolve("model");
        Files.delete(model.resolve("model.json"));
        CommandLineRun other = train(job, checkpoints, "train.epochs=3", "train.seed=9");
        assertThat(other.err())
                .contains("error: ", "the checkpoint belongs to another job: train.seed is 0 there, 9 here")
                .endsWith(". --overwrite starts over, --set output.dir=DIR keeps it\n");
        String elsewhere = "checkpoint.dir=" + model.resolve("checkpoints");
        assertThat(train(job, checkpoints, elsewhere, "train.epochs=3", "train.seed=9")
                        .err())
                .endsWith(". --overwrite starts over, --set checkpoint.dir=DIR keeps it\n");
        // Refused, they have left nothing that would lock out the right job.
        assertThat(train(job, checkpoints, "train.epochs=3").out()).isEqualTo(whole.out());
    }

    /**
     * Interrupted, here by an error, before there was a checkpoint: whether the job is the same is known all the same.
     */
    @Test
    void anUnfinishedRunWithoutCheckpointsStartsOver() throws IOException {
        Path job = example("csv");
        String diverges = "optimizer={sgd: {learningRate: 3e38}}";
        assertThat(train(job, diverges).err()).contains("error: ").doesNotContain("starts over");
        assertThat(temporary.resolve("model/metrics.jsonl")).exists();
        assertThat(train(job, diverges).err())
                .contains("an unfinished run of this job starts over")
                .contains("error: ");
        assertThat(train(job, diverges, "train.seed=9").err())
                .contains("error: " + temporary.resolve("model/unfinished.fingerprint")
                        + ": the unfinished run belongs to another job: train.seed is 0 there, 9 here; ");
        Files.write(temporary.resolve("model/unfinished.fingerprint"), new byte[] {0, 0, 0, 9, 1});
        assertThat(train(job, diverges).err())
                .contains("unfinished.fingerprint: the bytes end inside a setting: 5, so it is unclear which job left");
        assertThat(train(job, "--overwrite").code()).isZero();
        assertThat(temporary.resolve("model/unfinished.fingerprint")).doesNotExist();
    }
}
