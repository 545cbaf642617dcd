package dev.lockstep.spark.scripts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real Spark standalone cluster of one-core workers, started by {@code scripts/cluster}; closing it stops it. */
public final class StandaloneCluster implements AutoCloseable {
    private final Map<String, String> environment;
    private final String url;

    private StandaloneCluster(Map<String, String> environment, String url) {
        this.environment = environment;
        this.url = url;
    }

    /**
     * Starts a cluster and waits until all its workers have registered.
     *
     * @param folder for its process ids, logs and work folders
     * @param workers how many workers, of one core and 1 GB each
     * @param options more options of {@code scripts/cluster start}
     */
    public static StandaloneCluster start(Path folder, int workers, String... options) {
        Map<String, String> environment = Map.of("LOCKSTEP_CLUSTER_DIR", folder.toString());
        List<String> arguments =
                new ArrayList<>(List.of("start", "--workers", String.valueOf(workers), "--memory", "1g"));
        arguments.addAll(List.of(options));
        return new StandaloneCluster(
                environment,
                Scripts.run(environment, "cluster", arguments).expectSuccess().lastLine());
    }

    /** The master's URL, {@code spark://127.0.0.1:PORT}. */
    public String url() {
        return url;
    }

    /** Runs {@code scripts/cluster ARGUMENTS} on this cluster. */
    public Scripts.Result control(String... arguments) {
        return Scripts.run(environment, "cluster", List.of(arguments));
    }

    @Override
    public void close() {
        control("stop").expectSuccess();
    }
}
