package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * As much of an MLflow tracking server as a training needs: it takes what the REST interface's documentation allows
 * (https://mlflow.org/docs/latest/rest-api.html: fields, types, limits) and refuses all else as MLflow does.
 */
public final class FakeMlflow implements AutoCloseable {
    /** Field to type: S text, I whole number, D number, then maps of lists; with ! where it is required. */
    private static final Map<String, Map<String, String>> SCHEMA = Map.of(
            "experiments/create", Map.of("name", "S!", "artifact_location", "S", "tags", "tag"),
            "runs/create",
                    Map.of("experiment_id", "S", "user_id", "S", "run_name", "S", "start_time", "I", "tags", "tag"),
            "runs/log-batch", Map.of("run_id", "S!", "metrics", "metric", "params", "param", "tags", "tag"),
            "runs/update", Map.of("run_id", "S!", "status", "S", "end_time", "I", "run_name", "S"),
            "metric", Map.of("key", "S!", "value", "D!", "timestamp", "I!", "step", "I"),
            "param", Map.of("key", "S!", "value", "S!"),
            "tag", Map.of("key", "S!", "value", "S!"));

    private static final Set<String> STATUSES = Set.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpServer server;
    private final Map<String, String> experiments = new LinkedHashMap<>();
    /** Requests that were taken, as {@code path body}. */
    public final List<String> taken = new CopyOnWriteArrayList<>();
    /** What was wrong with others. */
    public final List<String> refused = new CopyOnWriteArrayList<>();

    final List<String> authorizations = new CopyOnWriteArrayList<>();
    final Map<String, String> params = new LinkedHashMap<>();
    final Map<String, String> tags = new LinkedHashMap<>();
    final List<String> metrics = new ArrayList<>();
    private volatile boolean broken;

    public FakeMlflow() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/2.0/mlflow/", this::handle);
        server.start();
    }

    public String uri() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    void breakDown() {
        broken = true;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/api/2.0/mlflow/".length());
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        if (broken) {
            answer(exchange, 500, "{\"error_code\":\"INTERNAL_ERROR\"}");
            return;
        }
        if (path.equals("experiments/get-by-name")
                && exchange.getRequestMethod().equals("GET")) {
            byName(exchange);
            return;
        }
        JsonNode body;
        try (InputStream in = exchange.getRequestBody()) {
            body = json.readTree(in);
        }
        String wrong = wrong(exchange, path, body);
        if (!wrong.isEmpty()) {
            refused.add(path + ": " + wrong + " in " + body);
            answer(exchange, 400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\"}");
            return;
        }
        taken.add(path + " " + body);
        take(exchange, path, body);
    }

    private void byName(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String name = URLDecoder.decode(query.substring("experiment_name=".length()), StandardCharsets.UTF_8);
        String id = experiments.get(name);
        if (id == null) {
            answer(exchange, 404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}");
        } else {
            answer(exchange, 200, "{\"experiment\":{\"experiment_id\":\"" + id + "\"}}");
        }
    }

    private String wrong(HttpExchange exchange, String path, JsonNode body) {
        if (!exchange.getRequestMethod().equals("POST")
                || !"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
                || !path.contains("/")
                || !SCHEMA.containsKey(path)) {
            return "no such request";
        }
        int items = body.path("metrics").size()
                + body.path("params").size()
                + body.path("tags").size();
        if (body.path("params").size() > 100 || body.path("tags").size() > 100 || items > 1000) {
            return "too many items";
        }
        if (body.has("status") && !STATUSES.contains(body.get("status").asText())) {
            return "no such status";
        }
        return wrong(SCHEMA.get(path), body);
    }

    private static String wrong(Map<String, String> schema, JsonNode body) {
        for (Map.Entry<String, String> field : schema.entrySet()) {
            if (field.getValue().endsWith("!") && !body.has(field.getKey())) {
                return field.getKey() + " is missing";
            }
        }
        for (Iterator<Map.Entry<String, JsonNode>> fields = body.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            String type = schema.getOrDefault(field.getKey(), "none");
            JsonNode value = field.getValue();
            boolean right =
                    switch (type.charAt(0)) {
                        case 'S' ->
                            value.isTextual() && bytes(value) <= (field.getKey().equals("key") ? 250 : 6000);
                        case 'I' -> value.isIntegralNumber();
                        case 'D' -> value.isNumber();
                        default -> value.isArray() && SCHEMA.containsKey(type);
                    };
            if (!right || field.getKey().equals("key") && !value.asText().matches("[A-Za-z0-9_./ -]+")) {
                return field.getKey();
            }
            for (JsonNode item : value) {
                String within = wrong(SCHEMA.get(type), item);
                if (!within.isEmpty()) {
                    return field.getKey() + "." + within;
                }
            }
        }
        return "";
    }

    private static int bytes(JsonNode text) {
        return text.asText().getBytes(StandardCharsets.UTF_8).length;
    }

    private synchronized void take(HttpExchange exchange, String path, JsonNode body) throws IOException {
        body.path("params")
                .forEach(each ->
                        params.put(each.get("key").asText(), each.get("value").asText()));
        body.path("tags")
                .forEach(each ->
                        tags.put(each.get("key").asText(), each.get("value").asText()));
        body.path("metrics")
                .forEach(each -> metrics.add(each.get("step") + " "
                        + each.get("key").asText() + " " + each.get("value").asDouble()));
        switch (path) {
            case "experiments/create" -> {
                experiments.put(body.get("name").asText(), "7");
                answer(exchange, 200, "{\"experiment_id\":\"7\"}");
            }
            case "runs/create" -> answer(exchange, 200, "{\"run\":{\"info\":{\"run_id\":\"abc\"}}}");
            default -> answer(exchange, 200, "{}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
