package dev.lockstep.nn.kernel;

/** The twin in plain Java: the reference, and what runs where the Vector API is absent. */
final class ScalarKernels {
    private ScalarKernels() {}

    static Kernels create() {
        Reductions reductions = new ScalarReductions();
        return new KernelSet(
                "scalar",
                ScalarGemm::new,
                ScalarConvolution::new,
                new ScalarElementwise(),
                reductions,
                new ScalarActivations(),
                new ScalarSoftmax(reductions),
                new ScalarOptimizerKernels(),
                new ScalarRandomKernels(),
                new ScalarPooling(),
                new ScalarBatchNormalization(),
                new ScalarRecurrentKernels(),
                new ScalarCompressionKernels());
    }
}
