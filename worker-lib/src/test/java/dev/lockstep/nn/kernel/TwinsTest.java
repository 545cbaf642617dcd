package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Scalar and vector kernels give the same bits, at every width of the vectors; and the choice between them. */
class TwinsTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    @Test
    void everyWidthGivesTheScalarBits() throws Exception {
        List<String> scalar = results("scalar", 1, "-Dlockstep.kernels=scalar");
        for (int bits : new int[] {128, 256, 512}) {
            // Vectors wider than the machine's are emulated, slowly; for the others it is compiled code that counts.
            int rounds = bits <= Lanes.SHAPE.vectorBitSize() ? 8 : 1;
            List<String> simd = results(
                    "simd-" + bits,
                    rounds,
                    "-XX:CompileThresholdScaling=0.05",
                    "-Dlockstep.kernels=simd",
                    "-Dlockstep.vectorBits=" + bits);
            assertThat(simd).hasSameSizeAs(scalar);
            List<String> different =
                    simd.stream().filter(line -> !scalar.contains(line)).toList();
            assertThat(different)
                    .as(Seeds.replay(bits + " bits: what differs from scalar"))
                    .isEmpty();
        }
    }

    /** Returns the operations with their digests, after a check of which kernels made them. */
    private static List<String> results(String name, int rounds, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.add(MODULE);
        String output = run(rounds, all.toArray(String[]::new));
        assertThat(output.lines()).contains(name);
        List<String> results =
                output.lines().filter(line -> line.startsWith("= ")).toList();
        assertThat(results).hasSizeGreaterThan(500);
        return results;
    }

    @Test
    void withoutTheModuleOneWarningNamesTheOptionAndScalarRuns() throws Exception {
        String output = run(1);
        assertThat(output).contains("--add-modules jdk.incubator.vector").contains("\nscalar\n");
    }

    @Test
    void requiredVectorsAreAnErrorWithoutTheModule() throws Exception {
        assertThat(run(1, "-Dlockstep.kernels=simd"))
                .contains("IllegalStateException")
                .contains("--add-modules jdk.incubator.vector")
                .doesNotContain("scalar\n");
        assertThat(run(1, "-Dlockstep.kernels=fast")).contains("expected auto, simd or scalar, got fast");
    }

    /** Runs {@link KernelRun} in a JVM of its own; returns all it printed. */
    private static String run(int rounds, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(KernelRun.class.getName());
        command.add(Long.toString(Seeds.SEED));
        command.add(Integer.toString(rounds));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}
