package dev.lockstep.nn.kernel;

/**
 * Matrix multiplication, and the weight and bias gradients that sum over the rows of a batch. Holds packing buffers and
 * partial results, hence for one thread at a time.
 *
 * <p>Every element of a product is one unbroken chain of fused multiply-adds, {@code p = fma(a[i][l], b[l][j], p)},
 * from {@code p = +0} over {@code l = 0 .. k-1} in increasing order, whatever the blocking.
 */
public interface Gemm {
    /**
     * General product: {@code c = epilogue(op(a) op(b))}.
     *
     * @param ta {@code NO}: a is [m, k]; {@code YES}: a is [k, m] and enters transposed
     * @param tb {@code NO}: b is [k, n]; {@code YES}: b is [n, k] and enters transposed
     * @param k may be 0: the chain is then +0
     * @param a read
     * @param b read
     * @param c [m, n]; overwritten, or accumulated into ({@link Epilogue#ACCUMULATE})
     * @param bias [n]; read by the two bias epilogues, otherwise ignored and possibly null
     */
    void multiply(
            Transpose ta,
            Transpose tb,
            int m,
            int n,
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset);

    /**
     * The gradient of a dense layer's weights, {@code c = sum over rows r of a[r]^T b[r]}, with the rows in segments
     * (the shards of a batch). Each segment that has rows gives, for each element of c, its own chain of fused
     * multiply-adds {@code fma(a[r][i], b[r][j], p)} from +0 over its rows in increasing order; the chains are added
     * along the canonical binary tree over the segments: a range of n segments is split at the largest power of two
     * below n. A segment without rows is absent, not zero: a node with one present child takes its value unchanged. No
     * row at all gives +0.
     *
     * @param m columns of a, rows of c
     * @param n columns of b and c
     * @param rowStart segment s covers rows {@code rowStart[s] .. rowStart[s + 1] - 1} of a and b; read
     * @param from the first segment
     * @param to one past the last segment
     * @param a [rows, m], {@code aOffset} is the place of row 0; read
     * @param b [rows, n], likewise; read
     * @param c [m, n]; overwritten
     */
    void weightGradient(
            int m,
            int n,
            int[] rowStart,
            int from,
            int to,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc);

    /**
     * The gradient of a bias, {@code sums[j] = sum over rows r of x[r][j]}, with segments as in
     * {@link #weightGradient}: within a segment a chain of plain additions from +0 in row order, then the same tree.
     *
     * @param n columns of x
     * @param rowStart segment s covers rows {@code rowStart[s] .. rowStart[s + 1] - 1} of x; read
     * @param from the first segment
     * @param to one past the last segment
     * @param x [rows, n], {@code xOffset} is the place of row 0; read
     * @param sums [n]; overwritten
     */
    void columnSums(
            int n, int[] rowStart, int from, int to, float[] x, int xOffset, int ldx, float[] sums, int sumsOffset);
}
