package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.SparseProduct;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.RowSparseMatrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A {@link LinearMap} in one thread: points views at the rows of tensors and hands them to the kernels. */
abstract class LinearMapReplica {
    private final LinearMap map;
    private final Gemm gemm;
    private final SparseProduct sparseProduct;
    private final int summedLines;
    private final Matrix input = new Matrix();
    private final Matrix output = new Matrix();
    private final Matrix weights = new Matrix();
    private final Vector biases = new Vector();
    private final Segments shards = new Segments();

    /**
     * For the kernels of one workspace.
     *
     * @param summedLines how many lines stand for a row where the kernel sums over the rows of shards
     */
    private LinearMapReplica(LinearMap map, Workspace workspace, int summedLines) {
        this.map = map;
        this.summedLines = summedLines;
        gemm = workspace.gemm();
        sparseProduct = workspace.sparseProduct();
    }

    /** Computes {@code y = epilogue(x w)}. */
    abstract void forward(Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias);

    /** Computes {@code dx = dy w^T}. */
    abstract void inputGradient(Matrix dy, Matrix w, Matrix dx);

    /** Computes the sum of {@code x^T dy} over some shards. */
    abstract void weightGradient(Segments rows, Matrix x, Matrix dy, Matrix dw);

    /** A view of weights; valid until the next one, or until {@link #weightGradient}. */
    final Matrix weights(float[] values, int offset) {
        return weights.at(values, offset, map.weights().size() / map.units(), map.units());
    }

    /** A view of biases; valid until the next one, or until {@link #biasGradient}. */
    final Vector biases(float[] values, int offset) {
        return biases.at(values, offset, map.units());
    }

    /**
     * Computes {@code y = epilogue(x w)}.
     *
     * @param pass the rows of x and y; if x is its input as entries, these are read
     * @param x read
     * @param w read: see {@link #weights}
     * @param y overwritten
     * @param bias read where the epilogue adds it
     */
    final void forward(Pass pass, Tensor x, Matrix w, Tensor y, Epilogue epilogue, @Nullable Vector bias) {
        SparseMatrix entries = pass.entries(x);
        if (entries == null) {
            forward(inputs(pass.rows(), x), w, outputs(pass.rows(), y), epilogue, bias);
        } else {
            sparseProduct.multiply(entries, w, outputs(pass.rows(), y), epilogue, bias);
        }
    }

    /** Computes {@code dx = dy w^T}; dx is overwritten. */
    final void inputGradient(int rows, Tensor dy, Matrix w, Tensor dx) {
        inputGradient(outputs(rows, dy), w, inputs(rows, dx));
    }

    /** Computes the gradient of the weights at {@code offset} for a node: the sum of {@code x^T dy} over its shards. */
    final void weightGradient(Pass pass, Gradient.Node node, Tensor x, Tensor dy, int offset) {
        Segments rows = shards.at(pass.rowStart(), node.from(), node.to(), summedLines);
        Matrix dz = outputs(pass.rows(), dy);
        SparseMatrix entries = pass.entries(x);
        RowSparseMatrix byRows = entries == null ? null : node.rows(offset);
        if (entries == null) {
            weightGradient(rows, inputs(pass.rows(), x), dz, weights(node.array(offset), node.index(offset)));
        } else if (byRows == null) {
            Matrix dw = weights(node.array(offset), node.index(offset));
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + dw.rows() * dw.columns(), 0f);
            sparseProduct.weightGradient(rows, entries, dz, dw);
        } else {
            sparseProduct.weightGradient(rows, entries, dz, byRows);
        }
    }

    /** Computes the gradient of the biases at {@code offset} for a node: the sum of dy's lines over its shards. */
    final void biasGradient(Pass pass, Gradient.Node node, Tensor dy, int offset) {
        gemm.columnSums(
                shards.at(pass.rowStart(), node.from(), node.to(), map.outputLines()),
                outputs(pass.rows(), dy),
                biases(node.array(offset), node.index(offset)));
    }

    private Matrix inputs(int rows, Tensor x) {
        return input.at(x.array(), x.offset(), rows * map.inputLines(), map.channels());
    }

    private Matrix outputs(int rows, Tensor y) {
        return output.at(y.array(), y.offset(), rows * map.outputLines(), map.units());
    }

    /** A matrix product of each line. */
    static final class Product extends LinearMapReplica {
        private final Gemm gemm;
        private final Matrix transposed = new Matrix();

        Product(LinearMap.Product map, Workspace workspace) {
            super(map, workspace, map.inputLines());
            gemm = workspace.gemm();
        }

        @Override
        void forward(Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias) {
            gemm.multiply(x, w, y, epilogue, bias);
        }

        @Override
        void inputGradient(Matrix dy, Matrix w, Matrix dx) {
            transposed.transposedAt(w.array(), w.offset(), w.rows(), w.columns());
            gemm.multiply(dy, transposed, dx, Epilogue.OVERWRITE, null);
        }

        @Override
        void weightGradient(Segments rows, Matrix x, Matrix dy, Matrix dw) {
            gemm.weightGradient(rows, x, dy, dw);
        }
    }

    /** A convolution of each row. */
    static final class Windows extends LinearMapReplica {
        private final Convolution convolution;
        private final ConvolutionShape shape;

        Windows(LinearMap.Windows map, Workspace workspace) {
            super(map, workspace, 1);
            convolution = workspace.convolution();
            shape = map.shape();
        }

        @Override
        void forward(Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias) {
            convolution.forward(shape, x, w, y, epilogue, bias);
        }

        @Override
        void inputGradient(Matrix dy, Matrix w, Matrix dx) {
            convolution.inputGradient(shape, dy, w, dx);
        }

        @Override
        void weightGradient(Segments rows, Matrix x, Matrix dy, Matrix dw) {
            convolution.weightGradient(shape, rows, x, dy, dw);
        }
    }
}
