package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.SparseProduct;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * The memory that the layers of one replica share: the largest number of rows, the matrix multiplier and the
 * convolution with their scratch memory, and two buffers that hold the gradients between layers in turn.
 */
public final class Workspace {
    private final int maxRows;
    private final Gemm gemm = Kernels.get().newGemm();
    private final SparseProduct sparseProduct = Kernels.get().newSparseProduct();
    private final Convolution convolution = Kernels.get().newConvolution();
    private final float[][] gradients = new float[2][];
    private int largestGradient;

    /** A workspace for passes of at most {@code maxRows} rows. */
    public Workspace(int maxRows) {
        this.maxRows = maxRows;
    }

    /** The most rows that a pass may have. */
    public int maxRows() {
        return maxRows;
    }

    /** The replica's matrix multiplier; used by one layer at a time. */
    public Gemm gemm() {
        return gemm;
    }

    /** The replica's multiplication by sparse matrices; used by one layer at a time. */
    public SparseProduct sparseProduct() {
        return sparseProduct;
    }

    /** The replica's convolution; used by one layer at a time. */
    public Convolution convolution() {
        return convolution;
    }

    /** A new tensor for the largest pass. */
    public Tensor allocate(Shape shape) {
        return Tensor.allocate(maxRows, shape);
    }

    /** Announces a gradient of this shape; the buffers are as large as the largest that has been announced. */
    void announceGradient(Shape shape) {
        largestGradient = Math.max(largestGradient, Math.multiplyExact(maxRows, shape.size()));
    }

    /** One of the two gradient buffers. */
    float[] gradientBuffer(int index) {
        if (gradients[index] == null || gradients[index].length < largestGradient) {
            gradients[index] = new float[largestGradient];
        }
        return gradients[index];
    }
}
