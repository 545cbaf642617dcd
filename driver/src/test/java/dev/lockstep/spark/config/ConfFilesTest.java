package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The job files that come with the project. */
class ConfFilesTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CONF = PROJECT.resolve("conf");

    static List<Path> jobs() throws IOException {
        try (Stream<Path> files = Files.walk(CONF)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static JobSpec read(Path file) throws IOException {
        return JobFile.parse(Files.readString(file), file.toString(), List.of());
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void everyJobFileIsUnderstood(Path file) throws IOException {
        JobSpec job = read(file);
        assertThat(job.output().dir()).startsWith("runs/");
        if (file.getParent().endsWith("examples")) {
            assertThat(PROJECT.resolve(job.data().train().path())).exists();
            SourceSpec.Format format = job.data().train().format();
            if (format != null) {
                assertThat(file.getFileName()).hasToString(format.name().toLowerCase(Locale.ROOT) + ".yaml");
            }
        }
    }

    @Test
    void everyFormatOfFilesHasAnExample() throws IOException {
        assertThat(jobs()).hasSizeGreaterThanOrEqualTo(7);
        Set<SourceSpec.Format> ofFiles =
                EnumSet.complementOf(EnumSet.of(SourceSpec.Format.TABLE, SourceSpec.Format.SPARK));
        for (SourceSpec.Format format : ofFiles) {
            assertThat(CONF.resolve("examples/" + format.name().toLowerCase(Locale.ROOT) + ".yaml"))
                    .exists();
        }
    }

    @Test
    void referenceExperiments() throws IOException {
        JobSpec first = read(CONF.resolve("mnist-mlp.yaml"));
        assertThat(first.optimizer()).isEqualTo(new Adam(1e-3, null, null, null));
        assertThat(first.train().epochs()).isEqualTo(20);
        assertThat(first.train().batchSize()).isEqualTo(128);
        JobSpec second = read(CONF.resolve("mnist-sgd.yaml"));
        assertThat(second.optimizer()).isEqualTo(new Sgd(0.1, 0.5, null));
        assertThat(second.data().scale()).isEqualTo(new ScaleSpec.Shift(33.3285, 78.5655));
        assertThat(second.train().epochs()).isEqualTo(10);
        assertThat(second.train().batchSize()).isEqualTo(100);
    }

    @Test
    void theReadmesJobFile() throws IOException {
        String readme = Files.readString(PROJECT.resolve("README.md"));
        String begin = "```yaml\n";
        int from = readme.indexOf(begin) + begin.length();
        JobSpec job = JobFile.parse(readme.substring(from, readme.indexOf("```", from)), "README.md", List.of());
        assertThat(job.output().dir()).isEqualTo("runs/customers");
    }
}
