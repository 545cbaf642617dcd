package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code docs/command-line.md} is what the commands say of themselves. The test writes the page that it expects to
 * {@code driver/target/command-line.md}.
 */
class CommandLinePageTest {
    private static final Path PAGE = Path.of("..", "docs", "command-line.md");
    private static final int WIDTH = 120;
    private static final String START = "<!-- What follows is made by CommandLinePageTest. -->\n";

    @Test
    void thePageIsComplete() throws IOException {
        String page = Files.readString(PAGE);
        String expected = page.substring(0, page.indexOf(START)) + START + commands();
        Path made = Files.createDirectories(Path.of("target")).resolve("command-line.md");
        Files.writeString(made, expected);
        assertThat(page).as("docs/command-line.md; %s is up to date", made).isEqualTo(expected);
    }

    private static String commands() {
        CommandLine line = new CommandLine(new Lockstep(), new CommandFactory(new Streams(System.out, System.err)))
                .setUsageHelpWidth(10_000);
        StringBuilder page = new StringBuilder();
        for (CommandLine command : line.getSubcommands().values()) {
            describe(command, page);
        }
        return page.toString();
    }

    private static void describe(CommandLine command, StringBuilder page) {
        CommandSpec spec = command.getCommandSpec();
        Help help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
        page.append("\n## ").append(spec.name()).append("\n\n");
        wrap("", String.join(" ", spec.usageMessage().description()), page);
        List<OptionSpec> options = spec.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.inherited())
                .sorted(Comparator.comparing((OptionSpec option) -> !option.required())
                        .thenComparing(option -> option.longestName().toLowerCase(Locale.ROOT)))
                .toList();
        page.append("\n    scripts/lockstep ").append(synopsis(spec, options)).append("\n\n");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item(
                    parameter.paramLabel(),
                    described(help.createDefaultParameterRenderer()
                            .render(parameter, Help.createMinimalParamLabelRenderer(), help.colorScheme())),
                    page);
        }
        for (OptionSpec option : options) {
            String label = Arrays.stream(option.names()).collect(Collectors.joining("`, `"));
            String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            item(
                    label + value,
                    described(help.createDefaultOptionRenderer()
                            .render(option, Help.createMinimalParamLabelRenderer(), help.colorScheme())),
                    page);
        }
    }

    private static String synopsis(CommandSpec spec, List<OptionSpec> options) {
        return Stream.of(
                        Stream.of(spec.name()),
                        spec.positionalParameters().stream().map(ArgSpec::paramLabel),
                        options.stream()
                                .filter(OptionSpec::required)
                                .map(option -> option.longestName() + " " + option.paramLabel()),
                        options.stream().anyMatch(option -> !option.required())
                                ? Stream.of("[OPTION...]")
                                : Stream.<String>empty())
                .flatMap(part -> part)
                .collect(Collectors.joining(" "));
    }

    /** The description of an option or a parameter, with the values of its variables. */
    private static String described(Help.Ansi.Text[][] rows) {
        List<String> lines = new ArrayList<>();
        for (Help.Ansi.Text[] row : rows) {
            lines.add(row[row.length - 1].toString().strip());
        }
        return String.join(" ", lines).strip();
    }

    private static void item(String label, String text, StringBuilder page) {
        wrap("- `" + label + "`: ", text, page);
    }

    private static void wrap(String start, String text, StringBuilder page) {
        StringBuilder line = new StringBuilder(start.stripTrailing());
        String indent = start.isEmpty() ? "" : "  ";
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                page.append(line).append('\n');
                line = new StringBuilder(indent).append(word);
            } else {
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
        }
        page.append(line).append('\n');
    }
}
