package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the project's scripts as a person would, on the JVM and the build profile that run the tests. Scripts that use
 * the driver jar can only run in tests tagged {@code cluster}: Maven runs those after it has packaged the jar.
 */
public final class Scripts {
    private static final long LIMIT_MINUTES = 10;
    private static final long POLL_MILLIS = 20;
    /** The project's folder. */
    public static final Path PROJECT = Path.of(System.getProperty("lockstep.project", ".."));
    /** JVM options for processes most of whose life is their start. */
    static final String QUICK =
            System.getProperty("lockstep.test.quick", "").strip().replaceAll("\\s+", " ");

    /** What a script left: its exit code, and both outputs (the error output last). */
    public record Result(int exitCode, String out, String err) {
        /** The outputs, or an error with all that the script said when it failed. */
        public Result expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + err);
            }
            return this;
        }

        /** The last line of the standard output. */
        public String lastLine() {
            return out.stripTrailing().lines().reduce("", (before, line) -> line);
        }
    }

    private Scripts() {}

    /** Runs {@code scripts/NAME ARGUMENTS} in the project's folder with some more environment variables. */
    public static Result run(Map<String, String> environment, String name, List<String> arguments) {
        return run(PROJECT, environment, name, arguments);
    }

    /** The same in the folder of a project. */
    static Result run(Path project, Map<String, String> environment, String name, List<String> arguments) {
        ProcessBuilder builder = command(project, environment, name, arguments);
        try {
            Path out = Files.createTempFile("script", ".out");
            Path err = Files.createTempFile("script", ".err");
            try {
                Process process = builder.redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!await(process)) {
                    process.destroyForcibly();
                    throw new AssertionError(builder.command() + " ran for more than " + LIMIT_MINUTES + " minutes\n"
                            + read(out) + read(err));
                }
                return new Result(process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(builder.command() + " was interrupted", e);
        }
    }

    /** Waits for a script's end, and for that of the filter of its error output, which may outlive it for a moment. */
    private static boolean await(Process process) throws InterruptedException {
        List<ProcessHandle> filters = List.of();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            filters = process.children().filter(child -> !isJava(child)).toList();
            if (System.nanoTime() > deadline) {
                return false;
            }
        }
        for (ProcessHandle filter : filters) {
            try {
                filter.onExit().get(1, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // Not a filter: it was started to stay.
                break;
            }
        }
        return true;
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("java");
    }

    /** What starts {@code scripts/NAME ARGUMENTS} in the project's folder with some more environment variables. */
    public static ProcessBuilder command(Map<String, String> environment, String name, List<String> arguments) {
        return command(PROJECT, environment, name, arguments);
    }

    private static ProcessBuilder command(
            Path project, Map<String, String> environment, String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(project.resolve("scripts").resolve(name).toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("SPARK_HOME");
        builder.environment().putAll(environment);
        return builder;
    }

    /** Runs {@code scripts/NAME ARGUMENTS} in the project's folder. */
    public static Result run(String name, String... arguments) {
        return run(Map.of(), name, List.of(arguments));
    }

    /**
     * The environment of commands whose drivers and executors are to start quickly rather than to compute quickly.
     *
     * @param folder for Spark's settings
     */
    public static Map<String, String> quick(Path folder) {
        try {
            Path settings = Files.createDirectories(folder.resolve("spark-conf"));
            Path project = PROJECT.resolve("conf/spark/spark-defaults.conf");
            Files.writeString(
                    settings.resolve("spark-defaults.conf"),
                    Files.readString(project) + "spark.driver.extraJavaOptions " + QUICK
                            + "\nspark.executor.extraJavaOptions " + QUICK + "\n");
            return Map.of("SPARK_CONF_DIR", settings.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
