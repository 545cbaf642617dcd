package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link Gemm} in plain Java: a row of c at a time, its chains side by side, so that the inner loop runs along
 * contiguous rows of b (a transposed b is copied first) and a compiler may vectorise it.
 */
final class ScalarGemm implements Gemm {
    private final SegmentTree tree = new SegmentTree();
    private float[] straightB = new float[0];
    private float[] stack = new float[0];

    @Override
    public void multiply(
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
            int biasOffset) {
        float[] rows = b;
        int rowsOffset = bOffset;
        int ldRows = ldb;
        if (tb == Transpose.YES) {
            straightB = transposed(n, k, b, bOffset, ldb, straightB);
            rows = straightB;
            rowsOffset = 0;
            ldRows = n;
        }
        int stepI = ta == Transpose.NO ? lda : 1;
        int stepL = ta == Transpose.NO ? 1 : lda;
        stack = Buffers.atLeast(stack, n);
        for (int i = 0; i < m; i++) {
            chains(n, 0, k, a, aOffset + i * stepI, stepL, rows, rowsOffset, ldRows, stack, 0);
            finish(epilogue, n, stack, 0, c, cOffset + i * ldc, bias, biasOffset);
        }
    }

    @Override
    public void weightGradient(
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
            int ldc) {
        tree.plan(rowStart, from, to);
        stack = Buffers.atLeast(stack, Math.max(1, tree.depth()) * n);
        for (int i = 0; i < m; i++) {
            int top = 0;
            for (int leaf = 0; leaf < tree.leaves(); leaf++) {
                chains(n, tree.first(leaf), tree.end(leaf), a, aOffset + i, lda, b, bOffset, ldb, stack, top);
                top = merge(leaf, n, top + n);
            }
            store(n, top, c, cOffset + i * ldc);
        }
    }

    @Override
    public void columnSums(
            int n, int[] rowStart, int from, int to, float[] x, int xOffset, int ldx, float[] sums, int sumsOffset) {
        tree.plan(rowStart, from, to);
        stack = Buffers.atLeast(stack, Math.max(1, tree.depth()) * n);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + n, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                int at = xOffset + row * ldx;
                for (int j = 0; j < n; j++) {
                    stack[top + j] += x[at + j];
                }
            }
            top = merge(leaf, n, top + n);
        }
        store(n, top, sums, sumsOffset);
    }

    /** Carries out the merges that follow a leaf; returns the new end of the stack. */
    private int merge(int leaf, int n, int end) {
        int top = end;
        for (int merges = tree.merges(leaf); merges > 0; merges--) {
            top -= n;
            for (int j = 0; j < n; j++) {
                stack[top - n + j] += stack[top + j];
            }
        }
        return top;
    }

    /** Copies the one value left on the stack, or +0 where there was no row. */
    private void store(int n, int top, float[] c, int cOffset) {
        if (top == 0) {
            Arrays.fill(c, cOffset, cOffset + n, 0f);
        } else {
            System.arraycopy(stack, 0, c, cOffset, n);
        }
    }

    /** {@code out[j]} = the chain over {@code l} in from .. to-1 of a[l] b[l][j]; out is overwritten. */
    private static void chains(
            int n,
            int from,
            int to,
            float[] a,
            int aOffset,
            int stepA,
            float[] b,
            int bOffset,
            int ldb,
            float[] out,
            int outOffset) {
        Arrays.fill(out, outOffset, outOffset + n, 0f);
        for (int l = from; l < to; l++) {
            float factor = a[aOffset + l * stepA];
            int row = bOffset + l * ldb;
            for (int j = 0; j < n; j++) {
                out[outOffset + j] = Math.fma(factor, b[row + j], out[outOffset + j]);
            }
        }
    }

    /** Brings n chains, which are read, into c. */
    static void finish(
            Epilogue epilogue,
            int n,
            float[] chains,
            int chainsOffset,
            float[] c,
            int cOffset,
            float[] bias,
            int biasOffset) {
        switch (epilogue) {
            case OVERWRITE -> System.arraycopy(chains, chainsOffset, c, cOffset, n);
            case ACCUMULATE -> {
                for (int j = 0; j < n; j++) {
                    c[cOffset + j] += chains[chainsOffset + j];
                }
            }
            case BIAS -> {
                for (int j = 0; j < n; j++) {
                    c[cOffset + j] = chains[chainsOffset + j] + bias[biasOffset + j];
                }
            }
            case BIAS_RELU -> {
                for (int j = 0; j < n; j++) {
                    float s = chains[chainsOffset + j] + bias[biasOffset + j];
                    c[cOffset + j] = s < 0f ? 0f : s;
                }
            }
        }
    }

    /** Copies the [rows, columns] matrix b as [columns, rows] into a buffer that is reused if it is large enough. */
    private static float[] transposed(int rows, int columns, float[] b, int bOffset, int ldb, float[] buffer) {
        float[] out = Buffers.atLeast(buffer, rows * columns);
        for (int i = 0; i < rows; i++) {
            int at = bOffset + i * ldb;
            for (int j = 0; j < columns; j++) {
                out[j * rows + i] = b[at + j];
            }
        }
        return out;
    }
}
