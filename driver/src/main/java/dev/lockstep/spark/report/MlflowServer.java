package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.Excerpt;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MLflow's REST interface, version 2.0. Requests carry what MLflow's own clients take from the environment:
 * {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}.
 *
 * @see <a href="https://mlflow.org/docs/latest/rest-api.html">REST API</a>
 */
final class MlflowServer {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final @Nullable String authorization;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .build();

    /**
     * A server.
     *
     * @param uri its address
     * @param environment variables of the process
     */
    MlflowServer(String uri, Map<String, String> environment) {
        address = uri.replaceAll("/+$", "") + "/api/2.0/mlflow/";
        authorization = authorization(environment);
    }

    private static @Nullable String authorization(Map<String, String> environment) {
        String token = environment.get("MLFLOW_TRACKING_TOKEN");
        if (token != null) {
            return "Bearer " + token;
        }
        String user = environment.get("MLFLOW_TRACKING_USERNAME");
        String password = environment.get("MLFLOW_TRACKING_PASSWORD");
        if (user == null || password == null) {
            return null;
        }
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    /** Number of the experiment with a name, which is made if there is none. */
    String experiment(String name) throws IOException, InterruptedException {
        String query = "experiments/get-by-name?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        JsonNode found = send(query, request(query).GET().build(), true);
        return found == null
                ? text(post("experiments/create", JSON.createObjectNode().put("name", name)), "experiment_id")
                : text(found, "experiment", "experiment_id");
    }

    /** Sends a request that changes something. */
    JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        JsonNode answer = send(path, request, false);
        return answer == null ? JSON.createObjectNode() : answer;
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(ANSWER);
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    /** The answer; null if there is no such thing, where that is expected. */
    private @Nullable JsonNode send(String path, HttpRequest request, boolean mayBeMissing)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (mayBeMissing && answer.statusCode() == NOT_FOUND) {
            return null;
        }
        if (answer.statusCode() != OK) {
            throw new IOException(
                    path + ": status " + answer.statusCode() + ", " + Excerpt.visible(Excerpt.of(answer.body())));
        }
        return JSON.readTree(answer.body());
    }

    /** A text that an answer must have. */
    static String text(JsonNode answer, String... path) throws IOException {
        JsonNode node = answer;
        for (String key : path) {
            node = node.path(key);
        }
        if (!node.isTextual()) {
            throw new IOException("the answer has no " + String.join(".", path) + ": " + Excerpt.of(answer.toString()));
        }
        return node.asText();
    }
}
