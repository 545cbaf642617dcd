package dev.lockstep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of Java on a page compile. Whole programs, which begin with their imports, are those of other tests. */
class JavaFragmentsTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    /** What the lines of a page take as given. */
    private static final String FRAME = """
        import dev.lockstep.spark.ml.*;
        import dev.lockstep.spark.predict.*;
        import org.apache.spark.ml.evaluation.*;
        import org.apache.spark.sql.*;
        class Fragment%d {
            SparkSession spark;
            Dataset<Row> training;
            Dataset<Row> test;
            NeuralNetworkClassificationModel model;
            void run() throws Exception {
        %s
            }
        }
        """;

    /** A class in a text. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(int number, String block) {
            super(URI.create("string:///Fragment" + number + ".java"), Kind.SOURCE);
            text = FRAME.formatted(number, block);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void theLinesOfEveryPageCompile(@TempDir Path folder) throws IOException {
        List<Source> sources = new ArrayList<>();
        List<Path> pages = new ArrayList<>(List.of(PROJECT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(PROJECT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher blocks = BLOCK.matcher(Files.readString(page));
            while (blocks.find()) {
                if (!blocks.group(1).startsWith("import ")) {
                    sources.add(new Source(sources.size(), blocks.group(1)));
                }
            }
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(3);
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        problems,
                        List.of("-proc:none", "-cp", classes, "-d", folder.toString()),
                        null,
                        sources)
                .call();
        assertThat(problems.getDiagnostics())
                .filteredOn(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .isEmpty();
    }
}
