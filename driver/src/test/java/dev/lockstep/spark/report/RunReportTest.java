package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunReportTest {
    /** What must not end the script that holds the data. */
    private static final String HOSTILE = "</script><b>class</b>";

    @TempDir
    Path temporary;

    private LocalDirectory run;

    @BeforeEach
    void save() throws IOException {
        run = new LocalDirectory(temporary.resolve("run"));
        Network network = Network.bind(
                new ModelSpec(List.of(new Dense(4, new Activation.Relu()), new Dense(2)), new CrossEntropy()),
                Shape.of(3));
        ModelFiles.save(
                run,
                SavedModel.of(
                        network,
                        network.initialize(1),
                        Scaling.NONE,
                        5,
                        new ModelDescription.Columns(List.of("a", HOSTILE), List.of("y"), null, null)));
        Files.writeString(run.path().resolve("job.json"), "{\"note\": \"" + HOSTILE + "\"}");
        List<String> lines = new ArrayList<>();
        for (int epoch = 1; epoch <= 4; epoch++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "{\"epoch\":%d,\"step\":%d,\"loss\":%.2f,\"accuracy\":0.%d,\"validationLoss\":%.2f,"
                            + "\"validationAccuracy\":0.%d,\"learningRate\":0.001,\"seconds\":1.5,"
                            + "\"rowsPerSecond\":1000.0,\"bytesSent\":0}",
                    epoch,
                    10 * epoch,
                    1.0 / epoch,
                    5 + epoch,
                    Math.abs(epoch - 3) + 0.25,
                    4 + epoch));
        }
        Files.write(run.path().resolve("metrics.jsonl"), lines);
    }

    @Test
    void everythingIsInOneFile() throws IOException {
        RunReport.write(run);
        String html = Files.readString(run.path().resolve(RunReport.NAME));
        assertThat(html)
                .contains("\"bestEpoch\":3", "\"name\":\"dense_1\"", "\"name\":\"validation loss, best epoch\"")
                .doesNotContain(HOSTILE, "src=", "@data@", "@uplot", "@report");
        assertThat(html.split("</script>", -1)).hasSize(4);
        Files.delete(run.path().resolve("metrics.jsonl"));
        assertThat(RunReport.html(run)).contains("\"epochs\":[]").doesNotContain("bestEpoch\":");
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        Path metrics = run.path().resolve("metrics.jsonl");
        Files.writeString(metrics, Files.readAllLines(metrics).get(0) + "\n{\"epoch\":");
        assertThatThrownBy(() -> RunReport.write(run))
                .isInstanceOf(ModelException.class)
                .hasMessage(metrics + ": line 2 is not JSON");
        Files.delete(run.path().resolve("model.json"));
        assertThatThrownBy(() -> RunReport.write(run)).hasMessageContaining("the file does not exist");
    }

    /**
     * In a real browser, as narrow as it can be without a screen, and wide: every chart is drawn, nothing fails,
     * nothing is asked of a network.
     */
    @ParameterizedTest
    @ValueSource(ints = {500, 1600})
    void aBrowserShowsIt(int width) throws Exception {
        Browser.assumeThere();
        RunReport.write(run);
        String page = run.path().resolve(RunReport.NAME).toUri().toString();
        String shown = Browser.show(page, width, temporary);
        // Loss, accuracy, rate, speed; a histogram for each of four tensors.
        assertThat(shown).contains("data-errors=\"0\"", "data-charts=\"8\"", "data-overflows=\"false\"");
        assertThat(Browser.count("<canvas", shown)).isEqualTo(8);
        assertThat(Browser.count("<tr class=\"best\"", shown)).isOne();
        assertThat(shown).contains(">dense_2<", ">validation accuracy<");
    }
}
