package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sparse product has the bits of the dense one, products that are too small for a float included. */
class SparseProductTest {
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 200, 1}, {7, 40, 5}, {9, 65, 16}, {20, 130, 77}, {64, 33, 64}
    };
    private static final int[][] SEGMENTS = {{0, 1}, {0, 1, 1, 3, 4}, {0, 2, 4, 5, 5, 6, 7, 8, 8}};

    static Stream<Kernels> twins() {
        return Stream.of(ScalarKernels.create(), SimdKernels.create());
    }

    @ParameterizedTest
    @MethodSource("twins")
    void productsHaveTheBitsOfDenseOnes(Kernels kernels) {
        for (int[] shape : SHAPES) {
            for (Epilogue epilogue : Epilogue.values()) {
                for (boolean tiny : new boolean[] {false, true}) {
                    Random random = Seeds.random(shape[1] + epilogue.ordinal());
                    SparseMatrix a = SparseMatrices.of(matrix(random, shape[0], shape[1], tiny), 9);
                    Matrix b = matrix(random, shape[1], shape[2], tiny);
                    Vector bias =
                            new Vector().at(matrix(random, 1, shape[2], true).array(), 0, shape[2]);
                    Matrix c = matrix(random, shape[0], shape[2], false);
                    Matrix expected = new Matrix().at(c.array().clone(), 0, shape[0], shape[2]);
                    kernels.newSparseProduct().multiply(a, b, c, epilogue, bias);
                    kernels.newGemm().multiply(SparseMatrices.whole(a), b, expected, epilogue, bias);
                    Bits.assertSame(epilogue + " of " + shape[0], c.array(), expected.array());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("twins")
    void weightGradientsHaveTheBitsOfDenseOnes(Kernels kernels) {
        SparseProduct product = kernels.newSparseProduct();
        int signs = 0;
        for (int[] segments : SEGMENTS) {
            for (int[] shape : SHAPES) {
                for (boolean tiny : new boolean[] {false, true}) {
                    int rows = segments[segments.length - 1];
                    Random random = Seeds.random(shape[1] + rows);
                    SparseMatrix a = SparseMatrices.of(matrix(random, rows, shape[1], tiny), 3);
                    Matrix b = matrix(random, rows, shape[2], tiny);
                    Matrix c = new Matrix().at(new float[shape[1] * shape[2]], 0, shape[1], shape[2]);
                    Matrix expected = new Matrix().at(new float[shape[1] * shape[2]], 0, shape[1], shape[2]);
                    Segments all = new Segments().at(segments, 0, segments.length - 1);
                    product.weightGradient(all, a, b, c);
                    kernels.newGemm().weightGradient(all, SparseMatrices.whole(a), b, expected);
                    Bits.assertSame("weights of " + shape[1] + " x " + shape[2], c.array(), expected.array());
                    for (float value : expected.array()) {
                        signs += Float.floatToRawIntBits(value) == Float.floatToRawIntBits(-0f) ? 1 : 0;
                    }
                }
            }
        }
        assertThat(signs).as("sums that are -0, to which this is about").isGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("twins")
    void rowsWithoutEntriesAreLeftAsTheyAre(Kernels kernels) {
        SparseMatrix a = new SparseMatrix().at(new int[] {0, 1}, new int[] {2}, new float[] {3}, 1, 4);
        float[] c = {9, 9, 9, 9};
        kernels.newSparseProduct()
                .weightGradient(
                        new Segments().at(new int[] {0, 1}, 0, 1),
                        a,
                        new Matrix().at(new float[] {2}, 0, 1, 1),
                        new Matrix().at(c, 0, 4, 1));
        assertThat(c).containsExactly(9, 9, 6, 9);
    }

    /** Numbers around 1, or such that most products of two are too small for a float. */
    private static Matrix matrix(Random random, int rows, int columns, boolean tiny) {
        float[] values = Seeds.floats(random, rows * columns);
        for (int i = 0; tiny && i < values.length; i++) {
            values[i] *= random.nextInt(5) == 0 ? 1e-20f : 1e-25f;
        }
        return new Matrix().at(values, 0, rows, columns);
    }
}
