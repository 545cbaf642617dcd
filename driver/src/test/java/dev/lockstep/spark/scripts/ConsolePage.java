package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The {@code console} blocks of a page: commands behind {@code $}, each followed by what it prints. In what it prints,
 * {@code ...} stands for any text, on a line of its own for any lines.
 */
record ConsolePage(List<Step> steps) {
    private static final Pattern BLOCK = Pattern.compile("^```console\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    /** A command and its output. */
    record Step(String command, String output) {
        /** Whether a text is what the page shows. */
        boolean isPrinted(String text) {
            String pattern = output.lines()
                    .map(line -> line.strip().equals("...") ? "(?:.*\n)*?" : quoted(line) + "\n")
                    .collect(Collectors.joining());
            return Pattern.matches(pattern, text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
        }

        private static String quoted(String line) {
            return Pattern.compile("...", Pattern.LITERAL)
                    .splitAsStream(line + " ")
                    .map(Pattern::quote)
                    .collect(Collectors.joining(".*"))
                    .replaceFirst(" \\\\E$", "\\\\E *");
        }
    }

    /** Reads a page. */
    static ConsolePage read(Path page) throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(page));
        while (blocks.find()) {
            String[] parts = blocks.group(1).replace("\\\n> ", "").split("(?m)^\\$ ");
            for (String part : parts) {
                if (!part.isBlank()) {
                    int end = part.indexOf('\n');
                    steps.add(new Step(
                            part.substring(0, end), part.substring(end + 1).stripTrailing()));
                }
            }
        }
        return new ConsolePage(List.copyOf(steps));
    }

    /** One shell script that runs all commands; each one's output begins with a line {@code >>> NUMBER}. */
    String script() {
        StringBuilder script = new StringBuilder("exec 2>&1\n");
        for (int i = 0; i < steps.size(); i++) {
            script.append("printf '\\n>>> ")
                    .append(i)
                    .append("\\n'\n")
                    .append(steps.get(i).command())
                    .append('\n');
        }
        return script.toString();
    }

    /** The output of each command, in their order, from that of the script. */
    List<String> outputs(String all) {
        List<String> outputs = new ArrayList<>();
        for (String part : all.split("\n>>> \\d+\n")) {
            outputs.add(part);
        }
        return outputs.subList(1, outputs.size());
    }
}
