package dev.lockstep.nn.kernel;

/**
 * The arithmetic of the library, in one of two twins with equal bits: {@code simd} on the JDK's Vector API,
 * {@code scalar} in plain Java. "Equal bits" means equal for every number, infinity and signed zero; one NaN counts as
 * any other.
 *
 * <p>The twin is chosen once, by the system property {@value #PROPERTY}: {@code auto} (the default: simd if the module
 * {@code jdk.incubator.vector} is there, otherwise one warning and scalar), {@code simd} (required: an error without
 * the module) or {@code scalar}. The property {@value #BITS_PROPERTY} (128, 256 or 512) sets the width of the vectors,
 * for tests: wider ones than the machine's are emulated, slowly.
 *
 * <p>All matrices are row-major. An array argument is followed by the index of its first element and, for a matrix, by
 * its leading dimension (the distance between rows). Arguments are named and documented as read, overwritten or
 * accumulated into. A source and a destination may be the same range of the same array where the operation is element
 * by element; other overlaps, and any overlap of the operands of a matrix operation, give undefined values. Lengths may
 * be 0. Indices outside an array give {@link IndexOutOfBoundsException}; nothing else is checked. No method allocates;
 * only {@link Gemm}, {@link SparseProduct} and {@link Convolution} have state.
 */
public interface Kernels {
    /** The system property that names the twin: auto, simd or scalar. */
    String PROPERTY = "lockstep.kernels";

    /** The system property that sets the width of the vectors: 128, 256 or 512 bits. */
    String BITS_PROPERTY = "lockstep.vectorBits";

    /** Returns the kernels of this JVM: the same object always. */
    static Kernels get() {
        return KernelLookup.KERNELS;
    }

    /** Returns the name of the twin: scalar, simd-128, simd-256 or simd-512. */
    String name();

    /** Returns a new matrix multiplication with its own packing buffers; for one thread at a time. */
    Gemm newGemm();

    /** Returns a new multiplication by sparse matrices with its own scratch memory; for one thread at a time. */
    SparseProduct newSparseProduct();

    /** Returns the element-wise operations. */
    Elementwise elementwise();

    /** Returns sums, maxima and scans. */
    Reductions reductions();

    /** Returns activation functions and their derivatives. */
    Activations activations();

    /** Returns the row-wise softmax family. */
    Softmax softmax();

    /** Returns the update rules of the optimisers. */
    OptimizerKernels optimizers();

    /** Returns fills from counter-based random streams. */
    RandomKernels random();

    /** Returns a new convolution with its own scratch memory; for one thread at a time. */
    Convolution newConvolution();

    /** Returns maxima and means over sliding windows. */
    Pooling pooling();

    /** Returns the passes of batch normalisation. */
    BatchNormalization batchNormalization();

    /** Returns the steps of gated recurrent layers. */
    RecurrentKernels recurrent();

    /** Returns what makes gradients shorter. */
    CompressionKernels compression();
}
