package dev.lockstep.nn.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves a model over HTTP, see {@link ServeOptions} for paths and limits. A row's prediction has the bits of every
 * other way to predict it, whatever requests run beside it.
 *
 * <p>The JDK's server reads the times that a request and an answer may take from the system properties
 * {@code sun.net.httpserver.maxReqTime} and {@code maxRspTime} once a process; where they are not set, the first server
 * sets them, and {@code sun.net.httpserver.nodelay} so that no answer waits for the client's acknowledgement.
 */
public final class ModelServer implements AutoCloseable {
    private static final String PREDICT = "/predict";
    private static final String METADATA = "/metadata";
    private static final String HEALTH = "/health";
    private static final String METRICS = "/metrics";
    private static final List<String> PATHS = List.of(PREDICT, METADATA, HEALTH, METRICS);

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    /** Handlers beyond those that predict or wait, so that health and metrics always answer. */
    private static final int MORE_HANDLERS = 4;

    private final ServeOptions options;
    private final String sha256;
    private final byte[] metadata;
    private final PredictorPool predictors;
    private final ServeMetrics metrics;
    private final HttpServer server;
    private final ExecutorService handlers;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean stopping;

    /** An answer to be sent. */
    private record Answer(int status, String type, byte[] body) {}

    private ModelServer(SavedModel model, ServeOptions options) throws IOException {
        this.options = options;
        sha256 = model.description().sha256();
        metadata = json(ServedModel.of(model, options));
        predictors = new PredictorPool(model, options);
        metrics = new ServeMetrics(sha256);
        setUnlessSet("maxReqTime", Integer.toString(options.timeoutSeconds()));
        setUnlessSet("maxRspTime", Integer.toString(options.timeoutSeconds()));
        setUnlessSet("nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(options.host(), options.port()), 0);
        handlers = Executors.newFixedThreadPool(options.threads() + options.waiting() + MORE_HANDLERS);
        server.setExecutor(handlers);
        server.createContext("/", this::handle);
    }

    /**
     * Begins to serve a model.
     *
     * @throws IOException if the address is not available
     * @throws IllegalArgumentException if the model predicts sequences, for which there is no form of an answer yet
     */
    public static ModelServer start(SavedModel model, ServeOptions options) throws IOException {
        ModelServer started = new ModelServer(model, options);
        started.server.start();
        return started;
    }

    private static void setUnlessSet(String setting, String value) {
        String name = "sun.net.httpserver." + setting;
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** The port that it listens at. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The address as clients write it. */
    public String url() {
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        return "http://" + host + ":" + port();
    }

    private void handle(HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            Answer answer;
            try {
                answer = answer(exchange, path);
            } catch (RequestException e) {
                answer = new Answer(e.status(), JSON, json(Map.of("error", error(e))));
            } catch (RuntimeException e) {
                answer = new Answer(500, JSON, json(Map.of("error", Map.of("message", "failed: " + e))));
            }
            send(exchange, answer);
            metrics.answered(PATHS.contains(path) ? path : "other", answer.status);
        } finally {
            underWay.decrementAndGet();
        }
    }

    private Answer answer(HttpExchange exchange, String path) throws IOException, RequestException {
        if (!PATHS.contains(path)) {
            throw new RequestException(404, "expected one of the paths " + String.join(", ", PATHS));
        }
        List<String> methods = path.equals(PREDICT) ? List.of("POST") : List.of("GET", "HEAD");
        if (!methods.contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
            throw new RequestException(405, "expected " + methods.get(0) + " for " + path);
        }
        return switch (path) {
            case METADATA -> new Answer(200, JSON, metadata);
            case METRICS -> new Answer(200, TEXT, utf8(metrics.text(predictors.busy(), predictors.waiting())));
            case HEALTH ->
                stopping
                        ? new Answer(503, JSON, json(Map.of("status", "stopping")))
                        : new Answer(200, JSON, json(Map.of("status", "ok", "model", sha256)));
            default -> predict(exchange);
        };
    }

    private Answer predict(HttpExchange exchange) throws IOException, RequestException {
        long start = System.nanoTime();
        if (stopping) {
            throw new RequestException(503, "the server stops");
        }
        RequestRows request = RequestRows.parse(body(exchange), options.maxRows());
        List<Map<String, Object>> predictions = predictors.predict(request.rows());
        byte[] body = json(request.single() ? predictions.get(0) : predictions);
        exchange.getResponseHeaders().set("Lockstep-Model", sha256);
        metrics.predicted(predictions.size(), System.nanoTime() - start);
        return new Answer(200, JSON, body);
    }

    private byte[] body(HttpExchange exchange) throws IOException, RequestException {
        String announced = exchange.getRequestHeaders().getFirst("Content-Length");
        boolean tooLong = announced != null && Long.parseLong(announced) > options.maxBytes();
        InputStream in = exchange.getRequestBody();
        byte[] body = tooLong ? new byte[0] : in.readNBytes(options.maxBytes() + 1);
        if (tooLong || body.length > options.maxBytes()) {
            throw new RequestException(
                    413,
                    "expected a body of at most " + options.maxBytes() + " bytes, got "
                            + (announced == null ? "more" : announced));
        }
        return body;
    }

    private static Map<String, @Nullable Object> error(RequestException refused) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", refused.text());
        RequestException.Place place = refused.place();
        if (place != null) {
            error.put("row", place.row());
            if (place.column() != null) {
                error.put("column", place.column());
            }
            if (place.value() != null) {
                error.put("value", place.value());
            }
        }
        return error;
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        if (answer.status == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        if (stopping) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(answer.status, head ? -1 : answer.body.length);
        if (!head) {
            exchange.getResponseBody().write(answer.body);
        }
    }

    private static byte[] json(Object value) {
        try {
            return SpecMapper.json().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError("maps of texts and numbers can be written", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Stops: new predictions are refused at once, those under way are answered, as long as that takes no longer than
     * {@link ServeOptions#stopSeconds}.
     */
    @Override
    public void close() {
        stopping = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.stopSeconds());
        try {
            while (underWay.get() > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        handlers.shutdownNow();
    }
}
