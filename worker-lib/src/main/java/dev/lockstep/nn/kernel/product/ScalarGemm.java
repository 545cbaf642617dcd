package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link Gemm} in plain Java: a row of c at a time, its chains side by side, so that the inner loop runs along
 * contiguous rows of b (a transposed b is copied first) and a compiler may vectorise it.
 */
public final class ScalarGemm implements Gemm {
    private final SegmentTree tree = new SegmentTree();
    private final Matrix straightB = new Matrix();
    private float[] copiedB = new float[0];
    private float[] stack = new float[0];

    @Override
    public void multiply(Matrix a, Matrix b, Matrix c, Epilogue epilogue, @Nullable Vector bias) {
        assert a.rows() == c.rows() && b.columns() == c.columns() && a.columns() == b.rows() && !c.transposed();
        Matrix rows = b.transposed() ? straight(b) : b;
        int n = c.columns();
        stack = Buffers.atLeast(stack, n);
        for (int i = 0; i < c.rows(); i++) {
            Arrays.fill(stack, 0, n, 0f);
            for (int l = 0; l < a.columns(); l++) {
                multiplyAdd(n, a.array()[a.index(i, l)], rows.array(), rows.index(l, 0), stack, 0);
            }
            finish(stack, c, i, epilogue, bias);
        }
    }

    @Override
    public void weightGradient(Segments rows, Matrix a, Matrix b, Matrix c) {
        assert a.columns() == c.rows() && b.columns() == c.columns() && a.rows() == b.rows();
        assert !a.transposed() && !b.transposed() && !c.transposed();
        int n = c.columns();
        plan(rows, n);
        for (int i = 0; i < c.rows(); i++) {
            int top = 0;
            for (int leaf = 0; leaf < tree.leaves(); leaf++) {
                Arrays.fill(stack, top, top + n, 0f);
                for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                    multiplyAdd(n, a.array()[a.index(row, i)], b.array(), b.index(row, 0), stack, top);
                }
                top = merge(leaf, n, top + n);
            }
            store(n, top, c.array(), c.index(i, 0));
        }
    }

    @Override
    public void columnSums(Segments rows, Matrix x, Vector sums) {
        assert x.columns() == sums.length() && !x.transposed();
        int n = sums.length();
        plan(rows, n);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + n, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                add(n, x.array(), x.index(row, 0), stack, top);
            }
            top = merge(leaf, n, top + n);
        }
        store(n, top, sums.array(), sums.offset());
    }

    private void plan(Segments rows, int n) {
        tree.plan(rows);
        stack = Buffers.atLeast(stack, Math.max(1, tree.depth()) * n);
    }

    /** Carries out the merges that follow a leaf; returns the new end of the stack. */
    private int merge(int leaf, int n, int end) {
        int top = end;
        for (int merges = tree.merges(leaf); merges > 0; merges--) {
            top -= n;
            add(n, stack, top, stack, top - n);
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

    /** {@code y = y + x}. */
    private static void add(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int j = 0; j < n; j++) {
            y[yOffset + j] += x[xOffset + j];
        }
    }

    /** {@code y = fma(factor, x, y)}: the next link of n chains. */
    static void multiplyAdd(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        for (int j = 0; j < n; j++) {
            y[yOffset + j] = Math.fma(factor, x[xOffset + j], y[yOffset + j]);
        }
    }

    /** Brings chains into a row of c. */
    static void finish(float[] chains, Matrix c, int row, Epilogue epilogue, @Nullable Vector bias) {
        float[] out = c.array();
        int at = c.index(row, 0);
        int n = c.columns();
        switch (epilogue) {
            case OVERWRITE -> System.arraycopy(chains, 0, out, at, n);
            case ACCUMULATE -> add(n, chains, 0, out, at);
            case BIAS -> {
                Vector added = Objects.requireNonNull(bias);
                for (int j = 0; j < n; j++) {
                    out[at + j] = chains[j] + added.array()[added.offset() + j];
                }
            }
            case BIAS_RELU -> {
                Vector added = Objects.requireNonNull(bias);
                for (int j = 0; j < n; j++) {
                    float s = chains[j] + added.array()[added.offset() + j];
                    out[at + j] = s < 0f ? 0f : s;
                }
            }
        }
    }

    /** Copies a transposed matrix row by row. */
    private Matrix straight(Matrix b) {
        int columns = b.columns();
        copiedB = Buffers.atLeast(copiedB, b.rows() * columns);
        for (int j = 0; j < columns; j++) {
            int at = b.index(0, j);
            for (int l = 0; l < b.rows(); l++) {
                copiedB[l * columns + j] = b.array()[at + l];
            }
        }
        return straightB.at(copiedB, 0, b.rows(), columns);
    }
}
