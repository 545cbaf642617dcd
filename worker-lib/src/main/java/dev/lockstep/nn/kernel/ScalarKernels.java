package dev.lockstep.nn.kernel;

/** The twin in plain Java: the reference, and what runs where the Vector API is absent. */
final class ScalarKernels implements Kernels {
    private final Elementwise elementwise = new ScalarElementwise();
    private final Reductions reductions = new ScalarReductions();
    private final Activations activations = new ScalarActivations();
    private final Softmax softmax = new ScalarSoftmax(reductions);
    private final OptimizerKernels optimizers = new ScalarOptimizerKernels();
    private final RandomKernels random = new ScalarRandomKernels();
    private final Pooling pooling = new ScalarPooling();
    private final BatchNormalization batchNormalization = new ScalarBatchNormalization();
    private final RecurrentKernels recurrent = new ScalarRecurrentKernels();
    private final CompressionKernels compression = new ScalarCompressionKernels();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public Gemm newGemm() {
        return new ScalarGemm();
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
        return new ScalarConvolution();
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
