package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Jvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A training pass forward and back allocates nothing, by the thread's own counter. That holds once C2 has inlined every
 * vector operation, and C2 of JDK 17 leaves some vectors as objects in some JVMs (docs/performance.md): with 256-bit
 * vectors mostly by C1's profiles, with 512-bit ones mostly without them. Hence JVMs with and without tiers in turn,
 * one of which has to stay at 0: what allocates for another reason does so in each.
 */
class AllocationTest {
    private static final List<String> NOTHING =
            List.of("= dense 0", "= dropout 0", "= convolution 0", "= branches 0", "= recurrent 0");
    private static final int JVMS = 8;
    private static final int PATIENCE_SECONDS = 8;

    @Test
    void aPassAllocatesNothing() throws Exception {
        assertOutcome("simd", NOTHING);
    }

    @Test
    void aPassThatDrawsWeightsAllocatesNothing() throws Exception {
        assertOutcome("scalar", List.of("= variational 0"));
    }

    private static void assertOutcome(String kernels, List<String> expected) throws Exception {
        List<List<String>> outcomes = new ArrayList<>();
        while (!outcomes.contains(expected) && outcomes.size() < JVMS) {
            outcomes.add(allocated(kernels, outcomes.size() % 2 == 0));
        }
        assertThat(outcomes).contains(expected);
    }

    private static List<String> allocated(String kernels, boolean tiers) throws Exception {
        Jvm.Outcome outcome = Jvm.run(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        tiers ? "-XX:+TieredCompilation" : "-XX:-TieredCompilation",
                        "-Dlockstep.kernels=" + kernels),
                AllocationRun.class,
                Integer.toString(PATIENCE_SECONDS));
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.results();
    }
}
