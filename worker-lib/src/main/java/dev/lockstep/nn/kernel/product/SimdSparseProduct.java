package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.SparseMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link dev.lockstep.nn.kernel.SparseProduct} on vectors: chains of some columns side by side in registers. */
public final class SimdSparseProduct extends ScalarSparseProduct {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    @Override
    void chains(SparseMatrix entries, int from, int until, Matrix b, float[] out, int to) {
        int[] index = entries.indexes();
        float[] factor = entries.values();
        float[] values = b.array();
        int n = b.columns();
        int j = 0;
        for (; j + 4 * L <= n; j += 4 * L) {
            FloatVector p0 = FloatVector.zero(F);
            FloatVector p1 = FloatVector.zero(F);
            FloatVector p2 = FloatVector.zero(F);
            FloatVector p3 = FloatVector.zero(F);
            for (int entry = from; entry < until; entry++) {
                int at = b.index(index[entry], j);
                FloatVector x = FloatVector.broadcast(F, factor[entry]);
                p0 = x.fma(FloatVector.fromArray(F, values, at), p0);
                p1 = x.fma(FloatVector.fromArray(F, values, at + L), p1);
                p2 = x.fma(FloatVector.fromArray(F, values, at + 2 * L), p2);
                p3 = x.fma(FloatVector.fromArray(F, values, at + 3 * L), p3);
            }
            p0.intoArray(out, to + j);
            p1.intoArray(out, to + j + L);
            p2.intoArray(out, to + j + 2 * L);
            p3.intoArray(out, to + j + 3 * L);
        }
        for (; j + L <= n; j += L) {
            FloatVector p = FloatVector.zero(F);
            for (int entry = from; entry < until; entry++) {
                FloatVector x = FloatVector.broadcast(F, factor[entry]);
                p = x.fma(FloatVector.fromArray(F, values, b.index(index[entry], j)), p);
            }
            p.intoArray(out, to + j);
        }
        chains(entries, from, until, b, j, out, to);
    }
}
