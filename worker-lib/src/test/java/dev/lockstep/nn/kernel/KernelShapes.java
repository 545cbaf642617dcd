package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Products and convolutions of shapes at which the vector kernels take ways of their own, at one width of the vectors
 * or another: blocks of rows, columns and the chain, operands read where they lie, groups and dilation.
 * {@link KernelRun} runs them.
 */
final class KernelShapes {
    private static final List<Product> PRODUCTS = List.of(
            // Computed as the transpose of b a^T, whatever the width.
            new Product(false, true, Epilogue.OVERWRITE, 29, 300, 900),
            // Rows of a beside few columns, read where they lie.
            new Product(false, false, Epilogue.BIAS_RELU, 13, 8, 900),
            new Product(false, false, Epilogue.ACCUMULATE, 45, 32, 900),
            // Two blocks of the chain, and of columns; of rows.
            new Product(false, false, Epilogue.BIAS, 25, 600, 810),
            new Product(true, true, Epilogue.ACCUMULATE, 25, 530, 810),
            new Product(false, false, Epilogue.OVERWRITE, 490, 33, 810),
            // Rows enough that b is packed.
            new Product(true, false, Epilogue.BIAS_RELU, 131, 600, 40));

    private static final List<WeightGradient> WEIGHT_GRADIENTS =
            List.of(new WeightGradient(65, 37, 2700), new WeightGradient(20, 530, 900));

    private static final int VALUES = 500_000;

    private KernelShapes() {}

    /** c = epilogue(a b), where a and b may be transposed views. */
    private record Product(boolean ta, boolean tb, Epilogue epilogue, int m, int n, int k) {
        float[] run(Gemm gemm, float[] values) {
            float[] c = Arrays.copyOf(values, m * n + 4);
            gemm.multiply(
                    view(values, 1, m, k, ta),
                    view(values, 7, k, n, tb),
                    view(c, 2, m, n, false),
                    epilogue,
                    new Vector().at(values, 11, n));
            return c;
        }
    }

    /** c = a^T b and the sums of b, over segments of some rows, one of them empty. */
    private record WeightGradient(int m, int n, int rows) {
        float[] run(Gemm gemm, float[] values) {
            Segments shards = new Segments().at(new int[] {0, rows / 5, rows / 5, rows / 3, rows / 2, rows}, 0, 5);
            float[] c = Arrays.copyOf(values, (m + 1) * n + 4);
            Matrix b = view(values, 7, rows, n, false);
            gemm.weightGradient(shards, view(values, 1, rows, m, false), b, view(c, 2, m, n, false));
            gemm.columnSums(shards, b, new Vector().at(c, 2 + m * n, n));
            return c;
        }
    }

    /** A matrix without gaps between its rows, or the transpose of one. */
    static Matrix view(float[] values, int offset, int rows, int columns, boolean transposed) {
        Matrix view = new Matrix();
        return transposed ? view.transposedAt(values, offset, columns, rows) : view.at(values, offset, rows, columns);
    }

    /** Returns what each wrote, by its shape. */
    static Map<String, float[][]> results(Kernels kernels, long seed) {
        float[] values = Seeds.floats(new Random(seed), VALUES);
        Gemm gemm = kernels.newGemm();
        Map<String, float[][]> results = new LinkedHashMap<>();
        PRODUCTS.forEach(product -> results.put(product.toString(), new float[][] {product.run(gemm, values)}));
        WEIGHT_GRADIENTS.forEach(sums -> results.put(sums.toString(), new float[][] {sums.run(gemm, values)}));
        Convolution convolution = kernels.newConvolution();
        ConvolutionTest.SHAPES.forEach(
                shape -> results.put(shape.toString(), ConvolutionTest.results(convolution, shape, seed)));
        return results;
    }
}
