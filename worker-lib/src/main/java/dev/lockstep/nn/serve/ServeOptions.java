package dev.lockstep.nn.serve;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The address and the limits of a server.
 *
 * @param host the address to listen at; the loopback address reaches this machine alone
 * @param port the port; 0: any that is free
 * @param threads how many requests are predicted at the same time
 * @param waiting how many more may wait for their turn; those beyond are refused
 * @param maxRows the most rows of a request
 * @param maxBytes the longest body of a request
 * @param timeoutSeconds how long a request may take to arrive, to wait for its turn, and to be answered, each
 * @param stopSeconds how long a stop waits for requests under way
 * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
 */
public record ServeOptions(
        String host,
        int port,
        int threads,
        int waiting,
        int maxRows,
        int maxBytes,
        int timeoutSeconds,
        int stopSeconds,
        int samples) {
    private static final int MOST_PORT = 65_535;

    /** What {@code --help} prints. */
    static final String HELP = """
        Usage: lockstep serve MODEL [OPTIONS]
        Answer HTTP requests for predictions of a model, without Spark. Stops in order on Ctrl-C and SIGTERM.

              MODEL                 Directory of the model, on this machine.
              --host ADDRESS        Address to listen at. Default: 127.0.0.1, which no other machine reaches.
              --port N              Port to listen at; 0: any that is free. Default: 8080.
              --threads N           Requests predicted at the same time. Default: one a processor.
              --waiting N           Requests that may wait for their turn; more are refused (503). Default: 64.
              --max-rows N          Rows of a request at most (413). Default: 1000.
              --max-bytes N         Bytes of a request's body at most (413). Default: 16777216.
              --timeout SECONDS     Time for a request to arrive, to wait for its turn, and to be answered, each.
                                    Default: 30.
              --stop-timeout SECONDS
                                    How long a stop waits for requests under way. Default: 10.
              --samples N           Predictive samples, for dropout and distributions over weights. Default: 0.
          -h, --help                Show this help.
          -V, --version             Show the version.

        POST /predict               A row as a JSON object {"column": cell, ...}, or an array of rows.
        GET  /metadata              The model: columns, outputs, classes, fingerprint, limits.
        GET  /health                200 while requests are taken, 503 while the server stops.
        GET  /metrics               Counters in Prometheus' text format.
        """;

    /** Checks. */
    public ServeOptions {
        between("--port", port, 0, MOST_PORT);
        between("--threads", threads, 1, 1024);
        between("--waiting", waiting, 0, 4096);
        between("--max-rows", maxRows, 1, Integer.MAX_VALUE);
        between("--max-bytes", maxBytes, 1, Integer.MAX_VALUE - 64);
        between("--timeout", timeoutSeconds, 1, 86_400);
        between("--stop-timeout", stopSeconds, 0, 86_400);
        between("--samples", samples, 0, 1_000_000);
    }

    /** The defaults at a port of this machine. */
    public static ServeOptions atPort(int port) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new ServeOptions("127.0.0.1", port, processors, 64, 1000, 1 << 24, 30, 10, 0);
    }

    /**
     * A command line.
     *
     * @param model directory of the model
     */
    record Line(Path model, ServeOptions options) {}

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException naming the argument
     */
    static Line parse(List<String> arguments) {
        ServeOptions defaults = atPort(8080);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put("--port", defaults.port);
        numbers.put("--threads", defaults.threads);
        numbers.put("--waiting", defaults.waiting);
        numbers.put("--max-rows", defaults.maxRows);
        numbers.put("--max-bytes", defaults.maxBytes);
        numbers.put("--timeout", defaults.timeoutSeconds);
        numbers.put("--stop-timeout", defaults.stopSeconds);
        numbers.put("--samples", defaults.samples);
        List<String> known = new ArrayList<>(numbers.keySet());
        known.add("--host");
        String host = defaults.host;
        List<String> models = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                models.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown option " + Excerpt.quoted(name) + "; " + Nearest.hint(name, known, "options"));
            }
            if (equals < 0 && i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            if (name.equals("--host")) {
                host = value;
            } else {
                numbers.put(name, number(name, value));
            }
        }
        if (models.size() != 1) {
            throw new IllegalArgumentException("expected the directory of one model, got "
                    + (models.isEmpty() ? "none" : String.join(" ", models)));
        }
        return new Line(Path.of(models.get(0)), of(host, List.copyOf(numbers.values())));
    }

    /** From the numbers in the order of the options. */
    private static ServeOptions of(String host, List<Integer> numbers) {
        return new ServeOptions(
                host,
                numbers.get(0),
                numbers.get(1),
                numbers.get(2),
                numbers.get(3),
                numbers.get(4),
                numbers.get(5),
                numbers.get(6),
                numbers.get(7));
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a whole number, got " + Excerpt.quoted(value), e);
        }
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": expected " + least + " to " + most + ", got " + value);
        }
    }
}
