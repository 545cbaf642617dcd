package dev.lockstep.nn.kernel;

/** The twin on the JDK's Vector API. */
final class SimdKernels {
    private SimdKernels() {}

    static Kernels create() {
        Reductions reductions = new SimdReductions();
        return new KernelSet(
                "simd-" + Lanes.SHAPE.vectorBitSize(),
                SimdGemm::new,
                SimdConvolution::new,
                new SimdElementwise(),
                reductions,
                new SimdActivations(),
                new SimdSoftmax(reductions),
                new SimdOptimizerKernels(),
                new SimdRandomKernels(),
                new SimdPooling(),
                new SimdBatchNormalization(),
                new SimdRecurrentKernels(),
                new SimdCompressionKernels());
    }
}
