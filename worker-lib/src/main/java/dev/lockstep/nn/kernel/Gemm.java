package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Matrix multiplication, and the weight and bias gradients that sum over the rows of a batch. Holds packing buffers and
 * partial results, so only one thread at a time can use it.
 *
 * <p>Every element of a product is one unbroken chain of fused multiply-adds, {@code p = fma(a[i][l], b[l][j], p)},
 * from {@code p = +0} over {@code l = 0 .. k-1} in increasing order, whatever the blocking.
 */
public interface Gemm {
    /**
     * General product: {@code c = epilogue(a b)}.
     *
     * @param a [m, k], either way round; k may be 0: the chain is then +0; read
     * @param b [k, n], either way round; read
     * @param c [m, n], not transposed; overwritten, or accumulated into ({@link Epilogue#ACCUMULATE})
     * @param bias [n]; read by the two bias epilogues, otherwise ignored
     */
    void multiply(Matrix a, Matrix b, Matrix c, Epilogue epilogue, @Nullable Vector bias);

    /**
     * The gradient of a dense layer's weights, {@code c = sum over rows r of a[r]^T b[r]}, with the rows in segments
     * (the shards of a batch). Each segment that has rows gives, for each element of c, its own chain of fused
     * multiply-adds {@code fma(a[r][i], b[r][j], p)} from +0 over its rows in increasing order; the chains are added
     * along the canonical binary tree over the segments: a range of n segments is split at the largest power of two
     * below n. Of more than 2^20 rows in a segment each 2^20 have a chain of their own, and these are added along such
     * a tree first. A segment without rows is absent, not zero: a node with one present child takes its value
     * unchanged. No row at all gives +0.
     *
     * @param rows segments of the rows of a and b
     * @param a [rows, m], not transposed; read
     * @param b [rows, n], not transposed; read
     * @param c [m, n], not transposed; overwritten
     */
    void weightGradient(Segments rows, Matrix a, Matrix b, Matrix c);

    /**
     * The gradient of a bias, {@code sums[j] = sum over rows r of x[r][j]}, with segments as in
     * {@link #weightGradient}: within a segment a chain of plain additions from +0 in row order, then the same tree.
     *
     * @param rows segments of the rows of x
     * @param x [rows, n], not transposed; read
     * @param sums [n]; overwritten
     */
    void columnSums(Segments rows, Matrix x, Vector sums);
}
