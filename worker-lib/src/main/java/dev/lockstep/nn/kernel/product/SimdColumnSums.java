package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Gemm#columnSums} on vectors: the sums of each leaf of a {@link SegmentTree} lie on a stack until merged. */
final class SimdColumnSums {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    private final SegmentTree tree;
    private float[] stack = new float[0];

    /** Sums over the leaves of a tree, which is planned before each run. */
    SimdColumnSums(SegmentTree tree) {
        this.tree = tree;
    }

    /** Overwrites the sums. */
    void run(Matrix x, Vector sums) {
        int n = sums.length();
        stack = Buffers.atLeast(stack, Math.max(1, tree.depth()) * n);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            chains(x, tree.first(leaf), tree.end(leaf), stack, top);
            top += n;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= n;
                for (int j = 0; j < n; j++) {
                    stack[top - n + j] += stack[top + j];
                }
            }
        }
        if (top == 0) {
            Arrays.fill(sums.array(), sums.offset(), sums.offset() + n, 0f);
        } else {
            System.arraycopy(stack, 0, sums.array(), sums.offset(), n);
        }
    }

    /** {@code out[j] = x[from][j] + ... + x[to - 1][j]}, from +0 in this order. */
    private static void chains(Matrix x, int from, int to, float[] out, int outOffset) {
        float[] values = x.array();
        int ldx = x.stride();
        int n = x.columns();
        int j = 0;
        for (; j + 4 * L <= n; j += 4 * L) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = FloatVector.zero(F);
            FloatVector s2 = FloatVector.zero(F);
            FloatVector s3 = FloatVector.zero(F);
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s0 = s0.add(FloatVector.fromArray(F, values, at));
                s1 = s1.add(FloatVector.fromArray(F, values, at + L));
                s2 = s2.add(FloatVector.fromArray(F, values, at + 2 * L));
                s3 = s3.add(FloatVector.fromArray(F, values, at + 3 * L));
            }
            s0.intoArray(out, outOffset + j);
            s1.intoArray(out, outOffset + j + L);
            s2.intoArray(out, outOffset + j + 2 * L);
            s3.intoArray(out, outOffset + j + 3 * L);
        }
        for (; j + L <= n; j += L) {
            FloatVector s = FloatVector.zero(F);
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s = s.add(FloatVector.fromArray(F, values, at));
            }
            s.intoArray(out, outOffset + j);
        }
        for (; j < n; j++) {
            float s = 0f;
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s += values[at];
            }
            out[outOffset + j] = s;
        }
    }
}
