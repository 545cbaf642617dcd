package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.SparseProduct;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.RowSparseMatrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@link SparseProduct} in plain Java. */
public class ScalarSparseProduct implements SparseProduct {
    private static final int NEGATIVE_ZERO = 1 << 31;

    private final SegmentTree tree = new SegmentTree();
    private final EntryColumns columns = new EntryColumns();
    private float[] stack = new float[0];
    /** What is known of each place on the stack. */
    private final boolean[] present = new boolean[SegmentTree.MAX_DEPTH];

    private int[] leafOfRow = new int[0];

    @Override
    public final void multiply(SparseMatrix a, Matrix b, Matrix c, Epilogue epilogue, @Nullable Vector bias) {
        assert a.rows() == c.rows() && b.columns() == c.columns() && a.columns() == b.rows();
        assert !b.transposed() && !c.transposed();
        stack = Buffers.atLeast(stack, c.columns());
        for (int row = 0; row < a.rows(); row++) {
            chain(a, a.start(row), a.start(row + 1), b, 0, b.rows());
            ScalarGemm.finish(stack, c, row, epilogue, bias);
        }
    }

    @Override
    public final void weightGradient(Segments rows, SparseMatrix a, Matrix b, Matrix c) {
        assert a.columns() == c.rows() && b.columns() == c.columns() && a.rows() == b.rows();
        assert !b.transposed() && !c.transposed();
        int count = sortColumns(rows, a, c.columns());
        for (int i = 0; i < count; i++) {
            sum(columns.entries().start(i), columns.entries().start(i + 1), b, c.columns());
            System.arraycopy(stack, 0, c.array(), c.index(columns.column(i), 0), c.columns());
        }
    }

    @Override
    public final void weightGradient(Segments rows, SparseMatrix a, Matrix b, RowSparseMatrix c) {
        assert a.columns() == c.rows() && b.columns() == c.columns() && a.rows() == b.rows();
        assert !b.transposed();
        int count = sortColumns(rows, a, c.columns());
        c.clear(count);
        for (int i = 0; i < count; i++) {
            sum(columns.entries().start(i), columns.entries().start(i + 1), b, c.columns());
            System.arraycopy(stack, 0, c.values(), c.add(columns.column(i)), c.columns());
        }
    }

    /** Plans the sums of {@code n} numbers over the segments; returns how many columns have entries in them. */
    private int sortColumns(Segments rows, SparseMatrix a, int n) {
        tree.plan(rows);
        if (tree.leaves() == 0) {
            return 0;
        }
        stack = Buffers.atLeast(stack, SegmentTree.MAX_DEPTH * n);
        int end = tree.end(tree.leaves() - 1);
        numberLeaves(end);
        columns.sort(a, tree.first(0), end);
        return columns.entries().rows();
    }

    private void numberLeaves(int rows) {
        if (leafOfRow.length < rows) {
            leafOfRow = new int[rows];
        }
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(leafOfRow, tree.first(leaf), tree.end(leaf), leaf);
        }
    }

    /** Sums a column's entries {@code from} to {@code to - 1} along the tree; the sums come to the stack's bottom. */
    private void sum(int from, int to, Matrix b, int n) {
        SparseMatrix entries = columns.entries();
        int[] rows = entries.indexes();
        int first = leafOfRow[rows[from]];
        if (first == leafOfRow[rows[to - 1]]) {
            chain(entries, from, to, b, 0, tree.end(first));
            if (tree.leaves() > 1) {
                addZeros(0, n);
            }
            return;
        }
        int entry = from;
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            int start = entry;
            while (entry < to && leafOfRow[rows[entry]] == leaf) {
                entry++;
            }
            present[top] = entry > start;
            if (present[top]) {
                chain(entries, start, entry, b, top * n, tree.end(leaf));
            }
            top++;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top--;
                merge(top - 1, n);
            }
        }
    }

    /** Adds the place above to a place on the stack; one whose rows have no entries stands for zeros. */
    private void merge(int place, int n) {
        int left = place * n;
        int right = left + n;
        if (present[place] && present[place + 1]) {
            for (int j = 0; j < n; j++) {
                stack[left + j] += stack[right + j];
            }
        } else if (present[place + 1]) {
            System.arraycopy(stack, right, stack, left, n);
            addZeros(left, n);
        } else if (present[place]) {
            addZeros(left, n);
        }
        present[place] |= present[place + 1];
    }

    /** -0 becomes +0. */
    private void addZeros(int at, int n) {
        for (int j = at; j < at + n; j++) {
            stack[j] += 0f;
        }
    }

    /**
     * Writes to the stack, from {@code to} on, the chains over all of k below {@code end}, of which some are given: by
     * entries {@code from} to {@code until - 1}, in increasing order.
     */
    private void chain(SparseMatrix entries, int from, int until, Matrix b, int to, int end) {
        chains(entries, from, until, b, stack, to);
        for (int j = 0; j < b.columns(); j++) {
            if (isNegativeZero(stack[to + j]) && passesPositiveZero(entries, from, until, b, j, end)) {
                stack[to + j] = 0f;
            }
        }
    }

    private static boolean isNegativeZero(float value) {
        return Float.floatToRawIntBits(value) == NEGATIVE_ZERO;
    }

    /**
     * Whether a chain that ends at -0 over the entries ends at +0 with all that is not among them: whether a product
     * +0, not -0, is added after the last entry behind which both chains are the same.
     */
    private static boolean passesPositiveZero(SparseMatrix entries, int from, int until, Matrix b, int j, int end) {
        int[] index = entries.indexes();
        float p = 0f;
        int last = from;
        for (int entry = from; entry < until; entry++) {
            float factor = entries.values()[entry];
            float value = b.array()[b.index(index[entry], j)];
            float next = Math.fma(factor, value, p);
            if (!isNegativeZero(p) || isNegativeZero(Math.fma(factor, value, 0f)) == isNegativeZero(next)) {
                last = entry;
            }
            p = next;
        }
        int next = last + 1;
        for (int k = index[last] + 1; k < end; k++) {
            if (next < until && index[next] == k) {
                next++;
            } else if (Float.floatToRawIntBits(b.array()[b.index(k, j)]) >= 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Chains over entries: {@code p = fma(value[e], b[index[e]][j], p)} from +0 for {@code e} from {@code from} to
     * {@code until - 1}.
     *
     * @param out overwritten from {@code to} on
     */
    void chains(SparseMatrix entries, int from, int until, Matrix b, float[] out, int to) {
        chains(entries, from, until, b, 0, out, to);
    }

    /** The chains from column {@code first} on; {@code to} is where that of column 0 is written. */
    static void chains(SparseMatrix entries, int from, int until, Matrix b, int first, float[] out, int to) {
        int n = b.columns();
        Arrays.fill(out, to + first, to + n, 0f);
        for (int entry = from; entry < until; entry++) {
            float factor = entries.values()[entry];
            int at = b.index(entries.indexes()[entry], 0);
            for (int j = first; j < n; j++) {
                out[to + j] = Math.fma(factor, b.array()[at + j], out[to + j]);
            }
        }
    }
}
