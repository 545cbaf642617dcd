package dev.lockstep.nn.kernel;

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
            new Product(Transpose.NO, Transpose.YES, Epilogue.OVERWRITE, 29, 300, 900),
            // Rows of a beside few columns, read where they lie.
            new Product(Transpose.NO, Transpose.NO, Epilogue.BIAS_RELU, 13, 8, 900),
            new Product(Transpose.NO, Transpose.NO, Epilogue.ACCUMULATE, 45, 32, 900),
            // Two blocks of the chain, and of columns; of rows.
            new Product(Transpose.NO, Transpose.NO, Epilogue.BIAS, 25, 600, 810),
            new Product(Transpose.YES, Transpose.YES, Epilogue.ACCUMULATE, 25, 530, 810),
            new Product(Transpose.NO, Transpose.NO, Epilogue.OVERWRITE, 490, 33, 810),
            // Rows enough that b is packed.
            new Product(Transpose.YES, Transpose.NO, Epilogue.BIAS_RELU, 131, 600, 40));

    private static final List<WeightGradient> WEIGHT_GRADIENTS =
            List.of(new WeightGradient(65, 37, 2700), new WeightGradient(20, 530, 900));

    private static final int VALUES = 500_000;

    private KernelShapes() {}

    /** c = epilogue(op(a) op(b)). */
    private record Product(Transpose ta, Transpose tb, Epilogue epilogue, int m, int n, int k) {
        float[] run(Gemm gemm, float[] values) {
            float[] c = Arrays.copyOf(values, m * n + 4);
            gemm.multiply(
                    ta,
                    tb,
                    m,
                    n,
                    k,
                    values,
                    1,
                    ta == Transpose.NO ? k : m,
                    values,
                    7,
                    tb == Transpose.NO ? n : k,
                    c,
                    2,
                    n,
                    epilogue,
                    values,
                    11);
            return c;
        }
    }

    /** c = a^T b and the sums of b, over segments of some rows, one of them empty. */
    private record WeightGradient(int m, int n, int rows) {
        float[] run(Gemm gemm, float[] values) {
            int[] rowStart = {0, rows / 5, rows / 5, rows / 3, rows / 2, rows};
            float[] c = Arrays.copyOf(values, (m + 1) * n + 4);
            gemm.weightGradient(m, n, rowStart, 0, 5, values, 1, m, values, 7, n, c, 2, n);
            gemm.columnSums(n, rowStart, 0, 5, values, 7, n, c, 2 + m * n);
            return c;
        }
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
