package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is in the jars that are shipped: nothing that only measures or tests, and no names of others. */
@Tag("cluster")
class ShippedJarsTest {
    private static final List<String> MODULES = List.of("worker-lib", "driver");

    @Test
    void theDriverJarHoldsNothingThatMeasuresOrTests() throws IOException {
        holdsSourcesOfMainAlone(Path.of(System.getProperty("lockstep.driver.jar")));
    }

    /**
     * Spark's class path comes before the jar: a class or service of a name that some Spark has too would be replaced
     * by another version's.
     */
    @Test
    void theDriverJarHoldsNoNameThatAnySparkMayHave() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("lockstep.driver.jar"))) {
            List<String> names = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
            assertThat(names).anyMatch(name -> name.startsWith("dev/lockstep/shaded/jline/"));
            assertThat(names).anyMatch(name -> name.startsWith("dev/lockstep/shaded/picocli/"));
            assertThat(names).contains("lockstep/__init__.py", "dev/lockstep/spark/ml/__init__.py");
            assertThat(names).noneMatch(name -> name.contains("__pycache__"));
            assertThat(names)
                    .allMatch(name -> name.startsWith("dev/lockstep/")
                            // The Python package.
                            || name.startsWith("lockstep/")
                            || name.startsWith("META-INF/services/dev.lockstep.")
                            || name.startsWith("META-INF/services/dev/lockstep/")
                            // Spark Connect looks into those of all jars for Estimators and their models.
                            || name.startsWith("META-INF/services/org.apache.spark.ml.")
                            // The history server looks into those of all jars for its pages.
                            || name.equals("META-INF/services/org.apache.spark.status.AppHistoryServerPlugin")
                            || name.startsWith("META-INF/") && !name.startsWith("META-INF/services/"));
        }
    }

    @Test
    void theWorkerLibrarysJarHoldsNothingThatMeasuresOrTests() throws IOException {
        Path target = Scripts.PROJECT.resolve("worker-lib/target");
        try (Stream<Path> files = Files.list(target)) {
            List<Path> jars = files.filter(file ->
                            file.getFileName().toString().matches("lockstep-worker-lib-[^-]+(-SNAPSHOT)?\\.jar"))
                    .toList();
            assertThat(jars).as("jars in %s", target).isNotEmpty();
            for (Path jar : jars) {
                holdsSourcesOfMainAlone(jar);
            }
        }
    }

    private static void holdsSourcesOfMainAlone(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            List<String> entries = jar.stream().map(ZipEntry::getName).toList();
            assertThat(entries).anyMatch(entry -> entry.startsWith("dev/lockstep/nn/kernel/"));
            for (String module : MODULES) {
                for (String kind : List.of("bench", "test")) {
                    List<String> classes = classes(module, kind);
                    assertThat(classes).as("%s of %s", kind, module).isNotEmpty();
                    assertThat(entries).as("%s of %s", kind, module).doesNotContainAnyElementsOf(classes);
                }
            }
            assertThat(entries)
                    .noneMatch(entry -> entry.contains("jmh"))
                    .noneMatch(entry -> entry.startsWith("org/junit/") || entry.startsWith("org/assertj/"));
        }
    }

    /** The names in a jar of the classes of a folder of sources. */
    private static List<String> classes(String module, String kind) throws IOException {
        Path root = Scripts.PROJECT.resolve(module).resolve("src").resolve(kind).resolve("java");
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".java") && !name.endsWith("package-info.java"))
                    .map(name -> name.replaceFirst("java$", "class").replace('\\', '/'))
                    .collect(Collectors.toList());
        }
    }
}
