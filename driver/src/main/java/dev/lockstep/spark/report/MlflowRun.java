package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.MlflowSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run on an MLflow tracking server: the job's settings as parameters, the figures of each epoch as metrics whose step
 * is the epoch, and as tags where the model lies and its SHA-256. Requests are sent by a thread of their own. A server
 * that fails gets no more requests, and never harms the training.
 */
public final class MlflowRun implements TrainingListener, AutoCloseable {
    /** How long the end of a training waits for what is not yet sent. */
    private static final int MOST_WAIT_SECONDS = 20;

    /** Items of a request, and bytes of a value, that every server takes. */
    private static final int MOST_ITEMS = 100;

    private static final int MOST_VALUE = 500;
    private static final int MOST_TAG = 5000;
    private static final int MOST_KEY = 250;
    /** Of a request. */
    private static final int MOST_METRICS = 1000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MlflowSpec spec;
    private final JsonNode job;
    private final FileDirectory directory;
    private final Consumer<String> notice;
    private final MlflowServer server;
    private final ExecutorService sender = Executors.newSingleThreadExecutor(MlflowRun::newThread);

    /** The run that this one is part of; null: none. */
    private final @Nullable MlflowRun search;

    /** The run's number; empty where there is none. */
    private final CompletableFuture<String> identity = new CompletableFuture<>();

    // Of the sender's thread.
    private String run = "";
    private boolean failed;
    private int lastEpoch;

    private volatile String status = "FAILED";

    /** A request, or several. */
    private interface Requests {
        void send() throws IOException, InterruptedException;
    }

    /**
     * A run, not yet begun; close it when the training has ended.
     *
     * @param spec which server
     * @param job what is trained
     * @param directory of the model and of {@code metrics.jsonl}
     * @param notice receives one line, from another thread, if the server fails
     * @param search the run of which this one is a part, as MLflow nests them; null: none
     */
    public MlflowRun(
            MlflowSpec spec,
            JobSpec job,
            FileDirectory directory,
            Consumer<String> notice,
            @Nullable MlflowRun search) {
        this(spec, SpecMapper.tree(job), directory, notice, System.getenv(), search);
    }

    MlflowRun(
            MlflowSpec spec,
            JsonNode job,
            FileDirectory directory,
            Consumer<String> notice,
            Map<String, String> environment,
            @Nullable MlflowRun search) {
        this.spec = spec;
        this.job = job;
        this.directory = directory;
        this.notice = notice;
        this.search = search;
        server = new MlflowServer(spec.uri(), environment);
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "mlflow");
        thread.setDaemon(true);
        return thread;
    }

    private void enqueue(Requests requests) {
        sender.execute(() -> {
            if (failed) {
                return;
            }
            try {
                requests.send();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail(e);
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        });
    }

    private void fail(Exception e) {
        failed = true;
        identity.complete("");
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        notice.accept(
                "output.mlflow: " + spec.uri() + " gets no more reports of this training: " + Excerpt.visible(reason));
    }

    @Override
    public void started(TrainingOverview plan) {
        List<JsonNode> before = new RunFiles(directory)
                .epochs().stream().limit(plan.completedEpochs()).toList();
        begin(Map.of("rows", Long.toString(plan.rows()), "parameters", Long.toString(plan.parameters())));
        enqueue(() -> {
            for (JsonNode epoch : before) {
                lastEpoch = epoch.path("epoch").asInt();
                metrics(epoch, lastEpoch);
            }
        });
    }

    /** Begins a run that trains nothing itself: other runs are part of it. */
    public void begin() {
        begin(Map.of());
    }

    private void begin(Map<String, String> sizes) {
        long millis = System.currentTimeMillis();
        enqueue(() -> {
            ObjectNode body = JSON.createObjectNode()
                    .put("experiment_id", server.experiment(spec.experiment()))
                    .put("run_name", name())
                    .put("start_time", millis);
            putAll(body.putArray("tags"), tags());
            run = MlflowServer.text(server.post("runs/create", body), "run", "info", "run_id");
            identity.complete(run);
            parameters(sizes);
        });
    }

    /** A part of a search is called as its directory in that of the search. */
    private String name() {
        String location = directory.location();
        if (search != null) {
            return location.substring(location.lastIndexOf('/') + 1);
        }
        return spec.run() == null ? location : spec.run();
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.source.name", "lockstep");
        tags.put("mlflow.source.type", "JOB");
        tags.put("lockstep.version", LockstepVersion.current());
        tags.put("lockstep.output", directory.location());
        String above = search == null ? "" : search.identity.join();
        if (!above.isEmpty()) {
            tags.put("mlflow.parentRunId", above);
        }
        return tags;
    }

    private void parameters(Map<String, String> sizes) throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(JobSettings.of(job));
        all.putAll(new TreeMap<>(sizes));
        List<Map.Entry<String, String>> entries = new ArrayList<>(all.entrySet());
        for (int from = 0; from < entries.size(); from += MOST_ITEMS) {
            Map<String, String> part = new LinkedHashMap<>();
            entries.subList(from, Math.min(from + MOST_ITEMS, entries.size()))
                    .forEach(entry -> part.put(entry.getKey(), cut(entry.getValue(), MOST_VALUE)));
            ObjectNode body = JSON.createObjectNode().put("run_id", run);
            putAll(body.putArray("params"), part);
            server.post("runs/log-batch", body);
        }
    }

    private static void putAll(ArrayNode list, Map<String, String> values) {
        values.forEach((key, value) ->
                list.addObject().put("key", cut(key(key), MOST_KEY)).put("value", cut(value, MOST_TAG)));
    }

    /** What a server takes as a key: other characters than these become an underscore. */
    private static String key(String name) {
        return name.replaceAll("[^A-Za-z0-9_./ -]", "_");
    }

    /** Characters of more than a byte may make the text shorter than it could be. */
    private static String cut(String text, int bytes) {
        int end = 0;
        for (int size = 0; end < text.length(); ) {
            int point = text.codePointAt(end);
            size += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (size > bytes) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }

    @Override
    public void epoch(EpochReport report) {
        ObjectNode figures = report.toJson();
        enqueue(() -> {
            lastEpoch = report.epoch();
            metrics(figures, lastEpoch);
        });
    }

    private void metrics(JsonNode figures, int epoch) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("run_id", run);
        ArrayNode metrics = body.putArray("metrics");
        long millis = System.currentTimeMillis();
        for (Map.Entry<String, Double> figure : EpochReport.numbers(figures).entrySet()) {
            if (metrics.size() == MOST_METRICS) {
                server.post("runs/log-batch", body);
                metrics.removeAll();
            }
            if (!figure.getKey().equals("epoch")) {
                metrics.addObject()
                        .put("key", cut(key(figure.getKey()), MOST_KEY))
                        .put("value", figure.getValue())
                        .put("timestamp", millis)
                        .put("step", epoch);
            }
        }
        server.post("runs/log-batch", body);
    }

    /**
     * The model lies in the directory.
     *
     * @param sha256 of the model
     * @param measures of the rows that judge it; null: none
     */
    public void saved(String sha256, @Nullable Measures measures) {
        saved(sha256, directory.location(), measures);
    }

    /**
     * The model lies in a directory.
     *
     * @param sha256 of the model
     * @param model where it is
     * @param measures of the rows that judge it; null: none
     */
    public void saved(String sha256, String model, @Nullable Measures measures) {
        status = "FINISHED";
        ObjectNode figures = JSON.createObjectNode();
        if (measures != null) {
            measures.json().properties().stream()
                    .filter(figure -> figure.getValue().isNumber())
                    .forEach(figure -> figures.set(measures.data() + "." + figure.getKey(), figure.getValue()));
        }
        enqueue(() -> {
            metrics(figures, lastEpoch);
            Map<String, String> tags = new LinkedHashMap<>();
            tags.put("lockstep.sha256", sha256);
            tags.put("lockstep.model", model);
            ObjectNode body = JSON.createObjectNode().put("run_id", run);
            putAll(body.putArray("tags"), tags);
            server.post("runs/log-batch", body);
        });
    }

    /** Ends the run, as failed if no model was saved; waits for some seconds until all is sent. */
    @Override
    public void close() {
        String last = status;
        enqueue(() -> {
            if (!run.isEmpty()) {
                server.post(
                        "runs/update",
                        JSON.createObjectNode()
                                .put("run_id", run)
                                .put("status", last)
                                .put("end_time", System.currentTimeMillis()));
            }
        });
        // Code that waits for a run that never began.
        enqueue(() -> identity.complete(""));
        sender.shutdown();
        try {
            if (!sender.awaitTermination(MOST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            sender.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
