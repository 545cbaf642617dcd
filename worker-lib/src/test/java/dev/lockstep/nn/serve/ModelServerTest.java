package dev.lockstep.nn.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.CategoryEncoding;
import dev.lockstep.nn.data.column.Missing;
import dev.lockstep.nn.data.column.NumberScale;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.data.column.NumericEncoding;
import dev.lockstep.nn.data.column.OneHot;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client of a served model gets: predictions with the model's own bits, and errors that name the cell. */
class ModelServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** Rows of an age and a plan. */
    private static SavedModel customers() {
        Numeric number = new Numeric(Missing.Named.MEAN, NumberScale.STANDARDISE, null, null);
        RowEncoding encoding = new RowEncoding(
                List.of(
                        new RowEncoding.Column("age", new NumericEncoding(number, 40.0, 40.0, 12.5, null, null)),
                        new RowEncoding.Column(
                                "plan", new CategoryEncoding(new OneHot(), List.of("pro", "free"), true, true, null))),
                null);
        ModelDescription.Columns columns = new ModelDescription.Columns(
                List.of("no", "yes"), List.of("left"), List.of("age", "plan"), null, encoding, false);
        return model(5, new CrossEntropy(), columns, new Dropout(0.5), new Dense(2));
    }

    private static SavedModel model(int width, Loss loss, ModelDescription.Columns columns, LayerSpec... layers) {
        return model(Shape.of(width), loss, columns, layers);
    }

    private static SavedModel model(Shape input, Loss loss, ModelDescription.Columns columns, LayerSpec... layers) {
        Network network = Network.bind(new ModelSpec(List.of(layers), loss), input);
        return SavedModel.of(network, network.initialize(7), Scaling.NONE, 1, columns);
    }

    private static ModelServer start(SavedModel model) throws IOException {
        return ModelServer.start(model, ServeOptions.atPort(0));
    }

    private static HttpRequest.Builder at(ModelServer server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(ModelServer server, String path) throws Exception {
        return send(at(server, path).build());
    }

    private static HttpRequest predicting(ModelServer server, String body) {
        return at(server, "/predict")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse<String> predict(ModelServer server, String body) throws Exception {
        return send(predicting(server, body));
    }

    private static String error(HttpResponse<String> refused, int status) throws IOException {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        return SpecMapper.json().readTree(refused.body()).path("error").toString();
    }

    @Test
    void aModelPredictsFromRawCellsInThreeLines(@TempDir Path directory) {
        ModelFiles.save(new LocalDirectory(directory), customers());

        SavedModel model = SavedModel.load(directory);
        Map<String, Object> prediction = model.cellPredictor(1).predictRow(Map.of("age", 41, "plan", "pro"));

        assertThat(prediction.keySet())
                .containsExactly("prediction", "probability", "probability_no", "probability_yes");
        float yes = (Float) prediction.get("probability_yes");
        assertThat(prediction.get("prediction")).isEqualTo(yes > 0.5f ? "yes" : "no");
    }

    @Test
    void answersHaveTheBitsOfTheModel() throws Exception {
        SavedModel model = customers();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            Map<String, Object> row = new HashMap<>();
            row.put("age", i % 7 == 0 ? null : 18 + 0.37 * i);
            row.put("plan", List.of("pro", "free", "new").get(i % 3));
            rows.add(row);
        }
        try (ModelServer server = start(model)) {
            JsonNode answer = SpecMapper.json()
                    .readTree(predict(server, SpecMapper.json().writeValueAsString(rows))
                            .body());
            assertThat(answer).hasSize(rows.size());
            for (int i = 0; i < rows.size(); i++) {
                Map<String, Object> expected = model.cellPredictor(1).predictRow(rows.get(i));
                assertThat(answer.get(i).get("prediction").asText()).isEqualTo(expected.get("prediction"));
                assertThat(Float.parseFloat(answer.get(i).get("probability_yes").asText()))
                        .isEqualTo(expected.get("probability_yes"));
            }
            HttpResponse<String> one = predict(server, "{\"age\": \"30\", \"plan\": \"free\", \"other\": 1}");
            assertThat(one.body()).startsWith("{\"prediction\":");
            assertThat(one.headers().firstValue("Lockstep-Model"))
                    .contains(model.description().sha256());
            assertThat(get(server, "/metrics").body())
                    .contains(
                            "lockstep_predicted_rows_total 151\n",
                            "lockstep_requests_total{path=\"/predict\",status=\"200\"} 2\n",
                            "lockstep_predict_seconds_bucket{le=\"+Inf\"} 2\n");
        }
    }

    @Test
    void anErrorNamesRowColumnAndValue() throws Exception {
        String row = "{\"age\": 30, \"plan\": \"free\"}";
        try (ModelServer server = start(customers())) {
            assertThat(error(predict(server, "[" + row + ", {\"age\": \"old\", \"plan\": 1}]"), 400))
                    .isEqualTo(
                            "{\"message\":\"row 1, column \\\"age\\\": expected a number, got \\\"old\\\"\",\"row\":1,"
                                    + "\"column\":\"age\",\"value\":\"old\"}");
            assertThat(error(predict(server, "{\"age\": 30, \"plam\": 1}"), 400))
                    .contains("did you mean \\\"plam\\\"?", "\"row\":0,\"column\":\"plan\"");
            assertThat(error(predict(server, "{\"age\": {}, \"plan\": 1}"), 400))
                    .contains("row 0, column \\\"age\\\": expected a text, a number, true, false, null");
            assertThat(error(predict(server, "[" + row + ", 1]"), 400)).contains("row 1: expected an object");
            assertThat(error(predict(server, "\"age\""), 400)).contains("expected a row");
            assertThat(error(predict(server, row + "]"), 400)).contains("not JSON: line 1");
            assertThat(error(predict(server, row.substring(1)), 400)).contains("expected a row, ");
            assertThat(error(predict(server, "{\"age\": 1, \"age\": 2}"), 400)).contains("Duplicate");
            assertThat(error(predict(server, "[" + row), 400))
                    .contains("not JSON")
                    .doesNotContain("Source");
        }
    }

    @Test
    void featuresWithoutColumnsAreAList() throws Exception {
        ModelDescription.Columns lengths = new ModelDescription.Columns(null, null, null, null, null, true);
        SavedModel steps = model(Shape.of(3, 2), new MeanSquaredError(), lengths, new Lstm(2, false), new Dense(1));
        try (ModelServer server = start(steps)) {
            float expected = steps.predictor(1)
                    .predict(List.of(new float[] {1, 2, 3, 4, 9, 9, 2}))
                    .array()[0];
            String body = predict(server, "{\"features\": [[1, 2], [3, 4], [0, 0]], \"length\": 2}")
                    .body();
            assertThat(body).isEqualTo("{\"prediction\":" + expected + "}");
            assertThat(error(predict(server, "{\"features\": [1, 2], \"length\": 2}"), 400))
                    .contains("expected a list of 6 numbers, those of [3, 2], got 2 of them");
            assertThat(error(predict(server, "{\"features\": [1, 2, 3, 4, 5, 6], \"length\": 4}"), 400))
                    .contains("expected a whole number of steps from 0 to 3, got 4");
            assertThat(error(predict(server, "{\"features\": [1, \"x\"], \"length\": 1}"), 400))
                    .contains("number 1: expected a number, got \\\"x\\\"");
            assertThat(error(predict(server, "{\"features\": [1, 2, 3, 1e99, 5, 6], \"length\": 1}"), 400))
                    .contains("number 3: expected a finite number");
            assertThat(error(predict(server, "{\"rows\": [{\"length\": 1}]}"), 400))
                    .contains("expected a number, got an object; several rows are an array without a name around it");
            assertThat(error(predict(server, "{\"length\": 1}"), 400)).contains("got nothing");
        }
        SavedModel sequence =
                model(Shape.of(3, 2), new MeanSquaredError(), ModelDescription.Columns.NONE, new Dense(1));
        try (ModelServer server = start(sequence)) {
            float[] each = sequence.predictor(1)
                    .predict(List.of(new float[] {1, 2, 3, 4, 5, 6}))
                    .array();
            assertThat(predict(server, "{\"features\": [1, 2, 3, 4, 5, 6]}").body())
                    .isEqualTo("{\"prediction\":[" + each[0] + "," + each[1] + "," + each[2] + "]}");
        }
        SavedModel flat = model(
                Shape.of(3, 2), new MeanSquaredError(), ModelDescription.Columns.NONE, new Flatten(), new Dense(1));
        float[] features = {1, 2, 3, 4, 5, 6};
        assertThat(flat.cellPredictor(4).predictRow(Map.of("features", features)))
                .isEqualTo(flat.cellPredictor(1).predictRow(Map.of("features", List.of(1, 2.0, 3L, 4f, 5, 6))));
    }

    @Test
    void limitsAreKept() throws Exception {
        ServeOptions small = new ServeOptions("127.0.0.1", 0, 1, 0, 2, 200, 30, 10, 0);
        try (ModelServer server = ModelServer.start(customers(), small)) {
            String row = "{\"age\": 30, \"plan\": \"free\"}";
            assertThat(predict(server, "[" + row + "," + row + "]").statusCode())
                    .isEqualTo(200);
            assertThat(error(predict(server, "[" + row + "," + row + "," + row + "]"), 413))
                    .contains("at most 2 rows");
            assertThat(error(predict(server, row + " ".repeat(200)), 413)).contains("at most 200 bytes, got 227");
            HttpRequest chunked = at(server, "/predict")
                    .POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(new byte[150], new byte[150])))
                    .build();
            assertThat(error(send(chunked), 413)).contains("at most 200 bytes");
            assertThat(error(get(server, "/predict"), 405)).contains("expected POST");
            assertThat(error(get(server, "/predicts"), 404)).contains("/predict, /metadata, /health, /metrics");
            assertThat(get(server, "/metadata").body())
                    .contains(
                            "\"columns\":[{\"name\":\"age\",\"type\":\"number\"},"
                                    + "{\"name\":\"plan\",\"type\":\"oneHot\"}]",
                            "\"classes\":[\"no\",\"yes\"]",
                            "\"maxRows\":2,\"maxBytes\":200");
        }
    }

    /** A request that takes long is answered though the server stops; one that would have to wait is refused. */
    @Test
    void aBusyServerRefusesAndAStoppingOneAnswersWhatIsUnderWay() throws Exception {
        ServeOptions slow = new ServeOptions("127.0.0.1", 0, 1, 0, 100, 10_000, 30, 30, 100_000);
        String row = "{\"age\": 30, \"plan\": \"free\"}";
        ModelServer server = ModelServer.start(customers(), slow);
        CompletableFuture<HttpResponse<String>> underWay =
                CLIENT.sendAsync(predicting(server, row), HttpResponse.BodyHandlers.ofString());
        while (!get(server, "/metrics").body().contains("lockstep_requests_busy 1\n")) {
            Thread.onSpinWait();
        }
        HttpResponse<String> refused = predict(server, row);
        assertThat(error(refused, 503)).contains("busy: 0 requests are waiting already");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(get(server, "/health").statusCode()).isEqualTo(200);
        server.close();
        assertThat(underWay.get().statusCode()).isEqualTo(200);
        assertThat(underWay.get().body()).contains("\"mutualInformation\":");
        assertThatThrownBy(() -> predict(server, row)).isInstanceOf(IOException.class);
    }

    @Test
    void theCommandLineSaysWhatIsWrong(@TempDir Path directory) throws Exception {
        assertThat(run(2)).contains("expected the directory of one model, got none");
        assertThat(run(2, "a", "b")).contains("got a b");
        assertThat(run(2, "a", "--prot", "1")).contains("unknown option \"--prot\"; did you mean \"--port\"?");
        assertThat(run(2, "a", "--port")).contains("--port needs a value");
        assertThat(run(2, "a", "--port=x")).contains("--port: expected a whole number, got \"x\"");
        assertThat(run(2, "a", "--max-rows", "0")).contains("--max-rows: expected 1 to 2147483647, got 0");
        assertThat(run(1, "serve", directory.toString())).contains("is not a model");
        assertThat(run(0, "--help")).contains("Usage: lockstep serve MODEL", "--stop-timeout");
        ModelFiles.save(new LocalDirectory(directory), customers());
        assertThat(run(1, directory.toString(), "--host", "no.such.host.invalid"))
                .contains("cannot listen at");
    }

    private static String run(int code, String... arguments) throws InterruptedException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertThat(Serve.run(stream, stream, arguments))
                .as(Arrays.toString(arguments))
                .isEqualTo(code);
        return said.toString(StandardCharsets.UTF_8);
    }
}
