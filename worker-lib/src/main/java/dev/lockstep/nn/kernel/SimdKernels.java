package dev.lockstep.nn.kernel;

import dev.lockstep.nn.kernel.product.SimdConvolution;
import dev.lockstep.nn.kernel.product.SimdGemm;
import dev.lockstep.nn.kernel.product.SimdSparseProduct;

/** The twin on the JDK's Vector API. */
final class SimdKernels {
    private SimdKernels() {}

    static Kernels create() {
        Reductions reductions = new SimdReductions();
        Activations activations = new SimdActivations();
        return new KernelSet(
                "simd-" + Lanes.SHAPE.vectorBitSize(),
                SimdGemm::new,
                SimdSparseProduct::new,
                SimdConvolution::new,
                new SimdElementwise(),
                reductions,
                activations,
                new SimdSoftmax(reductions),
                new SimdOptimizerKernels(),
                new SimdRandomKernels(),
                new SimdPooling(),
                new SimdBatchNormalization(activations),
                new SimdRecurrentKernels(),
                new SimdCompressionKernels());
    }
}
