package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.checkpoint.CheckpointException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is taken up from a checkpoint ends with the bits of the undisturbed one. */
class ResumeTest {
    private static final String EVERY_ROUND = "checkpoint={every: {rounds: 1}, keep: 1000}";
    private static SparkSession spark;

    @TempDir
    private static Path shared;

    private static Path rows;

    @TempDir
    private Path folder;

    /** What a run said. */
    private static final class Heard implements TrainingListener {
        private final List<String> notices = new ArrayList<>();
        private final List<Integer> epochs = new ArrayList<>();
        private long completedSteps = -1;

        @Override
        public void notice(String line) {
            notices.add(line);
        }

        @Override
        public void started(TrainingOverview plan) {
            completedSteps = plan.completedSteps();
        }

        @Override
        public void epoch(EpochReport report) {
            epochs.add(report.epoch());
        }
    }

    @BeforeAll
    static void start() throws IOException {
        rows = SmallJob.write(shared, 2, 3);
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "3")
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private Path checkpoints(String name) {
        return folder.resolve(name).resolve("checkpoints");
    }

    private String train(String name, SmallJob.Mode mode, Heard heard, String... settings) {
        List<String> all = new ArrayList<>(List.of(EVERY_ROUND, "output.dir=" + folder.resolve(name)));
        all.addAll(List.of(settings));
        JobSpec job = SmallJob.job(rows.toString(), "csv", mode, all.toArray(String[]::new));
        return ModelFiles.sha256(
                new TrainingJob(spark, job, heard).run().model().parameters());
    }

    private String train(String name, SmallJob.Mode mode, String... settings) {
        return train(name, mode, new Heard(), settings);
    }

    /** What the run would have left if the driver had died just after the checkpoint of a step. */
    private void died(String from, String to, long step) throws IOException {
        Files.createDirectories(checkpoints(to));
        for (String name : List.of(CheckpointFiles.stateFile(step), CheckpointFiles.manifestFile(step))) {
            Files.copy(checkpoints(from).resolve(name), checkpoints(to).resolve(name));
        }
    }

    private List<Long> steps(String name) throws IOException {
        return CheckpointFiles.steps(new LocalDirectory(checkpoints(name)));
    }

    @ParameterizedTest
    @EnumSource
    void fromManyRounds(SmallJob.Mode mode) throws IOException {
        // All-reduce goes on from what aggregation on the driver left.
        assertThat(train("whole", mode.byDriver())).isEqualTo(mode.sha256());
        List<Long> steps = steps("whole");
        assertThat(steps).hasSizeGreaterThan(9).contains(0L);
        // Two places, others in each mode.
        int stride = steps.size() / 2;
        for (int i = mode.ordinal() % stride; i < steps.size(); i += stride) {
            long step = steps.get(i);
            died("whole", "from-" + step, step);
            Heard heard = new Heard();
            assertThat(train("from-" + step, mode, heard))
                    .as("from step %d", step)
                    .isEqualTo(mode.sha256());
            assertThat(heard.completedSteps).isEqualTo(step);
            assertThat(heard.notices).isEmpty();
        }
    }

    /** The average of the weights is the same by either transport and after a stop. */
    @Test
    void theAverageOfTheWeights() throws IOException {
        String ema = "train.weightAverage={ema: {decay: 0.9}}";
        String whole = train("whole", SmallJob.Mode.GRADIENT, ema);
        assertThat(whole).isNotEqualTo(SmallJob.Mode.GRADIENT.sha256());
        List<Long> steps = steps("whole");
        for (long step : List.of(steps.get(0), steps.get(steps.size() / 2))) {
            died("whole", "from-" + step, step);
            assertThat(train("from-" + step, SmallJob.Mode.ALLREDUCE, ema)).isEqualTo(whole);
        }
        String averaged = train("averaged", SmallJob.Mode.DILOCO, ema);
        assertThat(averaged).isNotEqualTo(SmallJob.Mode.DILOCO.sha256());
        died("averaged", "averaged again", steps("averaged").get(2));
        assertThat(train("averaged again", SmallJob.Mode.DILOCO, ema)).isEqualTo(averaged);
    }

    /** So is what becomes a distribution over the parameters. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train.posterior={swag: {from: 0.3, everySteps: 3, rank: 4}}",
                "train.posterior={sgld: {from: 0.3, everySteps: 3, samples: 4}}",
                "train.posterior=laplace"
            })
    void aPosterior(String posterior) throws IOException {
        String plain = "optimizer={sgd: 0.1}";
        String whole = train("whole", SmallJob.Mode.GRADIENT, plain, posterior);
        assertThat(whole).isNotEqualTo(train("none", SmallJob.Mode.GRADIENT, plain));
        List<Long> steps = steps("whole");
        for (long step : List.of(steps.get(steps.size() / 2), steps.get(steps.size() - 1))) {
            died("whole", "from-" + step, step);
            assertThat(train("from-" + step, SmallJob.Mode.ALLREDUCE, plain, posterior))
                    .isEqualTo(whole);
        }
    }

    @Test
    void aDamagedCheckpointIsPassedOverWithALine() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        train("whole", mode);
        List<Long> steps = steps("whole");
        long newest = steps.get(4);
        for (String damage : List.of("cut", "flipped", "manifest", "state missing")) {
            String name = damage.replace(' ', '-');
            for (long step : steps.subList(4, 7)) {
                died("whole", name, step);
            }
            Path state = checkpoints(name).resolve(CheckpointFiles.stateFile(newest));
            byte[] bytes = Files.readAllBytes(state);
            switch (damage) {
                case "cut" -> Files.write(state, Arrays.copyOf(bytes, bytes.length / 2));
                case "flipped" -> {
                    bytes[bytes.length - 3] ^= 16;
                    Files.write(state, bytes);
                }
                case "manifest" ->
                    Files.writeString(checkpoints(name).resolve(CheckpointFiles.manifestFile(newest)), "{\"formatVer");
                default -> Files.delete(state);
            }
            Heard heard = new Heard();
            assertThat(train(name, mode, heard, "checkpoint={every: {rounds: 2}, keep: 1}"))
                    .as(damage)
                    .isEqualTo(mode.sha256());
            assertThat(heard.completedSteps).isEqualTo(steps.get(5));
            assertThat(heard.notices)
                    .singleElement()
                    .asString()
                    .contains(CheckpointFiles.stateFile(newest).substring(0, 23));
            assertThat(heard.notices.get(0)).endsWith("; resuming from the checkpoint of step " + steps.get(5));
            assertThat(steps(name)).containsExactly(steps.get(0));
        }
    }

    @Test
    void withoutAnyWholeCheckpointItIsAnError() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.AVERAGING;
        train("whole", mode);
        died("whole", "torn", steps("whole").get(3));
        Path state = checkpoints("torn")
                .resolve(CheckpointFiles.stateFile(steps("torn").get(0)));
        Files.write(state, new byte[7]);
        assertThatThrownBy(() -> train("torn", mode))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(checkpoints("torn")
                        + ": none of 1 checkpoints can be used, --overwrite starts over; the newest: " + state
                        + ": expected ")
                .hasMessageEndingWith(" bytes, the file has 7");
    }

    @Test
    void anotherJobIsRefusedNamingWhatDiffers() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        train("whole", mode);
        died("whole", "half", steps("whole").get(9));
        refused(mode, "train.seed is 5 there, 6 here; ", "train.seed=6");
        refused(mode, "data.shards is 8 there, 4 here; data.train.rows.digest is ", "data.shards=4");
        refused(mode, "model.layers.0.dense.units is 17 there, 16 here. ", "model.layers.0.dense.units=16");
        refused(mode, "optimizer.adam.learningRate is 0.01 there, 0.02 here. ", "optimizer.adam.learningRate=0.02");
        refused(mode, "sync.mode is gradient there, averaging here. ", "sync.mode=averaging");
        refused(mode, "sync.compression is none there, bfloat16 here. ", "sync.compression=bfloat16");
        refused(
                mode,
                "sync.compression.topK.fraction is absent there, 0.5 here; sync.compression is none there, absent"
                        + " here. ",
                "sync.compression.topK=0.5");
        refused(mode, "train.clipNorm is absent there, 1.5 here. ", "train.clipNorm=1.5");
        // The schedule is a cosine: a longer one is another one from the first step on.
        refused(mode, "train.epochs is 3 there, 4 here. ", "train.epochs=4");
        Path other = Files.createDirectory(folder.resolve("other"));
        List<String> lines = SmallJob.lines();
        lines.set(3, lines.get(3).replaceFirst("^[^,]*", "0.123456"));
        Files.write(other.resolve("rows.csv"), lines);
        refused(mode, "rows.digest is ", "data.train.path=" + other);
    }

    private void refused(SmallJob.Mode mode, String difference, String setting) {
        assertThatThrownBy(() -> train("half", mode, setting))
                .as(setting)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(": the checkpoint belongs to another job: ")
                .hasMessageContaining(difference)
                .hasMessageEndingWith(" --overwrite starts over, --set output.dir=DIR keeps it");
    }

    @Test
    void whatDecidesNoBitMayChange() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.DILOCO;
        train("whole", mode);
        died("whole", "half", steps("whole").get(4));
        Path elsewhere = SmallJob.write(folder, 5, 77);
        assertThat(train(
                        "half",
                        mode,
                        "data.train.path=" + elsewhere,
                        "checkpoint={every: {epochs: 2}, keep: 1, dir: '" + checkpoints("half") + "'}",
                        "output.dir=" + folder.resolve("half-2")))
                .isEqualTo(mode.sha256());
    }

    @Test
    void moreEpochsAreTrainedWhereTheScheduleDoesNotDependOnThem() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        String[] four = {"train.schedule={step: 1}", "train.epochs=4"};
        String[] two = {"train.schedule={step: 1}", "train.epochs=2"};
        String expected = train("four", mode, four);
        train("two", mode, two);
        Heard heard = new Heard();
        assertThat(train("two", mode, heard, four)).isEqualTo(expected);
        assertThat(heard.epochs).containsExactly(3, 4);
        assertThatThrownBy(() -> train("four", mode, two))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(
                        "train.epochs: the checkpoint has trained 4 epochs and 0 steps, the job has 2 epochs");
    }

    @Test
    void theIntervalIsThatOfTheJob() throws IOException {
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        train("rounds", mode, "checkpoint={every: {rounds: 10}, keep: 100}");
        assertThat(steps("rounds")).contains(0L, 10L, 20L, 30L).hasSizeBetween(4, 5);
        train("epochs", mode, "checkpoint={every: {epochs: 2}, keep: 100}");
        long epoch = steps("epochs").get(0) / 3;
        assertThat(steps("epochs")).containsExactly(3 * epoch, 2 * epoch, 0L);
        train("minutes", mode, "checkpoint={every: {minutes: 1e-9}}");
        assertThat(steps("minutes")).containsExactly(3 * epoch, 3 * epoch - 1, 3 * epoch - 2);
        train("hours", mode, "checkpoint={every: {minutes: 600}}");
        assertThat(steps("hours")).containsExactly(3 * epoch, 0L);
        try (Stream<Path> files = Files.list(checkpoints("minutes"))) {
            assertThat(files).hasSize(6);
        }
    }

    @Test
    void aCheckpointThatCannotBeWrittenEndsTheRun() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> train(
                        "no-directory",
                        SmallJob.Mode.GRADIENT,
                        "checkpoint={every: {rounds: 1}, dir: '" + file + "/below'}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file + "/below");
    }
}
