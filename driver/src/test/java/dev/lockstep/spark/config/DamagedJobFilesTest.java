package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Mutations;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged job files, as people write them and as {@code job.json}, load or are an error of the project's own, soon and
 * in little memory.
 */
@Timeout(300)
class DamagedJobFilesTest {
    @Test
    void jobFiles() throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> conf = Files.walk(Path.of("..", "conf"))) {
            for (Path file : conf.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                byte[] yaml = Files.readAllBytes(file);
                files.add(yaml);
                JobSpec job = JobFile.parse(new String(yaml, StandardCharsets.UTF_8), file.toString(), List.of());
                files.add(SpecMapper.tree(job).toPrettyString().getBytes(StandardCharsets.UTF_8));
            }
        }
        int sound = Mutations.read(
                10_000,
                files,
                bytes -> JobFile.parse(new String(bytes, StandardCharsets.UTF_8), "job.yaml", List.of()),
                Set.of(JobException.class));
        assertThat(sound).isBetween(500, 8000);
    }
}
