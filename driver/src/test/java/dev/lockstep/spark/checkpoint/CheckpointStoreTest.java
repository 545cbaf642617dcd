package dev.lockstep.spark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a file system that pass are not taken for damaged checkpoints. */
class CheckpointStoreTest {
    private static final JobFingerprint JOB = new JobFingerprint(Map.of("seed", 1L));
    private static final TrainingPlan PLAN = new TrainingPlan(1, 2, 8, 4, 1);

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();
    private int failures;

    @BeforeEach
    void writeCheckpoints() {
        CheckpointStore store = new CheckpointStore(new LocalDirectory(folder), "output.dir", 5);
        store.write(state(0), FingerprintCodec.encode(JOB));
        store.write(state(1), FingerprintCodec.encode(JOB));
    }

    private static TrainState state(int step) {
        TrainState initial = TrainState.initial(new Parameters(new float[] {step, 2}, new float[0]), 1, false);
        return new TrainState(
                step,
                0,
                step,
                initial.parameters(),
                initial.optimizerState(),
                initial.outerMomentum(),
                initial.residuals(),
                initial.epochLosses(),
                initial.history());
    }

    /** The directory, the first reads of whose files fail. */
    private FileDirectory unwell() {
        LocalDirectory sound = new LocalDirectory(folder);
        return (FileDirectory) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {FileDirectory.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("open") && failures > 0) {
                        failures--;
                        return failing();
                    }
                    try {
                        return method.invoke(sound, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static InputStream failing() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
    }

    private TrainState resume() throws IOException {
        return new CheckpointStore(unwell(), "output.dir", 5).resume(JOB, PLAN, state(0), notices::add);
    }

    @Test
    void aFaultThatPassesCostsNothing() throws IOException {
        for (failures = 1; failures <= 3; failures++) {
            int before = failures;
            assertThat(resume().step()).as("%d failures", before).isOne();
            failures = before;
        }
        assertThat(notices).isEmpty();
    }

    @Test
    void aFaultThatStaysEndsTheRunAndDeletesNothing() throws IOException {
        failures = Integer.MAX_VALUE;
        assertThatThrownBy(this::resume).isExactlyInstanceOf(IOException.class).hasMessage("connection reset");
        assertThat(CheckpointFiles.steps(new LocalDirectory(folder))).containsExactly(1L, 0L);
    }

    @Test
    void damageIsPassedOver() throws IOException {
        Path newest = folder.resolve(CheckpointFiles.stateFile(1));
        Files.write(newest, new byte[] {1, 2, 3});
        assertThat(resume().step()).isZero();
        assertThat(notices).singleElement().satisfies(line -> assertThat(line)
                .startsWith(newest + ": expected ")
                .endsWith("; resuming from the checkpoint of step 0"));
        Files.delete(newest);
        assertThat(resume().step()).isZero();
    }
}
