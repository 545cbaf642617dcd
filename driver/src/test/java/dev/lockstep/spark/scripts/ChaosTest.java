package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of what {@code scripts/chaos} does for longer. */
@Tag("cluster")
@Tag("long")
class ChaosTest {
    /** Its first fault kills an executor soon after the first checkpoint, so that no machine is too fast. */
    private static final int SEED = 66;

    @Test
    void everyModelHasTheBitsOfTheUndisturbedOne(@TempDir Path folder) {
        Scripts.Result result = Scripts.run(
                        Scripts.quick(folder.resolve("quick")),
                        "chaos",
                        List.of(
                                "--minutes",
                                "0.3",
                                "--seed",
                                Integer.toString(SEED),
                                "--jobs",
                                "allreduce",
                                "--dir",
                                folder.resolve("chaos").toString()))
                .expectSuccess();
        assertThat(result.out())
                .containsPattern("seed " + SEED + ", 0\\.3 minutes, jobs allreduce: [1-9][0-9]* runs,"
                        + " 0 with another sha256")
                .contains("killed");
    }
}
