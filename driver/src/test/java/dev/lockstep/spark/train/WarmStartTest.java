package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code init} in job files: layers that begin as another model's, with the same bits on any layout. */
class WarmStartTest extends SparkTest {
    /** Another head; dropout and the other layers are as in the first model. */
    private static final String OTHER_HEAD =
            "model.layers=[{dense: {units: 17, activation: relu}}, {dropout: 0.2}, {dense: {units: 9, activation:"
                    + " tanh}}, {dense: 4}, {dense: 3}]";

    private SavedModel first;
    private String from;
    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void trainTheFirst() throws IOException {
        first = train(SmallJob.Mode.GRADIENT, 1, "train.epochs=1");
        from = directory.resolve("first").toString();
        ModelFiles.save(new LocalDirectory(Path.of(from)), first);
        notices.clear();
    }

    private SavedModel train(SmallJob.Mode mode, int files, String... settings) throws IOException {
        TrainingListener listener = new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }
        };
        JobSpec job = SmallJob.job(SmallJob.write(directory, files, 4).toString(), "csv", mode, settings);
        return new TrainingJob(spark, job, listener).run().model();
    }

    private static float[] tensor(SavedModel model, String name) {
        ParameterRange range = model.network().parameters().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Arrays.copyOfRange(model.parameters().theta(), range.offset(), range.end());
    }

    @Test
    void frozenLayersStayAndTheBitsDoNotDependOnTheLayout() throws IOException {
        String[] settings = {"init.from=" + from, "init.freeze=dense_1", "train.clipNorm=0.1", OTHER_HEAD};
        SavedModel tuned = train(SmallJob.Mode.GRADIENT, 2, settings);
        assertThat(notices)
                .contains("init.from " + from + ": took dense_1, dense_2; not dense_3 (weight [9, 3] there, weight"
                        + " [9, 4] here), dense_4 (not there); frozen: dense_1");
        assertThat(tensor(tuned, "dense_1.weight")).isEqualTo(tensor(first, "dense_1.weight"));
        assertThat(tensor(tuned, "dense_1.bias")).isEqualTo(tensor(first, "dense_1.bias"));
        assertThat(tensor(tuned, "dense_2.weight")).isNotEqualTo(tensor(first, "dense_2.weight"));
        String sha256 = tuned.description().sha256();
        assertThat(train(SmallJob.Mode.ALLREDUCE, 5, settings).description().sha256())
                .isEqualTo(sha256);
        SavedModel averaged =
                train(SmallJob.Mode.DILOCO, 3, "init={from: " + from + ", freeze: [\"dense_*\"]}", OTHER_HEAD);
        assertThat(tensor(averaged, "dense_1.weight")).isEqualTo(tensor(first, "dense_1.weight"));
        assertThat(tensor(averaged, "dense_2.weight")).isEqualTo(tensor(first, "dense_2.weight"));
        assertThat(tensor(averaged, "dense_4.weight")).isNotEqualTo(new float[12]);
    }

    @Test
    void theModelGoesOnFromWhereItWas() throws IOException {
        SavedModel tuned = train(SmallJob.Mode.GRADIENT, 1, "init.from=" + from, "optimizer={sgd: 1e-30}");
        assertThat(tuned.description().sha256()).isEqualTo(first.description().sha256());
        SavedModel other = train(
                SmallJob.Mode.GRADIENT, 1, "init={from: " + from + ", layers: dense_2}", "optimizer={sgd: 1e-30}");
        assertThat(tensor(other, "dense_2.weight")).isEqualTo(tensor(first, "dense_2.weight"));
        assertThat(tensor(other, "dense_1.weight")).isNotEqualTo(tensor(first, "dense_1.weight"));
    }

    @Test
    void aRunResumesOnlyFromTheSameBeginning() throws IOException {
        String[] settings = {
            "init.from=" + from, "checkpoint={every: {epochs: 1}}", "output.dir=" + directory.resolve("run")
        };
        String whole = train(SmallJob.Mode.GRADIENT, 1, settings).description().sha256();
        Path checkpoints = directory.resolve("run/checkpoints");
        // What is left if the driver dies in the last epoch.
        List<Long> steps = CheckpointFiles.steps(new LocalDirectory(checkpoints));
        CheckpointFiles.delete(new LocalDirectory(checkpoints), steps.get(0));
        notices.clear();
        assertThat(train(SmallJob.Mode.GRADIENT, 1, settings).description().sha256())
                .isEqualTo(whole);
        assertThat(notices).isEmpty();
        assertThatThrownBy(() ->
                        train(SmallJob.Mode.GRADIENT, 1, settings[0], settings[1], settings[2], "init.freeze=dense_2"))
                .hasMessageContaining("init.freeze is  there, dense_2 here");
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init=null", settings[1], settings[2]))
                .hasMessageContaining("init.from is " + first.description().sha256() + " there, absent here");
    }

    @Test
    void whatCannotBeIsSaid() {
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init.from=" + directory.resolve("nothing")))
                .hasMessageContaining("init.from: ")
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init.from=" + from, "init.freeze=dens_1"))
                .hasMessageContaining("init.freeze: \"dens_1\" names no layer that is taken; expected")
                .hasMessageContaining("[dense_1, dense_2, dense_3]");
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init.from=" + from, "init.layers=conv*"))
                .hasMessageContaining("init.layers: \"conv*\" names no layer of this network");
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init.from=" + from, "init.freeze=\"*\""))
                .hasMessageContaining("init.freeze: all layers are frozen, so there is nothing to train");
        assertThatThrownBy(() -> train(SmallJob.Mode.GRADIENT, 1, "init.from=" + from, "model.layers=[{dense: 3}]"))
                .hasMessageContaining("init.from: no layer of " + from)
                .hasMessageContaining("dense_1 (weight [12, 17] there, weight [12, 3] here)");
        JobSpec same =
                SmallJob.job(from, "csv", SmallJob.Mode.GRADIENT, "init.from=" + from, "output.dir=" + from + "/");
        assertThatThrownBy(() -> RunDirectory.open(same, "job.yaml", new Configuration(), true, line -> {}))
                .hasMessageContaining("init.from: " + from + " is output.dir too");
    }
}
