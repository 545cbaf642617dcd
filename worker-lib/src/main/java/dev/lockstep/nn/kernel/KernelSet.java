package dev.lockstep.nn.kernel;

import java.util.function.Supplier;

/** One twin: a kernel of each kind. A record, whose components C2 takes as constants of the one set of the JVM. */
record KernelSet(
        String name,
        Supplier<Gemm> gemms,
        Supplier<SparseProduct> sparseProducts,
        Supplier<Convolution> convolutions,
        Elementwise elementwise,
        Reductions reductions,
        Activations activations,
        Softmax softmax,
        OptimizerKernels optimizers,
        RandomKernels random,
        Pooling pooling,
        BatchNormalization batchNormalization,
        RecurrentKernels recurrent,
        CompressionKernels compression)
        implements Kernels {

    @Override
    public Gemm newGemm() {
        return gemms.get();
    }

    @Override
    public SparseProduct newSparseProduct() {
        return sparseProducts.get();
    }

    @Override
    public Convolution newConvolution() {
        return convolutions.get();
    }
}
