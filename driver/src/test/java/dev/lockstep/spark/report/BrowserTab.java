package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A page in a headless Chromium that is told its width and colours through the DevTools protocol: narrower than a
 * window can be. Keeps what the console said and what was asked of a network.
 */
public final class BrowserTab implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS = 60;

    private final Process browser;
    private final WebSocket socket;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

    /** Errors and exceptions of the page. */
    public final List<String> errors = new CopyOnWriteArrayList<>();
    /** Addresses that it asked for. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    /**
     * Starts a browser with an empty page.
     *
     * @param folder for what it keeps
     */
    public BrowserTab(Path folder) throws Exception {
        Path profile = Files.createTempDirectory(folder, "browser");
        browser = new ProcessBuilder(
                        "/usr/bin/chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        HttpClient client = HttpClient.newHttpClient();
        socket = client.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(SECONDS))
                .buildAsync(URI.create(page(client, port(profile))), new Listener())
                .get(SECONDS, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    private static String port(Path profile) throws IOException, InterruptedException {
        Path file = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            if (Files.exists(file) && Files.size(file) > 0) {
                return Files.readAllLines(file).get(0);
            }
            Thread.sleep(50);
        }
        throw new IOException("the browser does not listen");
    }

    private static String page(HttpClient client, String port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                .build();
        for (JsonNode target : JSON.readTree(
                client.send(request, HttpResponse.BodyHandlers.ofString()).body())) {
            if (target.path("type").asText().equals("page")) {
                return target.path("webSocketDebuggerUrl").asText();
            }
        }
        throw new IOException("the browser has no page");
    }

    /** Takes messages apart. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
            message.append(part);
            if (whole) {
                take(message.toString());
                message.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void take(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(text, e);
        }
        JsonNode params = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                errors.add(params.path("exceptionDetails").toString());
            case "Runtime.consoleAPICalled" -> {
                if (params.path("type").asText().matches("error|assert")) {
                    errors.add(params.path("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                if (params.path("entry").path("level").asText().equals("error")) {
                    errors.add(params.path("entry").toString());
                }
            }
            case "Network.requestWillBeSent" ->
                requests.add(params.path("request").path("url").asText());
            default -> {
                CompletableFuture<JsonNode> answer =
                        answers.remove(message.path("id").asInt());
                if (answer != null) {
                    answer.complete(message);
                }
            }
        }
    }

    private JsonNode call(String method, Map<String, ?> params) throws Exception {
        int id = last.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(params));
        socket.sendText(message.toString(), true).get(SECONDS, TimeUnit.SECONDS);
        JsonNode got = answer.get(SECONDS, TimeUnit.SECONDS);
        if (got.has("error")) {
            throw new IOException(method + ": " + got.get("error"));
        }
        return got.path("result");
    }

    /**
     * Opens an address and waits until a script of the page has drawn.
     *
     * @param width in pixels
     * @param dark whether the user prefers dark colours
     */
    public void open(String address, int width, boolean dark) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        call("Page.navigate", Map.of("url", address));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!value("document.readyState === 'complete' && Number(document.documentElement.dataset.charts || 0) > 0")
                .asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no chart was drawn: " + errors);
            }
            Thread.sleep(50);
        }
    }

    /** What an expression comes to in the page. */
    public JsonNode value(String expression) throws Exception {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .path("result")
                .path("value");
    }

    /**
     * What is not as it has to be, in words: the page is wider than the window, a chart has no point on it, the console
     * has errors, another machine was asked for something.
     */
    public List<String> complaints() throws Exception {
        List<String> complaints = new ArrayList<>(errors);
        int wide = value("document.documentElement.scrollWidth").asInt();
        int window = value("window.innerWidth").asInt();
        if (wide > window) {
            complaints.add("the page is " + wide + " pixels wide in a window of " + window + ": "
                    + value("[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right >"
                                    + " innerWidth && !e.closest('.scroll, pre')).map(e => e.tagName + '.' +"
                                    + " e.className).join(' ')")
                            .asText());
        }
        if (value("document.documentElement.dataset.errors").asInt() > 0) {
            complaints.add("a script failed");
        }
        // A line is drawn in a colour; what is grey is axes and grid.
        int empty = value("""
            [...document.querySelectorAll('canvas')].filter(c => {
              const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
              const colours = new Set();
              for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3]) colours.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
              }
              return colours.size < 2;
            }).length\
            """).asInt();
        if (empty > 0) {
            complaints.add(empty + " canvases are empty");
        }
        String host = value("location.host").asText();
        requests.stream()
                .filter(each -> !each.startsWith("data:") && !each.startsWith("about:"))
                .filter(each -> each.startsWith("file:")
                        ? !host.isEmpty()
                        : !host.equals(URI.create(each).getAuthority()))
                .forEach(each -> complaints.add("asked for " + each));
        return complaints;
    }

    /** A picture of the page, of all its height. */
    public void save(Path picture) throws Exception {
        int height =
                Math.min(12_000, value("document.documentElement.scrollHeight").asInt());
        int width = value("innerWidth").asInt();
        save(picture, width, height);
    }

    /** A picture of the top of the page. */
    public void save(Path picture, int width, int height) throws Exception {
        JsonNode shot = call(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        Files.write(picture, Base64.getDecoder().decode(shot.path("data").asText()));
    }

    @Override
    public void close() {
        socket.abort();
        try (Stream<ProcessHandle> children = browser.descendants()) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        browser.destroyForcibly();
        try {
            browser.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
