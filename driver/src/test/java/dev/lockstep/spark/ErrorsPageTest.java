package dev.lockstep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} names every kind of exception that leaves Lockstep, and quotes messages that exist. */
class ErrorsPageTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern QUOTED = Pattern.compile("^- `([^`]+)`", Pattern.MULTILINE);

    /** What all sources say, texts that span lines joined. */
    private static String sources;

    private static String page;
    private static final List<String> KINDS = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(PROJECT.resolve("docs/errors.md"));
        StringBuilder all = new StringBuilder();
        for (String module : List.of("worker-lib", "driver")) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String text = Files.readString(file);
                    all.append(text.replaceAll("\"\\s*\\+\\s*\"", ""));
                    String name = file.getFileName().toString().replace(".java", "");
                    if (name.endsWith("Exception") && !text.contains("extends Exception")) {
                        KINDS.add(name);
                    }
                }
            }
        }
        sources = all.toString();
    }

    @Test
    void everyKindOfExceptionIsNamed() {
        assertThat(KINDS).hasSizeGreaterThan(8);
        assertThat(KINDS).allSatisfy(kind -> assertThat(page).contains(kind));
    }

    @Test
    void quotedMessagesExist() {
        List<String> messages = new ArrayList<>();
        for (Matcher matcher = QUOTED.matcher(page); matcher.find(); ) {
            messages.add(matcher.group(1));
        }
        assertThat(messages).hasSizeGreaterThan(12);
        assertThat(messages).allSatisfy(message -> assertThat(message.split("\\s*…,?\\s*"))
                .allSatisfy(part -> assertThat(sources).contains(part)));
    }
}
