package dev.lockstep.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.OuterOptimizer;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("compat")
class CheckpointFilesTest {
    private static final byte[] FINGERPRINT = {1, 0, -1, 127};

    @TempDir
    private Path folder;

    private FileDirectory directory;

    @BeforeEach
    void open() {
        directory = new LocalDirectory(folder.resolve("checkpoints"));
    }

    /** The best epoch is the first one, whose weights only the checkpoint has. */
    private static final EarlyStopping STOPPING =
            new EarlyStopping(EarlyStopping.Metric.LOSS, 9, null, EarlyStopping.Mode.MAX, null);

    private enum Mode {
        GRADIENT,
        AVERAGING,
        /** Gradient mode in which shards keep back most of their gradients. */
        KEPT_BACK
    }

    /**
     * Training in this thread, with all that a state can hold: buffers, slots, outer momentum, a schedule that looks
     * back.
     */
    private static final class Job {
        private static final int ROWS = 70;
        private final RowLayout layout = new RowLayout(Shape.of(5), Shape.of(1), false, false);
        private final TrainingPlan plan;
        private final Network network = Network.bind(
                new ModelSpec(
                        List.of(
                                new Dense(6, new Activation.Tanh()),
                                new BatchNorm(null, null, null, null),
                                new Dropout(0.2),
                                new Dense(2)),
                        new CrossEntropy()),
                layout.features());
        private final TrainingSetup setup;
        private final Workers workers;
        private final Synchronizer synchronizer;

        Job(Mode mode) {
            Compression compression = mode == Mode.KEPT_BACK ? new Compression.TopK(0.1) : new Compression.None();
            plan = new TrainingPlan(3, 4, ROWS, ROWS, 20, 4, Augmentation.NONE, compression);
            ParameterUpdate update = new ParameterUpdate(
                    network,
                    new Adam(0.02, null, null, null),
                    new Schedule.ReduceOnPlateau(0.5, 1, 0.1, Schedule.ReduceOnPlateau.Progress.ABSOLUTE, null, null),
                    plan,
                    GradientClipping.NONE);
            float[] rows = new float[ROWS * layout.width()];
            Random random = new Random(8);
            for (int i = 0; i < rows.length; i++) {
                rows[i] = i % layout.width() == layout.targetOffset() ? random.nextInt(2) : random.nextFloat();
            }
            List<MemoryShard> shards = CanonicalOrder.shards(layout, rows, ROWS, plan.shards(), plan.seed());
            setup = new TrainingSetup(
                    new EvaluationSetup(network.spec(), layout, Scaling.NONE, plan.seed(), 0), plan, update);
            workers = new LocalWorkers(setup, shards, shards);
            synchronizer = mode == Mode.AVERAGING
                    ? new Synchronizer.Averaging(plan, 3, new OuterOptimizer.Nesterov(null, null), workers)
                    : new Synchronizer.Gradient(setup, workers);
        }

        TrainState initial() {
            return setup.initialState(synchronizer.outerMomentum()).keepingBest();
        }

        TrainState train(TrainState begin, RoundListener listener) {
            return new Trainer(setup, synchronizer, workers, STOPPING, listener).train(begin);
        }
    }

    private static void assertSameBits(TrainState expected, TrainState actual) {
        assertThat(actual.parameters().theta()).isEqualTo(expected.parameters().theta());
        assertThat(actual.parameters().buffers())
                .isEqualTo(expected.parameters().buffers());
        assertThat(actual.best().theta()).isEqualTo(expected.best().theta());
        assertThat(actual.best().buffers()).isEqualTo(expected.best().buffers());
        assertThat(actual.optimizerState()).isEqualTo(expected.optimizerState());
        assertThat(actual.outerMomentum()).isEqualTo(expected.outerMomentum());
        assertThat(actual.residuals().toArray(float[][]::new))
                .isDeepEqualTo(expected.residuals().toArray(float[][]::new));
        assertThat(actual.history()).isEqualTo(expected.history());
        assertThat(actual.epochLosses()).isEqualTo(expected.epochLosses());
        assertThat(List.of(actual.step(), (long) actual.epoch(), actual.stepInEpoch()))
                .isEqualTo(List.of(expected.step(), (long) expected.epoch(), expected.stepInEpoch()));
    }

    @ParameterizedTest
    @EnumSource
    void trainingGoesOnFromEveryRoundToTheSameBits(Mode mode) throws IOException {
        TrainState end = new Job(mode).train(new Job(mode).initial(), new RoundListener() {
            @Override
            public void settled(TrainState state) {
                try {
                    CheckpointFiles.write(directory, state, FINGERPRINT);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        List<Long> steps = CheckpointFiles.steps(directory);
        assertThat(steps).hasSize(mode == Mode.AVERAGING ? 8 : 16).startsWith(16L);
        for (long step : steps) {
            Job job = new Job(mode);
            Checkpoint checkpoint = CheckpointFiles.open(directory, step);
            assertThat(checkpoint.fingerprint()).isEqualTo(FINGERPRINT);
            assertSameBits(end, job.train(checkpoint.load(job.initial()), new RoundListener() {}));
        }
        assertThat(end.learned().theta()).isNotEqualTo(end.parameters().theta());
    }

    private TrainState write(long step) throws IOException {
        TrainState state = new TrainState(
                step,
                1,
                2,
                new Parameters(new float[] {1, -0f, Float.NaN}, new float[0]),
                new float[] {step, 2, 3},
                new float[0],
                List.of(),
                new LossSum(0.1, 0.2, 3, 0.7, Double.MIN_VALUE, 0.3),
                List.of(new EpochMetrics(1, 2, 0.1, 1 / 3.0, Double.NaN, Double.POSITIVE_INFINITY, 0.7, 1e-300)));
        CheckpointFiles.write(directory, state, FINGERPRINT);
        return state;
    }

    private static TrainState initial() {
        return TrainState.initial(new Parameters(new float[3], new float[0]), 1, false);
    }

    @Test
    void everyNumberIsExact() throws IOException {
        TrainState state = write(7);
        assertSameBits(state, CheckpointFiles.open(directory, 7).load(initial()));
    }

    @Test
    void theNewestStayAndHalvesGo() throws IOException {
        for (long step : new long[] {5, 40, 300, 2000}) {
            write(step);
        }
        directory.delete(CheckpointFiles.manifestFile(300));
        directory.write("other.json", out -> {});
        CheckpointFiles.prune(directory, 2);
        assertThat(CheckpointFiles.steps(directory)).containsExactly(2000L, 40L);
        assertThat(directory.list())
                .containsExactlyInAnyOrder(
                        "other.json",
                        CheckpointFiles.manifestFile(2000),
                        CheckpointFiles.stateFile(2000),
                        CheckpointFiles.manifestFile(40),
                        CheckpointFiles.stateFile(40));
    }

    @Test
    void whatAnInterruptedWriteLeftIsNotListedAndCanBeDeleted() throws IOException {
        write(1);
        Path left = Files.writeString(folder.resolve("checkpoints").resolve(FileDirectory.unfinished("x")), "half");
        assertThat(directory.list()).hasSize(2);
        directory.deleteUnfinished();
        assertThat(left).doesNotExist();
        assertThat(directory.list()).hasSize(2);
    }

    @Test
    void aMissingDirectoryHasNoCheckpoints() throws IOException {
        assertThat(CheckpointFiles.steps(directory)).isEmpty();
        directory.deleteUnfinished();
    }

    private void rewrite(String name, byte[] bytes) throws IOException {
        directory.write(name, out -> out.write(bytes));
    }

    private byte[] read(String name) throws IOException {
        try (var in = directory.open(name)) {
            return in.readAllBytes();
        }
    }

    /** One bit of either file is not what it was: the same state comes back, or it is an error. */
    @Test
    void flippedBitsAreFound() throws IOException {
        TrainState state = write(7);
        int found = 0;
        int bits = 0;
        for (String name : List.of(CheckpointFiles.stateFile(7), CheckpointFiles.manifestFile(7))) {
            byte[] bytes = read(name);
            for (int bit = 0; bit < 8 * bytes.length; bit += 9) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(folder.resolve("checkpoints").resolve(name), bytes);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                bits++;
                try {
                    assertSameBits(state, CheckpointFiles.open(directory, 7).load(initial()));
                    assertThat(name).as("bit %d of the state file", bit).isEqualTo(CheckpointFiles.manifestFile(7));
                } catch (ModelException e) {
                    found++;
                }
            }
            rewrite(name, bytes);
        }
        assertThat(found).isGreaterThan(bits * 9 / 10);
    }

    @Test
    void truncationsAreFound() throws IOException {
        write(7);
        for (String name : List.of(CheckpointFiles.stateFile(7), CheckpointFiles.manifestFile(7))) {
            byte[] bytes = read(name);
            for (int length = 0; length < bytes.length - 1; length += 5) {
                Files.write(folder.resolve("checkpoints").resolve(name), Arrays.copyOf(bytes, length));
                assertThatThrownBy(() -> CheckpointFiles.open(directory, 7)).isInstanceOf(ModelException.class);
            }
            rewrite(name, bytes);
        }
        CheckpointFiles.open(directory, 7);
    }

    @Test
    void errorsNameTheFileAndWhatIsWrong() throws IOException {
        write(7);
        String state = directory.location(CheckpointFiles.stateFile(7));
        assertThatThrownBy(() -> CheckpointFiles.open(directory, 7)
                        .load(TrainState.initial(new Parameters(new float[4], new float[0]), 1, false)))
                .isInstanceOf(ModelException.class)
                .hasMessage(state + ": tensor \"parameters\": the network expects [4], the file has [3]");
        byte[] bytes = read(CheckpointFiles.stateFile(7));
        rewrite(CheckpointFiles.stateFile(7), Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> CheckpointFiles.open(directory, 7))
                .hasMessage(state + ": expected " + bytes.length + " bytes, the file has " + (bytes.length - 1));
        directory.delete(CheckpointFiles.stateFile(7));
        assertThatThrownBy(() -> CheckpointFiles.open(directory, 7)).hasMessage(state + ": the file does not exist");
        String manifest = new String(read(CheckpointFiles.manifestFile(7)), StandardCharsets.UTF_8);
        rewrite(
                CheckpointFiles.manifestFile(7),
                manifest.replace("\"formatVersion\" : 2", "\"formatVersion\" : 1")
                        .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> CheckpointFiles.open(directory, 7))
                .hasMessageContaining("which reads 2; the checkpoint is of format 1");
    }
}
