package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Convolution (cross-correlation, as is usual) of images with filters, and its gradients. Holds scratch memory, so only
 * one thread at a time can use it.
 *
 * <pre>{@code
 * y[r, oh, ow, f] = sum over kh, kw, c of x[r, oh sh - ph + kh dh, ow sw - pw + kw dw, c] w[kh, kw, c, f]
 * }</pre>
 *
 * <p>Every element of a result is one unbroken chain of fused multiply-adds from +0, in an order that depends on the
 * shape alone:
 *
 * <ul>
 *   <li>an output: over (kh, kw, c) in increasing order; padding takes part as +0;
 *   <li>a weight's gradient: over (row, oh, ow) in increasing order within a shard, padding taking part as +0, then the
 *       shards along the tree of {@link Gemm#weightGradient};
 *   <li>an input's gradient: over (oh, ow, f) in increasing order. Rows oh of outputs none of whose windows sees the
 *       element are skipped. In the others every ow at which the element has a place (kw) in the window takes part;
 *       where it lies outside the output, as dy = +0.
 * </ul>
 *
 * <p>Every operand is a matrix without gaps between its rows, not transposed: images have a line of channels for each
 * place, one image after the other, and weights have a line of filters for each place of a window and channel.
 */
public interface Convolution {
    /**
     * Computes the outputs.
     *
     * @param x [rows height width, channels]; read
     * @param w [kernelHeight kernelWidth channels / groups, filters]; read
     * @param y [rows outHeight outWidth, filters]; overwritten
     * @param epilogue {@link Epilogue#OVERWRITE}, {@link Epilogue#BIAS} or {@link Epilogue#BIAS_RELU}
     * @param bias [filters]; read by the latter two, otherwise ignored
     */
    void forward(ConvolutionShape shape, Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias);

    /**
     * Computes the gradient by the input.
     *
     * @param dy as y; read
     * @param w read
     * @param dx as x; overwritten
     */
    void inputGradient(ConvolutionShape shape, Matrix dy, Matrix w, Matrix dx);

    /**
     * Computes the gradient by the weights, summed over the rows of some shards along their tree; +0 without rows. Of a
     * shard with more than 2^20 positions, as many rows as come to that many have a chain of their own, as in
     * {@link Gemm#weightGradient}.
     *
     * @param shards segments of the rows: of the images, not of their lines
     * @param x as in {@link #forward}; read
     * @param dy as y; read
     * @param dw as w; overwritten
     */
    void weightGradient(ConvolutionShape shape, Segments shards, Matrix x, Matrix dy, Matrix dw);
}
