package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.scripts.Page.Step;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages that tell their reader what to type, followed to the letter, one after the other in the order of the
 * contents on one clone: every command works and prints what its page shows.
 *
 * <p>The tutorial starts a process for each command, as its reader does; the other pages run in one JVM ({@link Clone}
 * names the exceptions). {@code not-run.txt} lists the commands that do not run here, each with the reason.
 */
@Tag("cluster")
class PagesTest {
    /** Their commands measure, which needs hours and an idle machine. */
    private static final List<String> MEASURING = List.of(
            "docs/reliability.md",
            "docs/performance.md",
            "docs/scaling.md",
            "docs/experiments.md",
            "docs/comparison.md",
            "CHANGELOG.md");

    private static final Pattern CONTENTS = Pattern.compile("^      - [^:]+: (\\S+\\.md)$", Pattern.MULTILINE);
    /** Commands on data sets for which the clone has small ones: their figures are other ones than on the page. */
    private static final Pattern ON_SMALL_DATA = Pattern.compile("quickstart|conf/(mnist|fashion|shakespeare)");

    private static final Pattern FIGURE =
            Pattern.compile("[0-9a-f]{64}|-?\\d[\\d,.:]*(e[+-]?\\d+)?( +s)?( *\\*$)?", Pattern.MULTILINE);
    /** A port that another test may use. */
    private static final Pattern PORT = Pattern.compile("\\b8080\\b");

    private static final Pattern INLINE = Pattern.compile("`(scripts/lockstep [^`]*)`");

    /** Runs a server until the end of the page. */
    private static final String PROLOGUE = """
        exec 2>&1
        servers=() statuses=()
        serve() {
          "$@" > "serve-${#servers[@]}.txt" 2>&1 &
          local file=serve-${#servers[@]}.txt
          servers+=($!)
          until grep -q '^serving ' "$file"; do
            kill -0 $! || return 1
            sleep 0.1
          done
          cat "$file"
        }
        trap '((${#servers[@]} == 0)) || kill "${servers[@]}"' EXIT
        """;

    private static final Map<String, Page> PAGES = new LinkedHashMap<>();
    private static final Map<String, String> NOT_RUN = new LinkedHashMap<>();
    private static Clone clone;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        try (var in = PagesTest.class.getResourceAsStream("not-run.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(" => "))
                    .map(line -> line.split(" => ", 2))
                    .forEach(pair -> NOT_RUN.put(pair[0], pair[1]));
        }
        String contents = Files.readString(Scripts.PROJECT.resolve("mkdocs.yml"));
        Matcher pages = CONTENTS.matcher(contents.substring(0, contents.indexOf("  - Explanation:")));
        while (pages.find()) {
            if (!MEASURING.contains(pages.group(1))) {
                PAGES.put(pages.group(1), Page.read(Scripts.PROJECT.resolve(pages.group(1))));
            }
        }
        clone = new Clone(temporary);
    }

    @AfterAll
    static void stop() throws Exception {
        clone.close();
    }

    private static boolean isRun(String command) {
        return NOT_RUN.keySet().stream().noneMatch(command::startsWith)
                && (!command.startsWith("gnuplot ") || "true".equals(System.getenv("CI")) || hasGnuplot());
    }

    private static boolean hasGnuplot() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gnuplot")));
    }

    @Test
    void whatIsNotRunIsOnAPage() {
        List<String> commands = PAGES.values().stream()
                .flatMap(page -> page.steps().stream())
                .flatMap(step -> step.commands().stream())
                .toList();
        assertThat(commands).filteredOn(PagesTest::isRun).hasSizeGreaterThan(60);
        assertThat(NOT_RUN.keySet()).allSatisfy(listed -> assertThat(commands).anyMatch(it -> it.startsWith(listed)));
    }

    /** A command in the middle of a sentence is not run: it has a name in capitals, or is in a block too. */
    @Test
    void commandsAreInBlocks() throws IOException {
        List<String> hidden = new ArrayList<>();
        for (String page : PAGES.keySet()) {
            Matcher inline = INLINE.matcher(Files.readString(Scripts.PROJECT.resolve(page)));
            while (inline.find()) {
                String[] words = inline.group(1).split("\\s+");
                if (words.length > 2 && !inline.group(1).matches(".* [A-Z]+\\b.*|.*\\.\\.\\.")) {
                    hidden.add(page + ": " + inline.group(1));
                }
            }
        }
        assertThat(hidden).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyCommandWorksAndPrintsWhatThePageShows() {
        return PAGES.entrySet().stream()
                .filter(page -> page.getValue().steps().stream()
                        .flatMap(step -> step.commands().stream())
                        .anyMatch(PagesTest::isRun))
                .map(page -> DynamicTest.dynamicTest(page.getKey(), () -> follow(page.getKey(), page.getValue())));
    }

    private static void follow(String name, Page page) throws Exception {
        List<Step> steps = page.steps().stream()
                .map(step -> new Step(
                        step.commands().stream().filter(PagesTest::isRun).toList(), step.output(), step.lines()))
                .filter(step -> !step.commands().isEmpty())
                .toList();
        String port = freePort();
        String script = PORT.matcher(script(steps)).replaceAll(port);
        String[] outputs = clone.run(script, !name.equals("docs/tutorial.md")).split("\n?>>> \\d+\n", -1);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String output = i + 1 < outputs.length ? outputs[i + 1] : "(the command did not run)\n<<< 1\n";
            List<String> failures =
                    output.lines().filter(line -> line.matches("<<< [1-9]\\d*")).toList();
            String printed = output.replaceAll("(^|(?<=\n))\n<<< \\d+\n", "").replaceAll("\n<<< \\d+\n", "\n");
            String commands = name + ": " + String.join("\n", step.commands());
            assertThat(failures).as("%s%nprinted%n%s", commands, printed).isEmpty();
            assertThat(printed).as("a stack trace of %s", commands).doesNotContain("\tat ");
            boolean small = ON_SMALL_DATA.matcher(commands).find();
            Step shown = new Step(
                    step.commands(),
                    step.output() == null ? null : expected(step.output(), port, small),
                    step.lines().stream()
                            .map(line -> expected(line, port, small))
                            .toList());
            assertThat(shown.isPrinted(small ? withoutFigures(printed) : printed))
                    .as("%s%nprinted%n%s%nwhere the page shows%n%s", commands, printed, step.shown())
                    .isTrue();
        }
    }

    private static String expected(String text, String port, boolean small) {
        String moved = PORT.matcher(text).replaceAll(port);
        return small ? withoutFigures(moved) : moved;
    }

    private static String withoutFigures(String text) {
        return FIGURE.matcher(text).replaceAll("#").replaceAll("(?m) +", " ");
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }

    /**
     * All commands; the output of a step is behind a line {@code >>> NUMBER}, that of a command before its exit code.
     */
    private static String script(List<Step> steps) {
        StringBuilder script = new StringBuilder(PROLOGUE);
        for (int i = 0; i < steps.size(); i++) {
            script.append("printf '\\n>>> ").append(i).append("\\n'\n");
            for (String command : steps.get(i).commands()) {
                boolean serves = command.startsWith("scripts/lockstep serve ") && !command.endsWith("&");
                script.append(serves ? "serve " : "").append(command).append('\n');
                // A server that was asked to end says so with its code.
                script.append(command.contains(" wait ") ? "" : "printf '\\n<<< %s\\n' $?\n");
            }
        }
        return script.toString();
    }
}
