package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Jvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scalar and vector kernels give the same bits, at every width of the vectors; and the choice between them. */
class TwinsTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    @Test
    void theNarrowestAndTheMachinesOwnVectorsGiveTheScalarBits() throws Exception {
        compare(IntStream.of(128, Lanes.SHAPE.vectorBitSize()).distinct());
    }

    @Test
    @Tag("long")
    void everyOtherWidthGivesTheScalarBits() throws Exception {
        compare(IntStream.of(256, 512).filter(bits -> bits != Lanes.SHAPE.vectorBitSize()));
    }

    private static void compare(IntStream widths) throws Exception {
        List<String> scalar = results("scalar", 1, "-Dlockstep.kernels=scalar");
        for (int bits : widths.toArray()) {
            // Vectors wider than the machine's are emulated, slowly; for the others it is compiled code that counts.
            int rounds = bits <= Lanes.SHAPE.vectorBitSize() ? 3 : 1;
            List<String> simd = results(
                    "simd-" + bits,
                    rounds,
                    "-XX:CompileThresholdScaling=0.01",
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
        Jvm.Outcome outcome = run(rounds, all.toArray(String[]::new));
        assertThat(outcome.output().lines()).contains(name);
        assertThat(outcome.results()).hasSizeGreaterThan(500);
        return outcome.results();
    }

    @Test
    void withoutTheModuleOneWarningNamesTheOptionAndScalarRuns() throws Exception {
        assertThat(run(1).output())
                .contains("--add-modules jdk.incubator.vector")
                .contains("\nscalar\n");
    }

    @Test
    void requiredVectorsAreAnErrorWithoutTheModule() throws Exception {
        assertThat(run(1, "-Dlockstep.kernels=simd").output())
                .contains("IllegalStateException")
                .contains("--add-modules jdk.incubator.vector")
                .doesNotContain("scalar\n");
        assertThat(run(1, "-Dlockstep.kernels=fast").output()).contains("expected auto, simd or scalar, got fast");
    }

    /** Runs {@link KernelRun} in a JVM of its own. */
    private static Jvm.Outcome run(int rounds, String... options) throws IOException, InterruptedException {
        return Jvm.run(List.of(options), KernelRun.class, Long.toString(Seeds.SEED), Integer.toString(rounds));
    }
}
