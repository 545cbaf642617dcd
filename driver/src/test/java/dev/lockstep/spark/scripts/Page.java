package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a page has its reader do, in the order of the page.
 *
 * <ul>
 *   <li>A block marked {@code console} has commands behind {@code $}, each followed by all that it prints.
 *   <li>An indented block has commands, or some lines of what the commands of the block before print. An empty line
 *       divides such blocks.
 *   <li>A block behind the words "save ... as {@code NAME}" is the content of a file.
 * </ul>
 */
record Page(List<Step> steps) {
    private static final Pattern BLOCK = Pattern.compile(
            "(?<prose>(?:^(?!```|    ).*\\S.*\n)+)"
                    + "|^```(?<kind>\\w*)\n(?<fenced>(?s:.*?))^```\n"
                    + "|(?<indented>(?:^    .*\n)+)",
            Pattern.MULTILINE);
    private static final Pattern SAVED = Pattern.compile("\\bsave\\b[^.]*\\bas\\s+`([^`]+)`", Pattern.CASE_INSENSITIVE);
    private static final Pattern COMMAND = Pattern.compile(
            "(scripts/|conf/kubernetes/|sbin/|mvn |spark-submit |pyspark |java |curl |gnuplot |docker |kubectl |hdfs"
                    + " |export |[A-Za-z_]+=).*");
    /** A summary of options, not a command. */
    private static final Pattern SYNOPSIS = Pattern.compile(".*\\[OPTION\\.\\.\\.]");

    /**
     * Commands, and what they print.
     *
     * @param output all of it, null if the page does not show it
     * @param lines some lines of it in their order
     */
    record Step(List<String> commands, @Nullable String output, List<String> lines) {
        /** Whether a text is what the page shows. */
        boolean isPrinted(String text) {
            List<String> printed = text.stripTrailing().lines().toList();
            List<String> some = new ArrayList<>(List.of("..."));
            lines.forEach(line -> some.addAll(List.of(line, "...")));
            return matches(some, printed)
                    && (output == null || matches(output.lines().toList(), printed));
        }

        /** What the page shows. */
        String shown() {
            return (output == null ? "" : output + "\n") + String.join("\n", lines);
        }
    }

    /** Reads a page. */
    static Page read(Path file) throws IOException {
        List<Step> steps = new ArrayList<>();
        String prose = "";
        Matcher blocks = BLOCK.matcher(Files.readString(file));
        while (blocks.find()) {
            if (blocks.group("prose") != null) {
                prose = blocks.group("prose");
            } else if (blocks.group("indented") != null) {
                readIndented(file, blocks.group("indented").replaceAll("(?m)^    ", ""), steps);
            } else if (blocks.group("kind").equals("console")) {
                readConsole(blocks.group("fenced"), steps);
            } else {
                Matcher saved = SAVED.matcher(prose);
                if (saved.find()) {
                    String save = "cat > " + saved.group(1) + " << 'END'\n" + blocks.group("fenced") + "END";
                    steps.add(new Step(List.of(save), "", List.of()));
                }
            }
        }
        return new Page(List.copyOf(steps));
    }

    private static void readConsole(String block, List<Step> steps) {
        for (String part : block.replace("\\\n> ", "").split("(?m)^\\$ ")) {
            if (!part.isBlank()) {
                int end = part.indexOf('\n');
                String output = part.substring(end + 1).stripTrailing();
                steps.add(new Step(List.of(part.substring(0, end)), output, List.of()));
            }
        }
    }

    private static void readIndented(Path file, String block, List<Step> steps) {
        if (COMMAND.matcher(block).lookingAt()) {
            List<String> commands = block.replaceAll("\\\\\n\\s*", "")
                    .lines()
                    .filter(line -> !SYNOPSIS.matcher(line).matches())
                    .toList();
            if (!commands.isEmpty()) {
                steps.add(new Step(commands, null, List.of()));
            }
        } else if (steps.isEmpty()) {
            throw new IllegalStateException(file + ": a block without a command before it\n" + block);
        } else {
            Step last = steps.remove(steps.size() - 1);
            List<String> lines = new ArrayList<>(last.lines());
            lines.addAll(block.lines().toList());
            steps.add(new Step(last.commands(), last.output(), lines));
        }
    }

    /** Whether lines are those of a pattern, in which a line {@code ...} stands for any lines. */
    private static boolean matches(List<String> pattern, List<String> lines) {
        boolean[] before = new boolean[lines.size() + 1];
        before[0] = true;
        for (String expected : pattern) {
            boolean[] after = new boolean[lines.size() + 1];
            boolean any = expected.strip().equals("...");
            after[0] = any && before[0];
            for (int i = 1; i <= lines.size(); i++) {
                after[i] = any ? before[i] || after[i - 1] : before[i - 1] && isLine(expected, lines.get(i - 1));
            }
            before = after;
        }
        return before[lines.size()];
    }

    /** Whether a line is the expected one, in which {@code ...} stands for any text. */
    private static boolean isLine(String expected, String line) {
        String[] parts = expected.stripTrailing().split("\\.\\.\\.", -1);
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
        }
        return Pattern.matches(regex.toString(), line.stripTrailing());
    }
}
