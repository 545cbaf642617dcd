package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Python package has the Params of the Java classes, and Python understands it. */
class PythonPackageTest {
    private static final Path PACKAGE = Path.of("src/main/python").toAbsolutePath();

    /** If this fails, copy {@code driver/target/params.py} over the file that it names. */
    @Test
    void theParamsAreThoseOfTheJavaClasses() throws IOException {
        String expected = PythonParams.text();
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/params.py"), expected);
        assertThat(PACKAGE.resolve("lockstep/params.py")).hasContent(expected);
    }

    /** Compiles the files, where there is a Python, as there has to be in CI; nothing is written beside them. */
    @Test
    void pythonUnderstandsIt() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                "-c",
                "import sys\nfor f in sys.argv[1:]: compile(open(f, encoding='utf-8').read(), f, 'exec')"));
        try (Stream<Path> files = Files.walk(PACKAGE)) {
            files.filter(file -> file.toString().endsWith(".py"))
                    .map(Path::toString)
                    .forEach(command::add);
        }
        assertThat(command).hasSizeGreaterThan(6);
        Process python;
        try {
            python = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue("true".equals(System.getenv("CI")), "there is no python3");
            throw e;
        }
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
    }
}
