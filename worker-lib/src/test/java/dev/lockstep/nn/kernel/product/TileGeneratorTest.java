package dev.lockstep.nn.kernel.product;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The generated class that is committed is what {@link TileGenerator} writes. */
class TileGeneratorTest {
    private static final Path PROJECT = Path.of("..");
    private static final String END = "(the end of the file)";
    private static final String MESSAGE = """
            %s is not what TileGenerator writes from
            %s. The first difference is in line %d:
              committed: %s
              generated: %s
            Do not edit the generated file. Once template and generator are right, run in the project's directory:
              %s
            """;

    @Test
    void whatIsCommittedIsWhatTheGeneratorWrites() throws IOException {
        List<String> committed = Files.readAllLines(PROJECT.resolve(TileGenerator.GENERATED));
        List<String> generated = TileGenerator.generate(Files.readString(PROJECT.resolve(TileGenerator.TEMPLATE)))
                .lines()
                .toList();
        for (int at = 0; at < Math.max(committed.size(), generated.size()); at++) {
            String is = at < committed.size() ? committed.get(at) : END;
            String shouldBe = at < generated.size() ? generated.get(at) : END;
            if (!is.equals(shouldBe)) {
                fail(
                        MESSAGE,
                        TileGenerator.GENERATED,
                        TileGenerator.TEMPLATE,
                        at + 1,
                        is.strip(),
                        shouldBe.strip(),
                        TileGenerator.COMMAND);
            }
        }
    }
}
