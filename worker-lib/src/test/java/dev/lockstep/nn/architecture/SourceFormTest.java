package dev.lockstep.nn.architecture;

import static dev.lockstep.nn.architecture.ProjectFiles.PROJECT;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every file of the project: the width of lines, the size of packages, and what packages say. */
class SourceFormTest {
    private static final int WIDEST_LINE = 120;
    private static final int MOST_FILES = 50;

    /** Everything that people write lies in these. */
    private static final List<String> WRITTEN =
            List.of("worker-lib/src", "driver/src", "conf", "docs", "scripts", ".ci", ".github", ".mvn");

    /** Drawings, data and what a template has to spell out as it is. */
    private static final Set<String> NOT_TEXT =
            Set.of("svg", "csv", "txt", "libsvm", "parquet", "gz", "png", "onnx", "pb", "safetensors");

    @Test
    void noLineIsWiderThanAScreen() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path file : written()) {
            List<String> lines = Files.readAllLines(file);
            // What a program was told and printed stands in a page as it was.
            boolean page = file.toString().endsWith(".md");
            boolean quoted = false;
            for (int i = 0; i < lines.size(); i++) {
                quoted ^= page && lines.get(i).startsWith("```");
                if (!quoted && lines.get(i).length() > WIDEST_LINE) {
                    wide.add(PROJECT.relativize(file) + ":" + (i + 1));
                }
            }
        }
        assertThat(wide).as("lines of more than %d characters", WIDEST_LINE).isEmpty();
    }

    @Test
    void noPackageIsTooLargeToKnow() throws IOException {
        Map<Path, Long> files = ProjectFiles.mainSources().stream()
                .collect(groupingBy(file -> PROJECT.relativize(file.getParent()), TreeMap::new, counting()));
        assertThat(files).hasSizeGreaterThan(20);
        files.values().removeIf(count -> count <= MOST_FILES);
        assertThat(files).as("packages of more than %d files", MOST_FILES).isEmpty();
    }

    @Test
    void everyPackageSaysWhatIsInItAndWhatMayBeNull() throws IOException {
        List<Path> silent = ProjectFiles.mainSources().stream()
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !saysSo(folder.resolve("package-info.java")))
                .map(PROJECT::relativize)
                .toList();
        assertThat(silent)
                .as("packages without a package-info.java that is @NullMarked")
                .isEmpty();
    }

    private static boolean saysSo(Path info) {
        try {
            return Files.exists(info) && Files.readString(info).contains("@NullMarked\npackage ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> written() throws IOException {
        List<Path> written = new ArrayList<>();
        try (Stream<Path> top = Files.list(PROJECT)) {
            top.filter(file -> file.toString().matches(".*\\.(md|xml)")).forEach(written::add);
        }
        for (String folder : WRITTEN) {
            for (Path file : ProjectFiles.filesBelow(PROJECT.resolve(folder))) {
                if (!NOT_TEXT.contains(extension(file))) {
                    written.add(file);
                }
            }
        }
        for (String module : ProjectFiles.MODULES) {
            written.add(PROJECT.resolve(module).resolve("pom.xml"));
        }
        assertThat(written).hasSizeGreaterThan(500);
        return written;
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
