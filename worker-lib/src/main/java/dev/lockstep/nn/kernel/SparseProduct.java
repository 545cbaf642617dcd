package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.RowSparseMatrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The products of {@link Gemm} where the left matrix is sparse, to the same bits: what is not among its entries is +0,
 * and a fused multiply-add with +0 and a finite number changes no chain but one that stands at -0, as a product too
 * small for a float leaves it. Such chains are looked at again. Holds scratch memory, so only one thread at a time can
 * use it.
 */
public interface SparseProduct {
    /**
     * {@link Gemm#multiply}.
     *
     * @param a [m, k]; read
     * @param b [k, n], not transposed, finite; read
     * @param c [m, n], not transposed; overwritten, or accumulated into
     * @param bias [n]; read by the two bias epilogues, otherwise ignored
     */
    void multiply(SparseMatrix a, Matrix b, Matrix c, Epilogue epilogue, @Nullable Vector bias);

    /**
     * {@link Gemm#weightGradient}, for those rows of c whose column of a has entries. All others would be +0 and are
     * left as they are.
     *
     * @param rows segments of the rows of a and b
     * @param a [rows, m]; read
     * @param b [rows, n], not transposed, finite; read
     * @param c [m, n], not transposed; overwritten in part
     */
    void weightGradient(Segments rows, SparseMatrix a, Matrix b, Matrix c);

    /**
     * {@link Gemm#weightGradient}, of which only those rows are kept whose column of a has entries.
     *
     * @param rows segments of the rows of a and b
     * @param a [rows, m]; read
     * @param b [rows, n], not transposed, finite; read
     * @param c [m, n]; overwritten
     */
    void weightGradient(Segments rows, SparseMatrix a, Matrix b, RowSparseMatrix c);
}
