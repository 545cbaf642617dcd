package dev.lockstep.nn;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** JVMs of their own, for what a JVM decides once when it starts: its options, its kernels, what it compiles. */
public final class Jvm {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private Jvm() {}

    /**
     * How a JVM ended.
     *
     * @param exitCode 0 if all went well
     * @param output all that it printed
     */
    public record Outcome(int exitCode, String output) {
        /** The lines of the output that begin with {@code "= "}: results. */
        public List<String> results() {
            return output.lines().filter(line -> line.startsWith("= ")).toList();
        }
    }

    /** Runs a class on this JVM's class path, to its end. */
    public static Outcome run(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(LIMIT, options, main, arguments);
    }

    /** Runs a class; one that takes longer than the limit is ended and fails the test. */
    static Outcome run(Duration limit, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        // A pipe would have to be read to its end, which a JVM that hangs never writes.
        Path output = Files.createTempFile("jvm", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(main.getName() + " ran for more than " + limit + "\n" + read(output));
            }
            return new Outcome(process.exitValue(), read(output));
        } finally {
            Files.delete(output);
        }
    }

    private static String read(Path output) throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
