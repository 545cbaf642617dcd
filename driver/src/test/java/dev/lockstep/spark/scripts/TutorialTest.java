package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.scripts.ConsolePage.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/tutorial.md}, followed to the letter: each command prints what the page shows. */
@Tag("cluster")
class TutorialTest {
    private static final long LIMIT_MINUTES = 10;

    @Test
    void everyCommandPrintsWhatThePageShows(@TempDir Path temporary) throws Exception {
        Path clone = clone(temporary.resolve("lockstep"));
        ConsolePage page = ConsolePage.read(Scripts.PROJECT.resolve("docs/tutorial.md"));
        assertThat(page.steps()).hasSizeGreaterThan(8);
        List<String> outputs = page.outputs(run(page.script(), clone, Scripts.quick(temporary)));
        for (int i = 0; i < page.steps().size(); i++) {
            Step step = page.steps().get(i);
            String printed = i < outputs.size() ? outputs.get(i) : "(the command did not run)";
            assertThat(step.isPrinted(printed))
                    .as("%s%nprinted%n%s%nwhere docs/tutorial.md shows%n%s", step.command(), printed, step.output())
                    .isTrue();
        }
    }

    /** A folder in which the project's commands work as in a clone, and which gets the files that they write. */
    private static Path clone(Path folder) throws IOException {
        for (String name : List.of("scripts", "conf", "docs", ".mvn", "pom.xml")) {
            copy(Scripts.PROJECT.resolve(name), folder.resolve(name));
        }
        for (String module : List.of("worker-lib", "driver")) {
            Files.createSymbolicLink(
                    folder.resolve(module),
                    Scripts.PROJECT.resolve(module).toAbsolutePath().normalize());
        }
        return folder;
    }

    /** Files keep their times: nothing is to be built again. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static String run(String script, Path folder, Map<String, String> quick) throws Exception {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = new HashMap<>(quick);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.environment().remove("SPARK_HOME");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
