package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import dev.lockstep.nn.param.Parameters;
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
                            + "\"rowsPerSecond\":1000.0,\"bytesSent\":0,"
                            + "\"gradientNorm\":{\"dense_1\":0.5,\"dense_2\":0.%d},"
                            + "\"deadUnits\":{\"dense_1\":0.25}}",
                    epoch,
                    10 * epoch,
                    1.0 / epoch,
                    5 + epoch,
                    Math.abs(epoch - 3) + 0.25,
                    4 + epoch,
                    epoch));
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

    /** What the test rows came to: of classes the matrix and the reliability, of numbers the coverage. */
    @Test
    void aBrowserShowsTheEvaluation() throws Exception {
        Browser.assumeThere();
        Files.writeString(run.path().resolve(Measures.NAME), """
            {"data":"test","rows":120,"loss":0.5,"accuracy":0.8,"precision":[0.9,0.7],"recall":[0.8,0.85],
             "f1":[0.85,0.77],"confusion":[[50,10],[14,46]],"rocAucs":[0.93],
             "rankingCurves":[[[1,1,0.5],[0.2,0.9,0.8],[0,0.1,1]]],
             "reliability":[[0.6,0.55,0.5],[0.9,0.95,0.5]],"coverageByLevel":[0.01,0.03,0.04],
             "pit":[0.5,0.3,0.2]}\
            """);
        Files.writeString(run.path().resolve(ExampleRows.NAME), """
            {"data":"test","columns":["a","b"],"moreColumns":3,"worst":[
             {"loss":2.5,"target":"<b>x","prediction":"y","probability":0.875,"cells":["1.5","(missing)"]}],
             "targetSample":[[1,1.25],[2,1.5],[3,3.5]]}\
            """);
        Files.writeString(
                run.path().resolve(TimeFile.NAME),
                "{\"seconds\":{\"compute\":9.0},\"paragraph\":\"Where 9.0 s went\"}");
        RunReport.write(run);
        String page = run.path().resolve(RunReport.NAME).toUri().toString();
        String shown = Browser.show(page, 1600, temporary);
        assertThat(shown)
                .contains(">&lt;b&gt;x<", ">(missing)<", ">0.875<", ">3 more columns.<", ">Where 9.0 s went<")
                .contains(">ROC curve<", ">Precision and recall<", ">Residuals<", ">Targets by what was predicted<")
                .contains("data-errors=\"0\"", "data-charts=\"17\"", "data-overflows=\"false\"", ">Test rows: 120<")
                .contains("style=\"--share: 0.1666")
                .contains("&lt;/script&gt;&lt;b&gt;class&lt;/b&gt; predicted as a");
    }

    /** Wilson's interval, as in his paper of 1927: of 10 rows all right, of 100 rows 80. */
    @Test
    void sureIsSaidAsAnInterval() {
        assertThat(Headline.interval(1, 10)).containsExactly(new double[] {0.7225, 1}, within(1e-4));
        assertThat(Headline.interval(0.8, 100)).containsExactly(new double[] {0.7112, 0.8666}, within(1e-4));
    }

    /** What was trained, how good, how sure, at what cost; what the rows hold, and where it was trained. */
    @Test
    void aBrowserShowsTheDataAndTheEnvironment() throws Exception {
        Browser.assumeThere();
        Files.writeString(run.path().resolve(Measures.NAME), """
            {"data":"test","rows":100,"loss":0.5,"accuracy":0.8}\
            """);
        Files.writeString(run.path().resolve(RunReport.DATA), """
            {"rows":{"training":4000,"test":100},"features":"[3]","describedRows":1000,"columns":[
              {"name":"age","type":"number","missing":7,"distinct":61,"mean":40.5,"std":9.25,"least":18,
               "median":39,"greatest":84,"histogram":[1,5,2]},
              {"name":"<b>plan","type":"oneHot","missing":0,
               "mostFrequent":[{"name":"pro","rows":12},{"name":"free","rows":3}]}],
             "moreColumns":2,"classes":[{"name":"no","rows":300},{"name":"yes","rows":100}],"targets":[]}\
            """);
        Files.writeString(run.path().resolve(RunReport.ENVIRONMENT), """
            {"lockstep":"1.2.3","spark":"4.2.0","master":"local[2]","ranks":2,"fingerprint":"feed",
             "processes":[{"name":"driver","java":"17.0.1","kernels":"simd-256","processors":2,
              "heapMebibytes":512}]}\
            """);
        RunReport.write(run);
        String shown = Browser.show(run.path().resolve(RunReport.NAME).toUri().toString(), 1600, temporary);
        assertThat(shown)
                .contains("A network of 26 parameters from [3] to the probabilities of 2"
                        + " classes, trained on 4,000 rows. On 100 test rows 80.00 % are right;"
                        + " with 95 % confidence between 71.12 % and 86.66 % of such rows. It took 4"
                        + " epochs, 6.0 s, on 2 ranks of local[2].")
                .contains(">age<", ">9.25<", ">&lt;b&gt;plan<", ">pro 12, free 3<", ">2 more columns.<")
                .contains(">Measured over 1,000 of the training rows.<", ">75.0 %<", ">simd-256<", ">feed<")
                .contains(">SHA-256 of the model<", "data-errors=\"0\"", "data-overflows=\"false\"");
        assertThat(Browser.count("class=\"node\"", shown))
                .as("input and two layers")
                .isEqualTo(3);
    }

    /** Of images a mistake is a picture. */
    @Test
    void aBrowserDrawsMistakes() throws Exception {
        Browser.assumeThere();
        Files.writeString(run.path().resolve(ExampleRows.NAME), """
            {"data":"test","width":2,"height":1,"channels":1,"worst":[
             {"loss":2.5,"target":"7","prediction":"1","probability":0.875,"pixels":[0,254]}]}\
            """);
        RunReport.write(run);
        String shown = Browser.show(run.path().resolve(RunReport.NAME).toUri().toString(), 500, temporary);
        assertThat(shown)
                .contains("<canvas width=\"2\" height=\"1\">", ">7 predicted as 1 (87.5 %)<", ">loss 2.5<")
                .contains("data-errors=\"0\"", "data-overflows=\"false\"");
    }

    /** Weights into a unit of a layer on images, scaled so that 127 is 0. */
    @Test
    void theFirstLayerIsSeenAsPictures() {
        Network network = Network.bind(new ModelSpec(List.of(new Dense(2)), new CrossEntropy()), Shape.of(1, 2, 1));
        Parameters parameters = new Parameters(new float[] {1, 0, -0.5f, 4, 0, 0}, new float[0]);
        SavedModel model = SavedModel.of(
                network, parameters, Scaling.NONE, 5, new ModelDescription.Columns(null, null, null, null));
        assertThat(String.valueOf(FirstLayer.images(model)))
                .isEqualTo("{\"name\":\"dense_1.weight\",\"channels\":1,\"height\":1,\"width\":2,"
                        + "\"images\":[[254,64],[127,254]]}");
    }

    @Test
    void runsAreLaidSideBySide() throws Exception {
        LocalDirectory other = new LocalDirectory(temporary.resolve("other"));
        Files.createDirectories(other.path());
        Files.writeString(
                other.path().resolve("metrics.jsonl"),
                Files.readAllLines(run.path().resolve("metrics.jsonl")).get(0) + "\n");
        Files.writeString(run.path().resolve("job.json"), "{\"train\":{\"seed\":1},\"output\":{\"dir\":\"a\"}}");
        Files.writeString(
                other.path().resolve("job.json"),
                "{\"train\":{\"seed\":1},\"model\":{\"layers\":[{\"dense\":{\"units\":7}}]},"
                        + "\"output\":{\"dir\":\"b\"}}");
        RunComparison comparison = RunComparison.of(List.of(run, other));
        assertThat(comparison.text().stream().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "model.layers.0.dense.units - 7",
                        "epochs 4 1",
                        "best epoch 3 1",
                        "best epoch's loss 0.3300 1.0000")
                .noneMatch(line -> line.startsWith("train.seed") || line.startsWith("output.dir"));
        Browser.assumeThere();
        Path page = Files.writeString(temporary.resolve("compare.html"), comparison.html());
        // Losses and accuracies, each of training and validation, rate, speed.
        assertThat(Browser.show(page.toUri().toString(), 1600, temporary))
                .contains("data-errors=\"0\"", "data-charts=\"6\"", "data-overflows=\"false\"", ">best epoch<");
        Files.delete(other.path().resolve("metrics.jsonl"));
        assertThatThrownBy(() -> RunComparison.of(List.of(run, other)))
                .hasMessage(other.path() + "/metrics.jsonl: it has no epochs to compare");
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
        assertThat(shown).contains("data-errors=\"0\"", "data-charts=\"10\"", "data-overflows=\"false\"");
        assertThat(Browser.count("<canvas", shown)).isEqualTo(10);
        assertThat(Browser.count("<tr class=\"best\"", shown)).isOne();
        assertThat(shown).contains(">dense_2<", ">validation accuracy<");
    }
}
