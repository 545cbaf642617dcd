package dev.lockstep.nn.kernel;

/** Chooses the twin, once a JVM. */
final class KernelLookup {
    static final Kernels KERNELS = choose(System.getProperty(Kernels.PROPERTY, "auto"));

    private KernelLookup() {}

    private static Kernels choose(String twin) {
        return switch (twin) {
            case "auto", "scalar" -> new ScalarKernels();
            default ->
                throw new IllegalArgumentException(
                        "system property " + Kernels.PROPERTY + ": expected auto, simd or scalar, got " + twin);
        };
    }
}
