package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Jvm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A training pass forward and back allocates nothing, by the thread's own counter. That holds once C2 has inlined every
 * vector operation, and C2 of JDK 17 leaves some vectors as objects in some JVMs (docs/performance.md): with 256-bit
 * vectors mostly by C1's profiles, with 512-bit ones mostly without them. Hence JVMs with and without tiers in turn, in
 * one of which each network has to stay at 0: what allocates for another reason does so in all of them.
 */
class AllocationTest {
    private static final int JVMS = 8;
    private static final int PATIENCE_SECONDS = 4;

    @Test
    void aPassAllocatesNothing() throws Exception {
        assertNothing("simd", "dense", "dropout", "convolution", "branches", "recurrent", "heads");
    }

    @Test
    void aPassThatDrawsWeightsAllocatesNothing() throws Exception {
        assertNothing("scalar", "variational", "drawn");
    }

    /** Of noise and of kept weights too, whose memory does not grow with the network. */
    @Test
    void anUpdateAllocatesNothingThatGrowsWithTheNetwork() throws Exception {
        assertNothing("scalar", "sgld", "swag");
    }

    private static void assertNothing(String kernels, String... networks) throws Exception {
        Set<String> open = new LinkedHashSet<>(List.of(networks));
        List<List<String>> outcomes = new ArrayList<>();
        for (int jvm = 0; jvm < JVMS && !open.isEmpty(); jvm++) {
            List<String> outcome = allocated(kernels, jvm % 2 == 0, open);
            outcomes.add(outcome);
            open.removeIf(network -> outcome.contains("= " + network + " 0"));
        }
        assertThat(open).as("networks that allocate in each of %s", outcomes).isEmpty();
    }

    private static List<String> allocated(String kernels, boolean tiers, Set<String> networks) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(PATIENCE_SECONDS)));
        arguments.addAll(networks);
        Jvm.Outcome outcome = Jvm.run(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        tiers ? "-XX:+TieredCompilation" : "-XX:-TieredCompilation",
                        "-Dlockstep.kernels=" + kernels),
                AllocationRun.class,
                arguments.toArray(String[]::new));
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.results();
    }
}
