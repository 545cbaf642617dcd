package dev.lockstep.nn.kernel;

import dev.lockstep.nn.kernel.product.ScalarConvolution;
import dev.lockstep.nn.kernel.product.ScalarGemm;
import dev.lockstep.nn.kernel.product.ScalarSparseProduct;

/** The twin in plain Java: the reference, and what runs where the Vector API is absent. */
final class ScalarKernels {
    private ScalarKernels() {}

    static Kernels create() {
        Reductions reductions = new ScalarReductions();
        Activations activations = new ScalarActivations();
        return new KernelSet(
                "scalar",
                ScalarGemm::new,
                ScalarSparseProduct::new,
                ScalarConvolution::new,
                new ScalarElementwise(),
                reductions,
                activations,
                new ScalarSoftmax(reductions),
                new ScalarOptimizerKernels(),
                new ScalarRandomKernels(),
                new ScalarPooling(),
                new ScalarBatchNormalization(activations),
                new ScalarRecurrentKernels(),
                new ScalarCompressionKernels());
    }
}
