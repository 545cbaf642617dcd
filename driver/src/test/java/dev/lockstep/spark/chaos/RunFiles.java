package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Scripts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one run: its output directory, and beside it what its drivers said.
 *
 * @param directory the output directory
 */
record RunFiles(Path directory) {
    private static final Pattern PAGE = Pattern.compile("watch it at (https?://[^/]+)/");
    private static final Pattern MODEL = Pattern.compile("model .* sha256 (\\w+)");

    /** Standard output of the driver that was started last. */
    Path output() {
        return Path.of(directory + ".out");
    }

    /** Error output of all drivers of the run. */
    Path errors() {
        return Path.of(directory + ".err");
    }

    Checkpoints checkpoints() {
        return new Checkpoints(directory.resolve("checkpoints"));
    }

    /** The sha256 of the model, as the last driver printed it; empty if it did not. */
    Optional<String> sha256() throws IOException {
        return ChaosFolder.lines(output())
                .map(MODEL::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst();
    }

    /** The line with which a driver last ended in an error; empty if none has. */
    Optional<String> lastError() throws IOException {
        return ChaosFolder.lines(errors())
                .filter(line -> line.startsWith("error: "))
                .reduce((earlier, later) -> later);
    }

    /** The address of Spark's page, as the driver that was started last has said it; empty if it has not. */
    Optional<String> page() throws IOException {
        return ChaosFolder.lines(errors())
                .map(PAGE::matcher)
                .filter(Matcher::lookingAt)
                .map(line -> line.group(1))
                .reduce((earlier, later) -> later);
    }

    /** When a driver last wrote a line or a checkpoint, in milliseconds; 0 if it has not yet. */
    long lastWritten() {
        return Math.max(
                errors().toFile().lastModified(),
                checkpoints().folder().toFile().lastModified());
    }

    /** Starts {@code scripts/lockstep train}. */
    Process startDriver(Path jobFile, Map<String, String> environment, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("train", jobFile.toString()));
        arguments.addAll(List.of("--set", "output.dir=" + directory));
        arguments.addAll(List.of(options));
        return Scripts.command(environment, "lockstep", arguments)
                .redirectOutput(output().toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
    }
}
