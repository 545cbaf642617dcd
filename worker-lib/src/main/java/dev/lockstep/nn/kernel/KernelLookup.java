package dev.lockstep.nn.kernel;

/** Chooses the twin, once a JVM. */
final class KernelLookup {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String OPTION = "--add-modules " + MODULE;

    static final Kernels KERNELS = choose(System.getProperty(Kernels.PROPERTY, "auto"));

    private KernelLookup() {}

    private static Kernels choose(String twin) {
        return switch (twin) {
            case "scalar" -> ScalarKernels.create();
            case "simd" -> {
                if (!vectorApiPresent()) {
                    throw new IllegalStateException("system property " + Kernels.PROPERTY + " is simd, but the module "
                            + MODULE + " is absent: start the JVM with " + OPTION);
                }
                yield SimdKernels.create();
            }
            case "auto" -> {
                if (vectorApiPresent()) {
                    yield SimdKernels.create();
                }
                System.getLogger(KernelLookup.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "training will be many times slower than it could be: the module " + MODULE
                                        + " is absent; start the JVM with " + OPTION);
                yield ScalarKernels.create();
            }
            default ->
                throw new IllegalArgumentException(
                        "system property " + Kernels.PROPERTY + ": expected auto, simd or scalar, got " + twin);
        };
    }

    private static boolean vectorApiPresent() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }
}
