package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link Gemm} on the JDK's Vector API. A product and a weight gradient are the same computation, a
 * {@link BlockedProduct} whose chains run over the leaves of a {@link SegmentTree}: one leaf for a product.
 */
public final class SimdGemm implements Gemm {
    /** Up to so many rows of c a transposed b is multiplied by {@link #flipped}, if that moves fewer elements. */
    private static final int FLIPPED_ROWS = 64;

    private final SegmentTree tree = new SegmentTree();
    private final BlockedProduct product = new BlockedProduct(tree);
    private final SimdColumnSums columnSums = new SimdColumnSums(tree);
    private final Matrix flippedC = new Matrix();
    private float[] sideways = new float[0];

    @Override
    public void multiply(Matrix a, Matrix b, Matrix c, Epilogue epilogue, @Nullable Vector bias) {
        assert a.rows() == c.rows() && b.columns() == c.columns() && a.columns() == b.rows() && !c.transposed();
        tree.planOne(a.columns());
        if (!a.transposed() && b.transposed() && epilogue == Epilogue.OVERWRITE && isWorthFlipping(a, b)) {
            flipped(a, b, c);
        } else {
            product.left().set(a, a.transposed());
            product.right().set(b, !b.transposed());
            product.run(c, epilogue, bias);
        }
    }

    private static boolean isWorthFlipping(Matrix a, Matrix b) {
        int m = a.rows();
        int n = b.columns();
        int k = a.columns();
        boolean fewer = m * (long) (n + k) < n * (long) k * 3 / 4;
        return m <= FLIPPED_ROWS && fewer && LeftStrips.isStraight(m);
    }

    /**
     * {@code c = (b^T a^T)^T}: a b that is stored along the chain is read where it lies, and only a and c, which are
     * small, change their order.
     */
    private void flipped(Matrix a, Matrix b, Matrix c) {
        int m = c.rows();
        int n = c.columns();
        sideways = Buffers.atLeast(sideways, n * m);
        product.left().set(b, false);
        product.right().set(a, false);
        product.run(flippedC.at(sideways, 0, n, m), Epilogue.OVERWRITE, null);
        float[] to = c.array();
        for (int i = 0; i < m; i++) {
            int at = c.index(i, 0);
            for (int j = 0; j < n; j++) {
                to[at + j] = sideways[j * m + i];
            }
        }
    }

    @Override
    public void weightGradient(Segments rows, Matrix a, Matrix b, Matrix c) {
        assert a.columns() == c.rows() && b.columns() == c.columns() && a.rows() == b.rows();
        assert !a.transposed() && !b.transposed() && !c.transposed();
        tree.plan(rows);
        if (tree.leaves() == 0) {
            for (int i = 0; i < c.rows(); i++) {
                Arrays.fill(c.array(), c.index(i, 0), c.index(i, 0) + c.columns(), 0f);
            }
            return;
        }
        product.left().set(a, true);
        product.right().set(b, true);
        product.run(c, Epilogue.OVERWRITE, null);
    }

    @Override
    public void columnSums(Segments rows, Matrix x, Vector sums) {
        assert x.columns() == sums.length() && !x.transposed();
        tree.plan(rows);
        columnSums.run(x, sums);
    }
}
