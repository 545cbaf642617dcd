package dev.lockstep.nn.serve;

import dev.lockstep.nn.io.LockstepVersion;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a server has done, in <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text
 * format</a>. Threads count side by side; what they have counted is a snapshot of no single moment.
 */
final class ServeMetrics {
    /** Upper bounds of how long a request took, in seconds. */
    private static final String[] BOUNDS = {
        "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"
    };

    private static final double NANOS_A_SECOND = 1e9;

    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final LongAdder rows = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final String sha256;

    ServeMetrics(String sha256) {
        this.sha256 = sha256;
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** A request has been answered; the path is one that the server knows. */
    void answered(String path, int status) {
        String labels = "{path=\"" + path + "\",status=\"" + status + "\"}";
        answers.computeIfAbsent(labels, unknown -> new LongAdder()).increment();
    }

    /** Rows have been predicted. */
    void predicted(int count, long took) {
        rows.add(count);
        nanos.add(took);
        double seconds = took / NANOS_A_SECOND;
        int bucket = 0;
        while (bucket < BOUNDS.length && seconds > Double.parseDouble(BOUNDS[bucket])) {
            bucket++;
        }
        buckets[bucket].increment();
    }

    /**
     * The text.
     *
     * @param busy requests that are being predicted
     * @param waiting requests that wait for their turn
     */
    String text(int busy, int waiting) {
        StringBuilder text = new StringBuilder();
        head(text, "lockstep_requests_total", "counter", "Requests that were answered.");
        answers.forEach((labels, count) -> line(text, "lockstep_requests_total" + labels, count.sum()));
        head(text, "lockstep_predicted_rows_total", "counter", "Rows that were predicted.");
        line(text, "lockstep_predicted_rows_total", rows.sum());
        head(
                text,
                "lockstep_predict_seconds",
                "histogram",
                "Time from the request's headers to its predictions, of requests that were predicted.");
        long below = 0;
        for (int i = 0; i < buckets.length; i++) {
            below += buckets[i].sum();
            String bound = i < BOUNDS.length ? BOUNDS[i] : "+Inf";
            line(text, "lockstep_predict_seconds_bucket{le=\"" + bound + "\"}", below);
        }
        text.append(String.format(Locale.ROOT, "lockstep_predict_seconds_sum %.9f\n", nanos.sum() / NANOS_A_SECOND));
        line(text, "lockstep_predict_seconds_count", below);
        head(text, "lockstep_requests_busy", "gauge", "Requests that are being predicted.");
        line(text, "lockstep_requests_busy", busy);
        head(text, "lockstep_requests_waiting", "gauge", "Requests that wait for their turn.");
        line(text, "lockstep_requests_waiting", waiting);
        head(text, "lockstep_model_info", "gauge", "The model that is served.");
        line(text, "lockstep_model_info{sha256=\"" + sha256 + "\",version=\"" + LockstepVersion.current() + "\"}", 1);
        process(text);
        return text.toString();
    }

    private static void process(StringBuilder text) {
        long start = ManagementFactory.getRuntimeMXBean().getStartTime();
        head(text, "process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.");
        text.append(String.format(Locale.ROOT, "process_start_time_seconds %.3f\n", start / 1e3));
        head(text, "jvm_memory_used_bytes", "gauge", "Memory of the JVM in use.");
        var memory = ManagementFactory.getMemoryMXBean();
        line(
                text,
                "jvm_memory_used_bytes{area=\"heap\"}",
                memory.getHeapMemoryUsage().getUsed());
        line(
                text,
                "jvm_memory_used_bytes{area=\"nonheap\"}",
                memory.getNonHeapMemoryUsage().getUsed());
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, long value) {
        text.append(name).append(' ').append(value).append('\n');
    }
}
