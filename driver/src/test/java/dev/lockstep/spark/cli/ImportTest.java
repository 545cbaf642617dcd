package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.ChecksumFile;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.NamedTensor;
import dev.lockstep.nn.io.SafeTensors;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.serve.ModelServer;
import dev.lockstep.nn.serve.ServeOptions;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.report.BomSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model of another program does all that a trained one does, from the command line. */
class ImportTest extends ExampleJobs {
    private static final int ROWS = 24;
    private static final int FEATURES = 10;
    private static final int TARGETS = 8;

    /** {@code torch.nn.Linear(10, 8)} as PyTorch exported it. */
    private Path linear() throws IOException {
        Path file = temporary.resolve("linear.onnx");
        try (InputStream in = Objects.requireNonNull(
                ImportTest.class.getResourceAsStream("/dev/lockstep/nn/onnx/read/linear.onnx"))) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private static String names(String letter, int count) {
        return IntStream.range(0, count).mapToObj(i -> letter + i).collect(Collectors.joining(","));
    }

    /** Rows with targets that the model predicts without an error, and a class by the first feature. */
    private Path rows(SavedModel model) throws IOException {
        StringBuilder text = new StringBuilder(names("x", FEATURES) + "," + names("y", TARGETS) + ",kind\n");
        for (int row = 0; row < ROWS; row++) {
            float[] features = new float[FEATURES];
            for (int i = 0; i < FEATURES; i++) {
                features[i] = (row * 7 + i * 5) % 11 / 8f - 0.5f;
                text.append(features[i]).append(',');
            }
            float[] predicted = model.predictor(1).predict(List.of(features)).array();
            for (int i = 0; i < TARGETS; i++) {
                text.append(predicted[i]).append(',');
            }
            text.append(features[0] > 0 ? "a" : "b").append('\n');
        }
        return Files.writeString(temporary.resolve("rows.csv"), text);
    }

    /** The rows as one has them who wants them predicted. */
    private Path features(Path rows) throws IOException {
        String text = Files.readAllLines(rows).stream()
                .map(line -> String.join(",", List.of(line.split(",")).subList(0, FEATURES)) + "\n")
                .collect(Collectors.joining());
        return Files.writeString(temporary.resolve("features.csv"), text);
    }

    private Path job(String name, String label, String rows, String more) throws IOException {
        return Files.writeString(
                temporary.resolve(name),
                String.join(
                        "\n",
                        "data:",
                        "  train: {path: " + rows + ", label: " + label + ", features: [" + names("x", FEATURES) + "]}",
                        "  validation: {path: " + rows + ", label: " + label + ", features: [" + names("x", FEATURES)
                                + "]}",
                        "  shards: 2",
                        "optimizer: {sgd: 0.1}",
                        "train: {epochs: 2, batchSize: 8}",
                        more,
                        ""));
    }

    private static CommandLineRun ok(CommandLineRun run) {
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    @Test
    void aFileOfPyTorchDoesAllThatATrainedModelDoes() throws Exception {
        String model = temporary.resolve("imported").toString();
        ok(CommandLineRun.of("import", linear().toString(), "--output", model, "--license", "BSD-3-Clause"));
        SavedModel imported = ModelFiles.load(new LocalDirectory(Path.of(model)));
        String sha256 = imported.description().sha256();

        assertThat(ok(CommandLineRun.of("verify", model)).out())
                .isEqualTo("files model.json weights.safetensors sbom.json\nsbom sbom.json\nverified " + model
                        + " sha256 " + sha256 + "\n");
        card(Path.of(model), sha256);

        Path rows = rows(imported);
        Path job = job(
                "linear.yaml",
                "[" + names("y", TARGETS) + "]",
                rows.toString(),
                "model: {layers: [{dense: 8}], loss: meanSquaredError}\noutput: {dir: " + temporary.resolve("x") + "}");
        JsonNode measures = SpecMapper.json()
                .readTree(ok(CommandLineRun.of("evaluate", model, "--job", job.toString(), "--json"))
                        .out());
        assertThat(measures.path("rows").asInt()).isEqualTo(ROWS);
        assertThat(measures.path("rmse").asDouble(1)).isLessThan(1e-6);

        Path predictions = temporary.resolve("predictions");
        ok(CommandLineRun.of(
                "predict", model, "--input", features(rows).toString(), "--output", predictions.toString()));
        assertThat(PredictionLines.of(predictions)).hasSize(ROWS + 1);

        byName(rows);
        serves(imported);

        Path onnx = temporary.resolve("again.onnx");
        ok(CommandLineRun.of("export", model, "--onnx", onnx.toString()));
        String again = temporary.resolve("again").toString();
        assertThat(ok(CommandLineRun.of("import", onnx.toString(), "--output", again))
                        .out())
                .isEqualTo("model " + again + " sha256 " + sha256 + "\n");

        fineTunes(model, sha256, imported, rows);
    }

    /** With names of the columns, the rows may have others too, in any order. */
    private void byName(Path rows) throws IOException {
        String model = temporary.resolve("named").toString();
        String[] command = {"import", linear().toString(), "--output", model, "--features", names("x", FEATURES)};
        ok(CommandLineRun.of(command));
        Path predictions = temporary.resolve("byName");
        ok(CommandLineRun.of("predict", model, "--input", rows.toString(), "--output", predictions.toString()));
        assertThat(PredictionLines.of(predictions)).hasSize(ROWS + 1);
        command[5] = "a,b";
        assertThat(CommandLineRun.of(command).err()).startsWith("error: --features: expected 10 names, got 2");
    }

    private static void card(Path model, String sha256) throws IOException {
        String digest = ChecksumFile.sha256(new LocalDirectory(model.getParent()), "linear.onnx");
        assertThat(Files.readString(model.resolve("README.md")))
                .contains(
                        "# Model " + sha256.substring(0, 12) + "\n",
                        "| imported by | Lockstep ",
                        " from `linear.onnx`, SHA-256 `" + digest + "` |",
                        "| licence | `BSD-3-Clause` |",
                        "## Data\n\nNot recorded.\n",
                        "| dense_1 | [8] | weight [10, 8], bias [8] | 88 |\n")
                .doesNotContain("--retrain", "## Recipe");
        JsonNode sbom = SpecMapper.json().readTree(model.resolve("sbom.json").toFile());
        BomSchema.check(sbom);
        JsonNode component = sbom.path("metadata").path("component");
        assertThat(component.path("type").asText()).isEqualTo("machine-learning-model");
        assertThat(component.path("version").asText()).isEqualTo(sha256);
        assertThat(component.path("licenses").toString()).isEqualTo("[{\"license\":{\"name\":\"BSD-3-Clause\"}}]");
        assertThat(component.path("pedigree").path("ancestors").path(0).toString())
                .contains("\"name\":\"linear.onnx\"", digest);
    }

    private static void serves(SavedModel model) throws Exception {
        float[] features = new float[FEATURES];
        features[3] = 1;
        try (ModelServer server = ModelServer.start(model, ServeOptions.atPort(0))) {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.url() + "/predict"))
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"features\":[0,0,0,1,0,0,0,0,0,0]}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode prediction = SpecMapper.json().readTree(response.body());
            float[] expected = model.predictor(1).predict(List.of(features)).array();
            assertThat(prediction.size()).as(response.body()).isEqualTo(TARGETS);
            for (int i = 0; i < TARGETS; i++) {
                assertThat(prediction.path("prediction_" + i).asDouble()).isEqualTo(expected[i], within(1e-6));
            }
        }
    }

    /** The body stays as PyTorch made it; the head is new. */
    private void fineTunes(String model, String sha256, SavedModel imported, Path rows) throws IOException {
        Path tuned = temporary.resolve("tuned");
        Path job = job(
                "tuned.yaml",
                "kind",
                rows.toString(),
                "model: {layers: [{dense: {units: 8, activation: relu}}, {dense: 2}], loss: crossEntropy}\n"
                        + "init: {from: " + model + ", freeze: [dense_1]}\noutput: {dir: " + tuned + "}");
        CommandLineRun run = ok(CommandLineRun.of("train", job.toString()));
        assertThat(run.err()).contains("took dense_1; not dense_2 (not there); frozen: dense_1");
        SavedModel trained = ModelFiles.load(new LocalDirectory(tuned));
        float[] body = imported.parameters().theta();
        assertThat(trained.parameters().theta()).startsWith(body).hasSize(body.length + 18);
        JsonNode sbom = SpecMapper.json().readTree(tuned.resolve("sbom.json").toFile());
        BomSchema.check(sbom);
        assertThat(sbom.findPath("ancestors").toString()).contains(model, sha256);
    }

    @Test
    void numbersOfSafetensorsTakeANetworkFromAJob() throws IOException {
        float[] weight = {1, 2, 3, 4, 5, 6};
        Path file = temporary.resolve("two.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            SafeTensors.write(
                    out,
                    List.of(
                            new NamedTensor("body.fc.weight", Shape.of(2, 3), weight, 0),
                            new NamedTensor("body.fc.bias", Shape.of(2), new float[] {10, 20}, 0),
                            new NamedTensor("head.weight", Shape.of(1), new float[1], 0)),
                    Map.of("format", "pt"));
        }
        Path job = job(
                "two.yaml",
                "y0",
                "rows.csv",
                "model: {layers: [{dense: 2}], loss: meanSquaredError}\noutput: {dir: " + temporary.resolve("x") + "}");
        Path names = Files.writeString(temporary.resolve("names.yaml"), "dense_1: body.fc\n");
        String model = temporary.resolve("two").toString();
        String[] command = {
            "import",
            file.toString(),
            "--job",
            job.toString(),
            "--names",
            names.toString(),
            "--shape",
            "3",
            "--output",
            model
        };
        CommandLineRun run = ok(CommandLineRun.of(command));
        assertThat(run.err()).isEqualTo("note: no layer takes these tensors: head.weight\n");
        SavedModel imported = ModelFiles.load(new LocalDirectory(Path.of(model)));
        assertThat(imported.predictor(1).predict(List.of(new float[] {1, 1, 0})).array())
                .startsWith(13, 29);
        assertThat(Files.readString(Path.of(model, "README.md"))).contains("from `two.safetensors`");

        refused(file + ": a safetensors file holds no network; expected --job", file, "--output", model);
        refused("--shape: missing", file, "--job", job.toString(), "--output", model);
        refused(
                "--loss: is for ONNX files",
                file,
                "--job",
                job.toString(),
                "--shape",
                "3",
                "--loss",
                "hinge",
                "--output",
                model);
        refused(
                file + ": dense_1: the file has no tensor \"dense_1.weight\"",
                file,
                "--job",
                job.toString(),
                "--shape",
                "3",
                "--output",
                model);
    }

    private static void refused(String message, Path file, String... options) {
        String[] command = new String[options.length + 2];
        command[0] = "import";
        command[1] = file.toString();
        System.arraycopy(options, 0, command, 2, options.length);
        CommandLineRun run = CommandLineRun.of(command);
        assertThat(run.err()).startsWith("error: " + message).hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }
}
