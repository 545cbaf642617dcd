package dev.lockstep.spark.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the files of a call lie: the rows, a job file for each job, what each driver said, and the runs.
 *
 * @param path the folder, absolute
 */
record ChaosFolder(Path path) {
    /** The same as that of {@code scripts/lib.sh}. */
    private static final String MARK = ".made-by-lockstep-scripts";

    /**
     * Makes the folder, in place of one that an earlier call made here.
     *
     * @throws ChaosException if there is anything else in it
     */
    static ChaosFolder replace(Path path) throws IOException {
        Path mark = path.resolve(MARK);
        for (Path file : list(path)) {
            if (!Files.exists(mark)) {
                throw new ChaosException(
                        path + " is not empty, and no earlier call made it: expected a new or an empty folder");
            }
            if (!file.equals(mark)) {
                delete(file);
            }
        }
        Files.createDirectories(path);
        if (!Files.exists(mark)) {
            Files.createFile(mark);
        }
        return new ChaosFolder(path.toAbsolutePath().normalize());
    }

    /** The files of a folder; none if there is no such folder. */
    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** The lines of a file. Whoever wrote it may have been killed in the middle of a character. */
    static Stream<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines();
    }

    /** Deletes a file, or a folder with all that is in it. */
    static void delete(Path root) throws IOException {
        List<Path> inside;
        try (Stream<Path> files = Files.walk(root)) {
            inside = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : inside) {
            Files.delete(file);
        }
    }

    Path rows() {
        return path.resolve("rows.csv");
    }

    Path jobFile(ChaosJob job) {
        return path.resolve(job + ".yaml");
    }

    RunFiles undisturbed(ChaosJob job) {
        return new RunFiles(path.resolve(job + "-undisturbed"));
    }

    RunFiles run(int number) {
        return new RunFiles(path.resolve("run-" + number));
    }

    /** What the drivers of all disturbed runs said. */
    List<String> errorOutput() throws IOException {
        List<String> all = new ArrayList<>();
        for (Path file : list(path)) {
            if (file.getFileName().toString().matches("run-\\d+\\.err")) {
                lines(file).forEach(all::add);
            }
        }
        return all;
    }
}
