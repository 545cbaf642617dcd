package dev.lockstep.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.spec.SpecName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/mathematics.md} names classes and tests that exist, and leaves no part of the mathematics out. */
class MathematicsPageTest {
    private static final Path PROJECT = Path.of(System.getProperty("lockstep.project", ".."));

    /** A class in code font: its package or not, its name, a member or a nested type or not. */
    private static final Pattern NAMED = Pattern.compile("`(?:([a-z]+)\\.)?([A-Z][A-Za-z0-9]{2,})(?:\\.([A-Za-z]+))?`");

    private static final Pattern CODE = Pattern.compile("`[^`\n]+`");

    private static String page() throws IOException {
        return Files.readString(PROJECT.resolve("docs").resolve("mathematics.md"));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT.resolve("worker-lib").resolve("src"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void everyClassThatIsNamedExists() throws IOException {
        List<Path> sources = sources();
        TreeSet<String> unknown = new TreeSet<>();
        int named = 0;
        Matcher matcher = NAMED.matcher(page());
        while (matcher.find()) {
            named++;
            String file = matcher.group(2) + ".java";
            String folder = matcher.group(1);
            boolean exists = false;
            for (Path source : sources) {
                exists |= source.endsWith(folder == null ? Path.of(file) : Path.of(folder, file))
                        && (matcher.group(3) == null
                                || Files.readString(source).contains(" " + matcher.group(3) + "("));
            }
            if (!exists) {
                unknown.add(matcher.group());
            }
        }
        assertThat(named).as("classes in code font").isGreaterThan(100);
        assertThat(unknown).as("named in docs/mathematics.md, and not there").isEmpty();
    }

    @Test
    void everyKindIsOnThePage() throws IOException {
        List<String> code =
                CODE.matcher(page()).results().map(MatchResult::group).toList();
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> sealed :
                List.of(LayerSpec.class, Loss.class, Optimizer.class, Schedule.class, Metric.class, Prior.class)) {
            for (Class<?> kind : Kinds.of(sealed)) {
                SpecName inJobFiles = kind.getAnnotation(SpecName.class);
                if (!stands(nested(kind), code) && (inJobFiles == null || !stands(inJobFiles.value(), code))) {
                    missing.add(nested(kind));
                }
            }
        }
        assertThat(missing)
                .as("not in docs/mathematics.md in code font, as a class or as in job files")
                .isEmpty();
    }

    /**
     * A class as the page names it: one inside an interface with the interface's name, which tells schedules from
     * activations.
     */
    private static String nested(Class<?> kind) {
        Class<?> outer = kind.getEnclosingClass();
        return outer == null ? kind.getSimpleName() : outer.getSimpleName() + "." + kind.getSimpleName();
    }

    private static boolean stands(String name, List<String> code) {
        Pattern word = Pattern.compile("\\b" + Pattern.quote(name) + "\\b");
        return code.stream().anyMatch(text -> word.matcher(text).find());
    }
}
