package dev.lockstep.spark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code predict} wrote as CSV. */
public final class PredictionLines {
    private PredictionLines() {}

    /** The header, then the rows of all parts in the order of the parts' names. */
    public static List<String> of(Path output) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(output)) {
            for (Path part : files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                List<String> own = Files.readAllLines(part);
                lines.addAll(lines.isEmpty() ? own : own.subList(Math.min(1, own.size()), own.size()));
            }
        }
        return lines;
    }
}
