package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real Spark standalone cluster of one-core workers, started by {@code scripts/cluster}; closing it stops it. */
public final class StandaloneCluster implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> environment;
    private final String url;

    private StandaloneCluster(Path folder, Map<String, String> environment, String url) {
        this.folder = folder;
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
        return start(Map.of("LOCKSTEP_CLUSTER_DIR", folder.toString()), workers, options);
    }

    /**
     * The same with an environment of the scripts' own.
     *
     * @param environment of {@code scripts/cluster}, with {@code LOCKSTEP_CLUSTER_DIR}
     */
    public static StandaloneCluster start(Map<String, String> environment, int workers, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("start", "--workers", String.valueOf(workers), "--memory", "1g"));
        arguments.addAll(List.of(options));
        return new StandaloneCluster(
                Path.of(environment.get("LOCKSTEP_CLUSTER_DIR")),
                environment,
                Scripts.run(environment, "cluster", arguments).expectSuccess().lastLine());
    }

    /** The master's URL, {@code spark://127.0.0.1:PORT}. */
    public String url() {
        return url;
    }

    /** The process of a worker, by its number from 1; empty if it has died. */
    public Optional<ProcessHandle> worker(int number) throws IOException {
        return process(folder.resolve("worker-" + number + ".pid"));
    }

    private static Optional<ProcessHandle> process(Path pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
    }

    /** The processes of the workers: executors, and drivers in cluster mode. */
    public List<ProcessHandle> children() throws IOException {
        List<ProcessHandle> children = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "worker-*.pid")) {
            for (Path file : files) {
                process(file).ifPresent(worker -> worker.children().forEach(children::add));
            }
        }
        return children;
    }

    /**
     * The executor or driver whose command line has some arguments in a row, {@code --executor-id 3} say; null if there
     * is none.
     */
    public ProcessHandle child(String... arguments) throws IOException {
        for (ProcessHandle child : children()) {
            if (commandLine(child).contains("\0" + String.join("\0", arguments) + "\0")) {
                return child;
            }
        }
        return null;
    }

    /** Empty once the process has ended. */
    private static String commandLine(ProcessHandle process) throws IOException {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
        } catch (NoSuchFileException e) {
            return "";
        }
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
