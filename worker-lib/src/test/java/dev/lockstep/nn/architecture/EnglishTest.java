package dev.lockstep.nn.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pages and sources use the usual word: none of the expressions in {@code english.txt}. */
class EnglishTest {
    private record Habit(Pattern avoid, String prefer) {}

    private static List<Habit> habits() throws IOException {
        try (var in = EnglishTest.class.getResourceAsStream("english.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(" => "))
                    .map(line -> line.split(" => ", 2))
                    .map(pair -> new Habit(Pattern.compile(pair[0]), pair[1]))
                    .toList();
        }
    }

    /** A text in lower case whose lines are joined, so that an expression is found where a line breaks inside it. */
    private static String joined(Path file) throws IOException {
        return Files.readString(file)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\s*\\n\\s*(\\* |// )?", " ")
                .replaceAll("\" \\+ \"", "");
    }

    @Test
    void theUsualWordIsUsed() throws IOException {
        List<Path> files = new ArrayList<>(ProjectFiles.mainSources());
        ProjectFiles.pages().stream()
                .filter(page -> !page.endsWith("CONTRIBUTING.md"))
                .forEach(files::add);
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            String text = joined(file);
            for (Habit habit : habits()) {
                Matcher matcher = habit.avoid().matcher(text);
                while (matcher.find()) {
                    String around = text.substring(
                            Math.max(0, matcher.start() - 30), Math.min(text.length(), matcher.end() + 20));
                    found.add(ProjectFiles.PROJECT.relativize(file) + ": \"..." + around + "...\"; better: "
                            + habit.prefer());
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
