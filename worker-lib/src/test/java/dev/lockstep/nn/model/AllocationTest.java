package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A training pass forward and back allocates nothing, by the thread's own counter. That holds once C2 has compiled what it calls. */
class AllocationTest {
    private static final int PATIENCE_SECONDS = 30;

    @Test
    void aPassAllocatesNothing() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "-XX:CompileThresholdScaling=0.2",
                        "-Dlockstep.kernels=simd",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AllocationRun.class.getName(),
                        Integer.toString(PATIENCE_SECONDS))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output.lines().filter(line -> line.startsWith("= ")))
                .as(output)
                .containsExactly("= dense 0", "= convolution 0", "= recurrent 0");
    }
}
