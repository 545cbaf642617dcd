package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.report.EpochReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Networks that predict several things, or one for each step, from a job file to columns of predictions. */
class HeadsJobTest extends ExampleJobs {
    private static final List<String> KINDS = List.of("flat", "house", "villa");
    private static final int ROWS = 120;

    private static final String JOB = """
        data:
          train: {path: "%s", features: [x, y], weight: w}
          validation: 0.25
          scaleTarget: standardise
          shards: 3
        model:
          layers:
            - dense: {units: 8, activation: tanh}
            - concat: [[dense: 2], [dense: {units: 4, activation: tanh}, dense: 3], [dense: 1]]
          loss:
            heads:
              price: {loss: gaussianNll, outputs: 2}
              kind: {loss: crossEntropy, outputs: 3, weight: 0.5, classes: [flat, house, villa]}
              old: {loss: hinge, outputs: 1}
        optimizer: {adam: 0.03}
        train: {batchSize: 16}
        output: {dir: unused}
        """;

    private static List<String> lines() {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>(List.of("kind,x,price,y,w,old"));
        for (int i = 0; i < ROWS; i++) {
            double x = random.nextInt(64) / 16.0 - 2;
            double y = random.nextInt(64) / 16.0 - 2;
            String kind = KINDS.get(x > 0.75 ? 2 : x > -0.75 ? 1 : 0);
            lines.add(kind + "," + x + "," + (1000 + 300 * x - 100 * y) + "," + y + "," + (1 + i % 2) + ","
                    + (y > 0 ? "true" : "false"));
        }
        return lines;
    }

    private Path csv(List<String> lines) throws IOException {
        return Files.write(temporary.resolve("houses.csv"), lines);
    }

    private String trained(Path rows, String... more) throws IOException {
        Path job = Files.writeString(temporary.resolve("heads.yaml"), JOB.formatted(rows));
        List<String> settings = new ArrayList<>(List.of("train.epochs=20", "--overwrite"));
        settings.addAll(List.of(more));
        CommandLineRun run = train(job, settings.toArray(String[]::new));
        assertThat(run.err()).doesNotContain("error:");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .as("the last lines name what each head has come to")
                .containsPattern("\nvalidation rows \\d+ loss [0-9.-]+ .*\nprice: .*rmse [0-9.]+.*\n")
                .containsPattern("\nkind: accuracy [01][.]\\d{4}.*\n")
                .containsPattern("\nold: accuracy [01][.]\\d{4}.*\n");
        return run.out().substring(run.out().indexOf("sha256"));
    }

    private Row first(Path predictions) {
        return spark.read().parquet(predictions.toString()).first();
    }

    private Path predicted(Path rows) {
        Path predictions = temporary.resolve("predictions");
        CommandLineRun run = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                rows.toString(),
                "--output",
                predictions.toString(),
                "--overwrite",
                "--output-format",
                "parquet");
        assertThat(run.err()).doesNotContain("error");
        assertThat(run.code()).isZero();
        return predictions;
    }

    @Test
    void headsAreTrainedMeasuredAndPredictedTogether() throws IOException {
        Path rows = csv(lines());
        String sha256 = trained(rows);
        Path table = temporary.resolve("houses.parquet");
        spark.read()
                .option("header", true)
                .option("inferSchema", true)
                .csv(rows.toString())
                .repartition(3)
                .write()
                .parquet(table.toString());
        assertThat(trained(table)).isEqualTo(sha256);
        assertThat(trained(rows, "sync.transport=driver")).isEqualTo(sha256);
        trained(rows, "sync.mode=averaging", "train.epochs=2");
        assertThat(trained(rows)).isEqualTo(sha256);

        CommandLineRun measured =
                CommandLineRun.of("evaluate", temporary.resolve("model").toString(), "--json");
        assertThat(measured.err()).doesNotContain("error");
        JsonNode figures = new ObjectMapper().readTree(measured.out());
        assertThat(figures.findValue("kind_accuracy").asDouble()).isGreaterThan(0.8);
        assertThat(figures.findValue("old_accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(figures.findValue("price_rmse").asDouble()).isBetween(0.1, 200.0);

        List<String> lines = Files.readAllLines(temporary.resolve("model/metrics.jsonl"));
        JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        for (String figure : List.of("price_rmse", "price_logLikelihood", "kind_accuracy", "old_accuracy")) {
            assertThat(last.path(EpochReport.validationName(figure)).asDouble())
                    .as(figure)
                    .isEqualTo(figures.findValue(figure).asDouble());
        }
        assertThat(last.path("validationLoss").asDouble())
                .isEqualTo(figures.get("loss").asDouble());
        assertThat(Files.readString(temporary.resolve("model/report.html")))
                .contains("{\"training\":\"kind_accuracy\",\"validation\":\"validationKind_accuracy\"}")
                .contains("\"validation kind: accuracy, best epoch\"");

        CommandLineRun told =
                CommandLineRun.of("evaluate", temporary.resolve("model").toString());
        assertThat(told.out())
                .containsPattern("validation price_rmse [0-9.]+ price_logLikelihood")
                .contains("kind_accuracy");

        Row predicted = first(predicted(rows));
        SavedModel model = ModelFiles.load(new LocalDirectory(temporary.resolve("model")));
        Map<String, Object> expected =
                model.cellPredictor(1).predictRow(Map.of("x", predicted.getAs("x"), "y", predicted.getAs("y")));
        assertThat(expected.keySet())
                .containsExactly(
                        "price_prediction",
                        "price_standardDeviation",
                        "kind_prediction",
                        "kind_probability",
                        "kind_probability_flat",
                        "kind_probability_house",
                        "kind_probability_villa",
                        "old_prediction",
                        "old_margin");
        expected.forEach((name, value) ->
                assertThat((Object) predicted.getAs(name)).as(name).isEqualTo(value));
        assertThat(KINDS).contains(predicted.<String>getAs("kind_prediction"));
    }

    @Test
    void aCellThatIsNoneOfTheClassesIsRefusedWhereItStands() throws IOException {
        List<String> lines = lines();
        lines.set(5, lines.get(5).replaceFirst("^[a-z]+", "castle"));
        Path job = Files.writeString(temporary.resolve("heads.yaml"), JOB.formatted(csv(lines)));
        CommandLineRun run = train(job, "train.epochs=1", "--overwrite");
        assertThat(run.code()).isNotZero();
        assertThat(run.err()).contains("houses.csv:6, column \"kind\": expected one of flat, house, villa, got castle");
        CommandLineRun labelled = train(job, "data.train.label=price", "--overwrite");
        assertThat(labelled.err())
                .contains("data.train.label: the heads of model.loss define which columns they predict, [price, kind,"
                        + " old]; expected none, got price");
    }

    @Test
    void eachStepHasPredictionsUpToTheEndOfTheRow() throws IOException {
        List<String> lines = new ArrayList<>(List.of("a,b,c,n,t0,t1,t2"));
        for (int i = 0; i < 40; i++) {
            int n = 1 + i % 3;
            lines.add(i + "," + (n > 1 ? 2 * i : "") + "," + (n > 2 ? 3 * i : "") + "," + n + "," + i + ","
                    + (n > 1 ? i : "") + "," + (n > 2 ? i : ""));
        }
        Path rows = csv(lines);
        Path job = Files.writeString(temporary.resolve("steps.yaml"), """
            data:
              train: {path: "%s", label: [t0, t1, t2], length: n, shape: [3, 1]}
              shards: 2
            model: {layers: [{dense: 2}], loss: gaussianNll}
            output: {dir: unused}
            """.formatted(rows));
        CommandLineRun run = train(job, "train.epochs=2", "--overwrite");
        assertThat(run.err()).doesNotContain("error");
        List<Row> predicted = spark.read()
                .parquet(predicted(rows).toString())
                .orderBy(functions.expr("int(a)"))
                .collectAsList();
        SavedModel model = ModelFiles.load(new LocalDirectory(temporary.resolve("model")));
        for (int i = 0; i < 40; i++) {
            int n = 1 + i % 3;
            float[] expected = model.predictor(1)
                    .predict(List.of(new float[] {i, 2 * i, 3 * i, n}))
                    .array();
            List<Float> means = predicted.get(i).getList(predicted.get(i).fieldIndex("prediction"));
            List<Float> deviations = predicted.get(i).getList(predicted.get(i).fieldIndex("standardDeviation"));
            assertThat(means).hasSize(n);
            assertThat(deviations).hasSize(n);
            for (int step = 0; step < n; step++) {
                assertThat(means.get(step)).isEqualTo(expected[2 * step]);
                assertThat(deviations.get(step)).isEqualTo((float) Math.sqrt(expected[2 * step + 1]));
            }
        }
        CommandLineRun csv = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                rows.toString(),
                "--output",
                temporary.resolve("as csv").toString());
        assertThat(csv.err()).contains("use --output-format parquet or json");
    }

    @Test
    void eachStepOfATableHasAClass() throws IOException {
        List<String> lines = new ArrayList<>(List.of("a,b,c,n,t0,t1,t2"));
        for (int i = 0; i < 60; i++) {
            int n = 1 + i % 3;
            List<String> features = new ArrayList<>();
            List<String> tags = new ArrayList<>();
            for (int step = 0; step < 3; step++) {
                int value = (i * 7 + step * 5) % 11 - 5;
                features.add(step < n ? Integer.toString(value) : "");
                tags.add(step < n ? value < 0 ? "low" : "high" : "");
            }
            lines.add(String.join(",", features) + "," + n + "," + String.join(",", tags));
        }
        Path rows = csv(lines);
        Path job = Files.writeString(temporary.resolve("tags.yaml"), """
            data:
              train: {path: "%s", label: [t0, t1, t2], classes: [high, low], length: n, shape: [3, 1]}
              shards: 2
            model: {layers: [{dense: 2}], loss: crossEntropy}
            optimizer: {adam: 0.1}
            output: {dir: unused}
            """.formatted(rows));
        CommandLineRun run = train(job, "train.epochs=30", "train.batchSize=12", "--overwrite");
        assertThat(run.err()).doesNotContain("error");
        for (Row row : spark.read().parquet(predicted(rows).toString()).collectAsList()) {
            List<String> tags = row.getList(row.fieldIndex("prediction"));
            assertThat(tags).hasSize(Integer.parseInt(row.getAs("n")));
            for (int step = 0; step < tags.size(); step++) {
                assertThat(tags.get(step)).isEqualTo(row.<String>getAs("t" + step));
            }
            assertThat(row.getList(row.fieldIndex("probability_low"))).hasSize(tags.size());
        }
    }
}
