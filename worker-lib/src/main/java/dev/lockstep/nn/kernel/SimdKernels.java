package dev.lockstep.nn.kernel;

/** The twin on the JDK's Vector API. */
final class SimdKernels implements Kernels {
    private final Elementwise elementwise = new SimdElementwise();
    private final Reductions reductions = new SimdReductions();
    private final Activations activations = new SimdActivations();
    private final Softmax softmax = new SimdSoftmax(reductions);
    private final OptimizerKernels optimizers = new SimdOptimizerKernels();
    private final RandomKernels random = new SimdRandomKernels();
    private final Pooling pooling = new SimdPooling();
    private final BatchNormalization batchNormalization = new SimdBatchNormalization();
    private final RecurrentKernels recurrent = new SimdRecurrentKernels();
    private final CompressionKernels compression = new SimdCompressionKernels();

    @Override
    public String name() {
        return "simd-" + Lanes.SHAPE.vectorBitSize();
    }

    @Override
    public Gemm newGemm() {
        return new SimdGemm();
    }

    @Override
    public Elementwise elementwise() {
        return elementwise;
    }

    @Override
    public Reductions reductions() {
        return reductions;
    }

    @Override
    public Activations activations() {
        return activations;
    }

    @Override
    public Softmax softmax() {
        return softmax;
    }

    @Override
    public OptimizerKernels optimizers() {
        return optimizers;
    }

    @Override
    public RandomKernels random() {
        return random;
    }

    @Override
    public Convolution newConvolution() {
        return new SimdConvolution();
    }

    @Override
    public Pooling pooling() {
        return pooling;
    }

    @Override
    public BatchNormalization batchNormalization() {
        return batchNormalization;
    }

    @Override
    public RecurrentKernels recurrent() {
        return recurrent;
    }

    @Override
    public CompressionKernels compression() {
        return compression;
    }
}
