package dev.lockstep.nn.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of the project, for tests that hold for all of them. */
final class ProjectFiles {
    static final Path PROJECT = Path.of(System.getProperty("lockstep.project", ".."))
            .toAbsolutePath()
            .normalize();

    static final List<String> MODULES = List.of("worker-lib", "driver");

    private ProjectFiles() {}

    /** The Markdown pages that people read: those beside README.md, those in docs and conf. */
    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(PROJECT)) {
            top.filter(ProjectFiles::isPage).forEach(pages::add);
        }
        for (String folder : List.of("docs", "conf")) {
            pages.addAll(filesBelow(PROJECT.resolve(folder)).stream()
                    .filter(ProjectFiles::isPage)
                    .toList());
        }
        return pages;
    }

    /** The Java sources that ship. */
    static List<Path> mainSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            sources.addAll(filesBelow(PROJECT.resolve(module).resolve("src/main/java")).stream()
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList());
        }
        return sources;
    }

    static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static boolean isPage(Path file) {
        return file.toString().endsWith(".md");
    }
}
