package dev.lockstep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/architecture.md} and {@code CONTRIBUTING.md} name classes that exist. */
class ArchitecturePageTest {
    private static final Path PROJECT = Path.of(System.getProperty("lockstep.project", ".."));

    /** Names of two words or more, in the text and in diagrams. */
    private static final Pattern CLASS = Pattern.compile("\\b(?:[A-Z][a-z0-9]+){2,}\\b");

    /** What looks like one of our classes and is none. */
    private static final Set<String> OTHERS =
            Set.of("DskipTests", "NullAway", "PyTorch", "StrictMath", "TensorFlow", "YourLoss", "YourSource");

    @Test
    void everyClassThatIsNamedExists() throws IOException {
        Set<String> classes;
        try (Stream<Path> library = Files.walk(PROJECT.resolve("worker-lib/src"));
                Stream<Path> driver = Files.walk(PROJECT.resolve("driver/src"))) {
            classes = Stream.concat(library, driver)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
        for (String page : List.of("docs/architecture.md", "CONTRIBUTING.md")) {
            TreeSet<String> named = CLASS.matcher(Files.readString(PROJECT.resolve(page)))
                    .results()
                    .map(result -> result.group())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(named).as(page).hasSizeGreaterThan(10);
            named.removeAll(classes);
            named.removeAll(OTHERS);
            assertThat(named).as("named in %s, and not there", page).isEmpty();
        }
    }
}
