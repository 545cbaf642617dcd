package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.nn.train.StepTimes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final TrainingOverview PLAN =
            new TrainingOverview(2, 469, 60_000, 10_000, 669_706, 8, 2, 2, 0, 0, "gradients");
    private static final EpochReport VALIDATED = new EpochReport(
            1,
            469,
            0.25,
            Map.of("accuracy", 0.9275),
            0.125,
            Map.of("accuracy", 0.96),
            Map.of(),
            null,
            1e-3,
            4.5,
            13_333.4,
            1L << 40,
            new StepTimes(3_000_000_000L, 250_000_000L, 500_000_000L),
            new LayerFigures(Map.of("dense_1", 0.5), Map.of("dense_1", 0.125), Map.of("dense_1", 0.75)));
    private static final EpochReport BARE = new EpochReport(
            2,
            938,
            1.5,
            Map.of("rmse", 0.75),
            null,
            Map.of(),
            Map.of(),
            0.25,
            5e-4,
            3,
            20_000,
            0,
            null,
            LayerFigures.NONE);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private static void play(TrainingListener listener) {
        listener.preparing("reading rows.csv");
        listener.prepared(1, 2);
        listener.started(PLAN);
        listener.step(1, 1, 469, 2.3);
        listener.step(1, 469, 469, 0.1);
        listener.epoch(VALIDATED);
        listener.step(2, 469, 469, 0.1);
        listener.epoch(BARE);
        listener.finished(new TrainingSummary(2, 938, 7.5, "all epochs trained", 2, TimeSpent.UNKNOWN));
    }

    @Test
    void metricsFile() throws IOException {
        Files.writeString(directory.resolve("metrics.jsonl"), "from an earlier run");
        play(new MetricsFile(new LocalDirectory(directory)));
        assertThat(directory.resolve("metrics.jsonl")).hasContent("""
            {"epoch":1,"step":469,"loss":0.25,"accuracy":0.9275,"validationLoss":0.125,\
            "validationAccuracy":0.96,\
            "learningRate":0.001,"seconds":4.5,"rowsPerSecond":13333.4,"bytesSent":1099511627776,\
            "computeSeconds":3.0,"copySeconds":0.25,"waitSeconds":0.5,"gradientNorm":{"dense_1":0.5},\
            "updateRatio":{"dense_1":0.125},"deadUnits":{"dense_1":0.75}}
            {"epoch":2,"step":938,"loss":1.5,"rmse":0.75,"negativeLogLikelihood":1.5,\
            "kl":0.25,"elbo":-1.75,"learningRate":5.0E-4,"seconds":3.0,\
            "rowsPerSecond":20000.0,"bytesSent":0}
            """);
    }

    @Test
    void eachEpochIsThereAsSoonAsItEnds() throws IOException {
        MetricsFile file = new MetricsFile(new LocalDirectory(directory));
        file.started(PLAN);
        assertThat(directory.resolve("metrics.jsonl")).isEmptyFile();
        file.epoch(BARE);
        assertThat(Files.readAllLines(directory.resolve("metrics.jsonl"))).hasSize(1);
    }

    @Test
    void aDirectoryThatCannotBe() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new MetricsFile(new LocalDirectory(file)).started(PLAN))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + "/metrics.jsonl: cannot be written: ");
    }

    @Test
    void plainLines() {
        play(new ConsoleProgress(out, false));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
            reading rows.csv
            training 669,706 parameters on 60,000 rows, 10,000 for validation: 2 epochs of 469 steps, \
            8 shards on 2 tasks, gradients
                           loss  accuracy  val loss  val accuracy      rate      rows/s    time    left
            epoch 1/2    0.2500    0.9275    0.1250        0.9600  1.00e-03      13,333   4.5 s   4.5 s *
            epoch 2/2    1.5000    0.7500    0.2500      20,000   3.0 s
            all epochs trained: 2 epochs, 938 steps in 7.5 s
            """);
    }

    @Test
    void aBarOnATerminal() {
        try (ConsoleProgress progress = new ConsoleProgress(out, true)) {
            progress.started(PLAN);
            progress.step(1, 234, 469, 0.5);
            progress.epoch(VALIDATED);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("epoch 1/2")
                .contains("234/469")
                .contains("loss 0.5000")
                .contains("left")
                .contains("\u001b[32mepoch 1/2    0.2500    0.9275    0.1250        0.9600  1.00e-03");
    }

    /** With long names, large numbers and weights that are distributions. */
    @Test
    void aLineFitsAPage() {
        EpochTable table = new EpochTable(1000);
        Map<String, Double> score = Map.of("accuracy", 0.123456);
        EpochReport wide = new EpochReport(
                999,
                1L << 40,
                1e9,
                score,
                1e-9,
                score,
                Map.of(),
                123456.7,
                1e-10,
                7261,
                123_456_789,
                1L << 40,
                null,
                LayerFigures.NONE);
        assertThat(table.header(wide)).hasSizeLessThanOrEqualTo(100);
        assertThat(table.line(wide)).hasSizeLessThanOrEqualTo(100).contains("2h 01m", "1.00e-09", "123,456,789");
    }

    @Test
    void theBestEpochIsThatOfTheLeastValidationLoss() {
        RunSummary summary = new RunSummary();
        play(summary);
        assertThat(String.join("\n", summary.lines(null, null, "runs/a", "a.yaml")))
                .isEqualTo("""
                    best epoch: 1, with a validation loss of 0.1250; this model is from epoch 2
                    (train.earlyStopping keeps that of the best epoch)

                    next:
                      look at it    runs/a/report.html
                      use it        scripts/lockstep predict runs/a --input ROWS --output DIR
                      train longer  scripts/lockstep train a.yaml --set train.epochs=N --overwrite\
                    """);
    }

    /** In the words of the charts, a line a head, in order. */
    @Test
    void theSummaryNamesWhatEachHeadHasComeTo() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("price_rmse", 12.5);
        figures.put("price_logLikelihood", -3.25);
        figures.put("kind_confusion", new double[][] {{1, 0}, {0, 1}});
        figures.put("kind_accuracy", 0.9);
        Measures measures = new Measures("test", 104, 0.5, "loss", 0.5, figures);
        assertThat(new RunSummary().lines(measures, null, "runs/a", "a.yaml"))
                .startsWith(
                        "",
                        "test rows 104 loss 0.5000 loss 0.5000",
                        "price: rmse 12.5000, log likelihood -3.2500",
                        "kind: accuracy 0.9000",
                        "");
    }

    /** Where a training has stopped by itself, more epochs would change nothing. */
    @Test
    void whatHasStoppedEarlyIsNotToBeTrainedLonger() {
        RunSummary summary = new RunSummary();
        summary.started(PLAN);
        summary.epoch(VALIDATED);
        summary.finished(new TrainingSummary(1, 469, 4.5, "enough", 1, TimeSpent.UNKNOWN));
        assertThat(String.join("\n", summary.lines(null, null, "runs/a", "a.yaml")))
                .doesNotContain("train longer")
                .startsWith("best epoch: 1, with a validation loss of 0.1250; this model is from that epoch\n");
    }

    @Test
    void aConfusionMatrixNamesItsClasses() {
        Measures measures = new Measures(
                "test", 104, 0.5, "accuracy", 0.9, Map.of("confusion", new double[][] {{50, 2}, {1.5, 0}}));
        assertThat(ConfusionText.lines(measures, List.of("no", "a very long name of a class")))
                .containsExactly(
                        "rows: true class; columns: predicted class",
                        "                                no  a very long nam…    recall",
                        "no                              50                 2    0.9615",
                        "a very long nam…               1.5                 0    0.0000",
                        "precision                   0.9709            0.0000");
        double[][] many = new double[30][30];
        many[3][7] = 12;
        many[3][3] = 1000;
        many[4][7] = 13;
        assertThat(ConfusionText.lines(
                        new Measures("test", 104, 0.5, "accuracy", 0.9, Map.of("confusion", many)), null))
                .containsExactly(
                        "most frequent mistakes:", "  4 predicted as 7: 13 of 13", "  3 predicted as 7: 12 of 1,012");
    }

    /** Twelve classes whose names begin alike, and twelve without names. */
    @Test
    void aConfusionMatrixOfLongNamesNumbersItsColumns() {
        List<String> classes = IntStream.rangeClosed(1, 12)
                .mapToObj(k -> "Department of things, level " + k)
                .toList();
        double[][] confusion = new double[12][12];
        for (int k = 0; k < 12; k++) {
            confusion[k][k] = 1000;
            confusion[k][(k + 1) % 12] = 250;
        }
        List<String> lines = ConfusionText.lines(
                new Measures("test", 15_000, 0.5, "accuracy", 0.8, Map.of("confusion", confusion)), classes);
        assertThat(lines).hasSize(15).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(lines.subList(0, 3))
                .containsExactly(
                        "rows: true class; columns: number of the predicted class",
                        "                       1     2     3     4     5     6     7     8     9    10    11    12"
                                + "    recall",
                        " 1 Departm…level 1 1,000   250     0     0     0     0     0     0     0     0     0     0"
                                + "     0.800");
        assertThat(lines.get(14)).startsWith("precision          0.800 0.800");
        lines = ConfusionText.lines(
                new Measures("test", 15_000, 0.5, "accuracy", 0.8, Map.of("confusion", confusion)), null);
        assertThat(lines.subList(0, 3))
                .containsExactly(
                        "rows: true class; columns: predicted class",
                        "              0     1     2     3     4     5     6     7     8     9    10    11    recall",
                        "0         1,000   250     0     0     0     0     0     0     0     0     0     0     0.800");
        confusion[0][0] = 1_000_000;
        assertThat(ConfusionText.lines(
                        new Measures("test", 15_000, 0.5, "accuracy", 0.8, Map.of("confusion", confusion)), classes))
                .startsWith(
                        "most frequent mistakes:",
                        "  Department of things, level 1 predicted as Department of things, level 2: 250 of 1,000,250")
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void severalListeners() throws IOException {
        play(new Listeners(List.of(new MetricsFile(new LocalDirectory(directory)), new ConsoleProgress(out, false))));
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(6);
        assertThat(Files.readAllLines(directory.resolve("metrics.jsonl"))).hasSize(2);
    }
}
