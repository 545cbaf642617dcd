package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.io.DirectoryLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code predict} on a real Spark in this JVM. */
class PredictTest {
    private static SparkSession spark;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() {
        spark = LocalSession.start(
                2,
                "spark.sql.warehouse.dir",
                Path.of("target", "spark-warehouse").toUri().toString());
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private SavedModel save(Loss loss, int outputs, List<String> labels, List<String> classes, Targets targets) {
        ModelSpec spec = new ModelSpec(List.<LayerSpec>of(new Dense(outputs)), loss);
        Network network = Network.bind(spec, Shape.of(2));
        SourceSpec source = new SourceSpec(
                "train.csv", SourceSpec.Format.CSV, new Names(labels), null, null, null, null, null, null, null, null);
        DataSchema schema = new DataSchema(
                source,
                Shape.of(2),
                List.of("x", "y"),
                labels,
                targets,
                targets == Targets.CLASS ? Math.max(2, outputs) : 0,
                classes);
        SavedModel model = SavedModel.of(
                network,
                network.initialize(3),
                Scaling.of(1, 2),
                3,
                new ModelDescription.Columns(classes, labels, List.of("x", "y"), schema.toTree()));
        ModelFiles.save(new LocalDirectory(temporary.resolve("model")), model);
        return model;
    }

    private CommandLineRun predict(Path input, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                input.toString(),
                "--output",
                temporary.resolve("out").toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private Path input(String text) throws IOException {
        return Files.writeString(temporary.resolve("rows.csv"), text);
    }

    private List<String> output() throws IOException {
        return PredictionLines.of(temporary.resolve("out"));
    }

    @Test
    void rowsOrderAndColumnsStay() throws IOException {
        SavedModel model = save(new CrossEntropy(), 3, List.of("kind"), List.of("a b", "c", "d\"e"), Targets.CLASS);
        StringBuilder rows = new StringBuilder("id,y,note,x\n");
        List<float[]> features = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            features.add(new float[] {i % 17, i % 5 - 2});
            rows.append(String.format("%03d,%d,\" say \"\"%d\"\", \",%d%n", i, i % 5 - 2, i, i % 17));
        }
        CommandLineRun run = predict(input(rows.toString()));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("predictions " + temporary.resolve("out") + "\n");
        assertThat(run.code()).isZero();
        Tensor expected = model.predictor(1000).predict(features);
        List<String> lines = output();
        assertThat(lines.get(0))
                .isEqualTo("id,y,note,x,prediction,probability,probability_a b,probability_c,\"probability_d\"\"e\"");
        assertThat(lines).hasSize(1001);
        String[] names = {"a b", "c", "\"d\"\"e\""};
        for (int i = 0; i < 1000; i++) {
            float[] p = {
                expected.array()[expected.rowOffset(i)],
                expected.array()[expected.rowOffset(i) + 1],
                expected.array()[expected.rowOffset(i) + 2]
            };
            int best = p[0] >= p[1] ? 0 : 1;
            best = p[best] >= p[2] ? best : 2;
            assertThat(lines.get(i + 1))
                    .isEqualTo(String.format("%03d,%d,\" say \"\"%d\"\", \",%d,", i, i % 5 - 2, i, i % 17) + names[best]
                            + "," + p[best] + "," + p[0] + "," + p[1] + "," + p[2]);
        }
    }

    @Test
    void parquetAndJson() throws IOException {
        SavedModel model = save(new MeanSquaredError(), 1, List.of("z"), null, Targets.VALUES);
        Path input = input("x,y\n1,2\n3,-4\n");
        float[] expected = model.predictor(2)
                .predict(List.of(new float[] {1, 2}, new float[] {3, -4}))
                .array();
        assertThat(predict(input, "--output-format", "parquet").code()).isZero();
        List<Row> rows = spark.read()
                .parquet(temporary.resolve("out").toString())
                .orderBy("x")
                .collectAsList();
        assertThat(rows.toString()).isEqualTo("[[1,2," + expected[0] + "], [3,-4," + expected[1] + "]]");
        assertThat(predict(input, "--output-format", "JSON", "--overwrite").code())
                .isZero();
        try (Stream<Path> files = Files.list(temporary.resolve("out"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".json"))
                            .sorted()
                            .flatMap(PredictTest::lines))
                    .containsExactly(
                            "{\"x\":\"1\",\"y\":\"2\",\"prediction\":" + expected[0] + "}",
                            "{\"x\":\"3\",\"y\":\"-4\",\"prediction\":" + expected[1] + "}");
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void twoClassesFromOneOutput() throws IOException {
        SavedModel model = save(new BinaryCrossEntropy(), 1, List.of("z"), null, Targets.CLASS);
        float[] p = model.predictor(2)
                .predict(List.of(new float[] {9, 9}, new float[] {-9, -9}))
                .array();
        assertThat(predict(input("x,y\n9,9\n-9,-9\n")).code()).isZero();
        assertThat(output())
                .containsExactly(
                        "x,y,prediction,probability,probability_0,probability_1",
                        "9,9," + line(p[0]),
                        "-9,-9," + line(p[1]));
        assertThat(Math.max(p[0], p[1])).isGreaterThan(0.5f);
        assertThat(Math.min(p[0], p[1])).isLessThan(0.5f);
    }

    private static String line(float p) {
        return (p >= 0.5f ? "1," + p : "0," + (1 - p)) + "," + (1 - p) + "," + p;
    }

    @Test
    void valuesWithTheirDeviations() throws IOException {
        SavedModel model = save(new GaussianNll(), 4, List.of("u", "v"), null, Targets.VALUES);
        float[] p = model.predictor(1).predict(List.of(new float[] {1, 2})).array();
        assertThat(predict(input("x,y\n1,2\n")).code()).isZero();
        assertThat(output())
                .containsExactly(
                        "x,y,prediction_u,prediction_v,standardDeviation_u,standardDeviation_v",
                        "1,2," + p[0] + "," + p[1] + "," + (float) Math.sqrt(p[2]) + "," + (float) Math.sqrt(p[3]));
    }

    /** Whatever the names: replacing the output would delete what is read, or the model. */
    @Test
    void theOutputStandsApartFromInputAndModel() throws IOException {
        save(new MeanSquaredError(), 1, List.of("z"), null, Targets.VALUES);
        Path rows = Files.createDirectories(temporary.resolve("data/rows"));
        Path file = Files.writeString(rows.resolve("x.csv"), "x,y\n1,2\n");
        Path far = Files.createDirectories(temporary.resolve("far"));
        Files.writeString(far.resolve("y.csv"), "x,y\n1,2\n");
        Path link = Files.createSymbolicLink(temporary.resolve("link"), rows);
        Path linkOut = Files.createSymbolicLink(rows.resolve("y.csv"), far.resolve("y.csv"));
        Path model = temporary.resolve("model");
        refused(rows, rows + "/", "input " + rows);
        refused(file, file.toString(), "input " + file);
        refused(file, file.toUri().toString(), "input " + file);
        refused(file, temporary.resolve("data").toString(), "input " + file);
        refused(rows.resolve("*.csv"), temporary.resolve("data").toString(), "input " + rows + "/*.csv");
        refused(temporary.resolve("d*"), rows.toString(), "input " + temporary + "/d*");
        refused(rows, rows + "/out", "input " + rows);
        refused(rows, rows + "/../rows", "input " + rows);
        refused(link.resolve("x.csv"), rows.toString(), "input " + link + "/x.csv");
        refused(linkOut, far.toString(), "input " + linkOut);
        refused(linkOut, rows.toString(), "input " + linkOut);
        refused(file, model.toString(), "model " + model);
        refused(file, model + "/predictions", "model " + model);
        refused(file, temporary.toString(), "model " + model);
        assertThat(file).hasContent("x,y\n1,2");
        assertThat(linkOut).hasContent("x,y\n1,2");
        assertThat(predict(rows).code()).isZero();
        assertThat(predict(rows, "--overwrite").err()).isEmpty();
    }

    /** Only what an earlier predict wrote is replaced, and not while another one writes. */
    @Test
    void filesOfOthersAreNotReplaced() throws IOException {
        save(new MeanSquaredError(), 1, List.of("q"), null, Targets.VALUES);
        Path rows = input("x,y\n1,2\n");
        Path out = Files.createDirectory(temporary.resolve("out"));
        for (String foreign : List.of("notes.txt", "part-00000.csv", "checkpoints/state")) {
            Path file = out.resolve(foreign);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "mine");
            String entry = foreign.startsWith("checkpoints") ? "checkpoints/" : foreign;
            assertThat(predict(rows, "--overwrite").err())
                    .isEqualTo("error: --output " + out + ": --overwrite replaces only the output of an earlier"
                            + " predict, and \""
                            + entry + "\" is not part of it: move it, or choose another directory\n");
            assertThat(file).hasContent("mine");
            Files.delete(file);
        }
        Files.delete(out.resolve("checkpoints"));
        assertThat(predict(rows, "--overwrite").err()).isEmpty();
        List<String> written = output();
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThat(predict(rows, "--overwrite").err()).contains("and \"notes.txt\" is not part of it");
        assertThat(output()).isEqualTo(written);
        Files.delete(out.resolve("notes.txt"));

        try (DirectoryLease running = DirectoryLease.acquire(new LocalDirectory(out), notice -> {})) {
            assertThat(running.directory().list()).isNotEmpty();
            assertThat(predict(rows, "--overwrite").err())
                    .startsWith("error: --output " + out + ": another run writes into " + out + " (process ")
                    .hasLineCount(1);
            assertThat(output()).isEqualTo(written);
        }
        assertThat(predict(rows, "--overwrite").err()).isEmpty();
    }

    @Test
    void rowsOfATable() throws IOException {
        save(new MeanSquaredError(), 1, List.of("q"), null, Targets.VALUES);
        Path folder = temporary.resolve("table");
        spark.sql("select 1.0 as x, 2.0 as y")
                .write()
                .option("path", folder.toString())
                .saveAsTable("rows_to_predict");
        try {
            CommandLineRun run = predict(Path.of("rows_to_predict"), "--format", "table");
            assertThat(run.err()).isEmpty();
            assertThat(output()).hasSize(2).first().isEqualTo("x,y,prediction");
            String line = CommandLineRun.of(
                            "predict",
                            temporary.resolve("model").toString(),
                            "--input",
                            "rows_to_predict",
                            "--format",
                            "table",
                            "--output",
                            folder.toString(),
                            "--overwrite")
                    .err();
            assertThat(line)
                    .isEqualTo(
                            "error: --output " + folder + ": expected a directory apart from the input rows_to_predict,"
                                    + " got one that overlaps with it\n");
        } finally {
            spark.sql("drop table rows_to_predict");
        }
    }

    private void refused(Path input, String output, String overlapping) {
        CommandLineRun run = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                input.toString(),
                "--output",
                output,
                "--overwrite");
        assertThat(run.err())
                .isEqualTo("error: --output " + output + ": expected a directory apart from the " + overlapping
                        + ", got one that overlaps with it\n");
    }

    /** Spark tells such columns apart where it is asked to. */
    @ParameterizedTest
    @EnumSource(PredictCommand.OutputFormat.class)
    void columnsWhoseNamesDifferInCaseAlone(PredictCommand.OutputFormat format) throws IOException {
        SavedModel model = save(new CrossEntropy(), 2, List.of("kind"), List.of("a", "A"), Targets.CLASS);
        float[] p = model.predictor(1).predict(List.of(new float[] {1, 2})).array();
        CommandLineRun run = predict(input("x,y,X,Prediction\n1,2,3,4\n"), "--output-format", format.name());
        assertThat(run.err()).isEmpty();
        SparkSession reader = spark.newSession();
        reader.conf().set("spark.sql.caseSensitive", true);
        Dataset<Row> written = reader.read()
                .format(format.name().toLowerCase(Locale.ROOT))
                .option("header", true)
                .load(temporary.resolve("out").toString())
                .select("x", "X", "Prediction", "prediction", "probability_a", "probability_A");
        assertThat(written.collectAsList().toString())
                .isEqualTo("[[1,3,4," + (p[1] > p[0] ? "A" : "a") + "," + p[0] + "," + p[1] + "]]");
    }

    @Test
    void wrongInputsAreOneLine() throws IOException {
        save(new MeanSquaredError(), 1, List.of("z"), null, Targets.VALUES);
        Path rows = input("x,y\n1,2\n3,oops\n");
        assertThat(predict(rows).err())
                .isEqualTo("error: " + rows + ":3, column \"y\": expected a number, got \"oops\"\n");
        // What failed leaves nothing behind.
        assertThat(temporary.resolve("out")).doesNotExist();
        Files.createDirectory(temporary.resolve("out"));
        assertThat(predict(rows).err())
                .isEqualTo(
                        "error: --output " + temporary.resolve("out") + ": already exists; --overwrite replaces it\n");
        assertThat(predict(input("x,q\n1,2\n"), "--overwrite").err())
                .startsWith("error: " + rows + ": no column \"y\" for the features; ")
                .hasLineCount(1);
        assertThat(predict(input("x,y,prediction\n1,2,3\n"), "--overwrite").err())
                .isEqualTo(
                        "error: the input already has a column prediction, which predictions are written to; rename it"
                                + " or leave it out\n");
        assertThat(predict(temporary.resolve("none.csv"), "--overwrite").err())
                .startsWith("error: " + temporary.resolve("none.csv"))
                .hasLineCount(1);
    }
}
