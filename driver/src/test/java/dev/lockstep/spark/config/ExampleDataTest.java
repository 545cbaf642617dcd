package dev.lockstep.spark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The data of the examples are those that {@link ExampleData} makes. */
class ExampleDataTest {
    @Test
    void theDataAreThoseOfTheFormula() throws IOException {
        for (Map.Entry<String, byte[]> file : ExampleData.files().entrySet()) {
            Path path = Path.of("..", "conf", "examples", "data", file.getKey());
            try (InputStream plain = Files.newInputStream(path);
                    InputStream in = file.getKey().endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
                assertThat(in.readAllBytes()).as(file.getKey()).isEqualTo(file.getValue());
            }
        }
    }
}
