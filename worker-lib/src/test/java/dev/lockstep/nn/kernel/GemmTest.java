package dev.lockstep.nn.kernel;

import dev.lockstep.nn.kernel.product.ScalarGemm;
import dev.lockstep.nn.kernel.product.SimdGemm;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link Gemm}, in bits, against chains and trees written from its text; both twins. */
@Tag("java")
class GemmTest {
    private static final int[] SIZES = {0, 1, 2, 3, 5, 6, 7, 8, 13, 16, 17, 33, 50};

    static Stream<Gemm> gemms() {
        return Stream.of(new ScalarGemm(), new SimdGemm());
    }

    @ParameterizedTest
    @MethodSource("gemms")
    void everyShapeTransposeAndEpilogueGivesTheChain(Gemm gemm) {
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : new int[] {0, 1, 2, 16, 17, 33}) {
                    checkAll(gemm, m, n, k);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gemms")
    void chainsRunThroughBlocks(Gemm gemm) {
        checkAll(gemm, 127, 31, 331);
        checkAll(gemm, 14, 300, 700);
        checkAll(gemm, 260, 17, 1000);
        checkAll(gemm, 1, 129, 4099);
        checkAll(gemm, 50, 300, 400);
    }

    @ParameterizedTest
    @MethodSource("gemms")
    void chainsRunThroughBlocksOfRowsColumnsAndTheChain(Gemm gemm) {
        check(gemm, false, false, Epilogue.BIAS, 490, 530, 810);
        check(gemm, true, true, Epilogue.ACCUMULATE, 25, 1030, 810);
        checkGradients(gemm, Seeds.random(78), 5, 900, 490, 530);
    }

    /** A segment of more than 2^20 rows gives what segments of 2^20 rows give. */
    @ParameterizedTest
    @MethodSource("gemms")
    void longSumsAreSumsOfBlocks(Gemm gemm) {
        int block = 1 << 20;
        int rows = 2 * block + 7;
        float[] values = Seeds.floats(Seeds.random(5), rows);
        Matrix x = new Matrix().at(values, 0, rows, 1);
        float[] whole = new float[2];
        float[] blocks = new float[2];
        Segments one = new Segments().at(new int[] {0, rows}, 0, 1);
        Segments several = new Segments().at(new int[] {0, block, 2 * block, rows}, 0, 3);
        gemm.columnSums(one, x, new Vector().at(whole, 0, 1));
        gemm.columnSums(several, x, new Vector().at(blocks, 0, 1));
        gemm.weightGradient(one, x, x, new Matrix().at(whole, 1, 1, 1));
        gemm.weightGradient(several, x, x, new Matrix().at(blocks, 1, 1, 1));
        Bits.assertSame("sums of blocks", whole, blocks);
    }

    @ParameterizedTest
    @MethodSource("gemms")
    void aChainThatUnderflowsKeepsItsSign(Gemm gemm) {
        for (int n : new int[] {10, 16, 64}) {
            float[] values = new float[16 + 2 * n];
            Arrays.fill(values, 0, 16, 1e-30f);
            Arrays.fill(values, 16, values.length, -1e-30f);
            Matrix a = new Matrix();
            Matrix b = new Matrix().at(values, 16, 2, n);
            Matrix c = new Matrix().at(new float[8 * n], 0, 8, n);
            float[] expected = new float[8 * n];
            Arrays.fill(expected, -0f);
            gemm.multiply(a.at(values, 0, 8, 2), b, c, Epilogue.OVERWRITE, null);
            Bits.assertSame("product of 8 x " + n, c.array(), expected);
            gemm.weightGradient(new Segments().at(new int[] {0, 1, 2}, 0, 2), a.at(values, 0, 2, 8), b, c);
            Bits.assertSame("weight gradient of 8 x " + n, c.array(), expected);
        }
    }

    private static void checkAll(Gemm gemm, int m, int n, int k) {
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                for (Epilogue epilogue : Epilogue.values()) {
                    check(gemm, ta, tb, epilogue, m, n, k);
                }
            }
        }
    }

    private static void check(Gemm gemm, boolean ta, boolean tb, Epilogue epilogue, int m, int n, int k) {
        Random random = Seeds.random(m * 1_000_003L + n * 1009L + k);
        Matrix a = matrix(random, m, k, ta);
        Matrix b = matrix(random, k, n, tb);
        Matrix c = matrix(random, m, n, false);
        float[] bias = Seeds.floats(random, n + 3);
        float[] expected = c.array().clone();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float p = 0f;
                double reference = 0;
                double magnitude = 0;
                for (int l = 0; l < k; l++) {
                    float x = at(a, i, l);
                    float y = at(b, l, j);
                    p = Math.fma(x, y, p);
                    reference += (double) x * y;
                    magnitude += Math.abs((double) x * y);
                }
                if (Math.abs(p - reference) > magnitude * k * 0x1p-23) {
                    throw new AssertionError(Seeds.replay("chain " + p + " far from " + reference));
                }
                float s = p + bias[3 + j];
                expected[c.index(i, j)] = switch (epilogue) {
                    case OVERWRITE -> p;
                    case ACCUMULATE -> at(c, i, j) + p;
                    case BIAS -> s;
                    case BIAS_RELU -> s < 0f ? 0f : s;
                };
            }
        }
        gemm.multiply(a, b, c, epilogue, new Vector().at(bias, 3, n));
        Bits.assertSame(
                String.format(
                        "%s %s%s %s m=%d n=%d k=%d",
                        gemm.getClass(), ta ? "transposed " : "", tb ? "by transposed" : "", epilogue, m, n, k),
                c.array(),
                expected);
    }

    @ParameterizedTest
    @MethodSource("gemms")
    void gradientsSumAlongTheTreeAndSkipEmptySegments(Gemm gemm) {
        Random random = Seeds.random(77);
        for (int segments : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 31, 64}) {
            for (int longest : new int[] {0, 1, 3, 40, 130}) {
                if (segments * longest <= 2000) {
                    checkGradients(gemm, random, segments, longest, 1 + random.nextInt(40), 1 + random.nextInt(40));
                }
            }
        }
        checkGradients(gemm, random, 8, 300, 65, 37);
        checkGradients(gemm, random, 3, 900, 300, 17);
        checkGradients(gemm, random, 5, 16, 0, 17);
        checkGradients(gemm, random, 5, 16, 17, 0);
    }

    private static void checkGradients(Gemm gemm, Random random, int segments, int longest, int m, int n) {
        int from = random.nextInt(3);
        int[] rowStart = new int[from + segments + 2];
        for (int s = 0; s < rowStart.length - 1; s++) {
            int length = random.nextInt(3) == 0 ? 0 : random.nextInt(longest + 1);
            rowStart[s + 1] = rowStart[s] + length;
        }
        int rows = rowStart[rowStart.length - 1];
        Matrix a = matrix(random, rows, m, false);
        Matrix b = matrix(random, rows, n, false);
        Matrix c = matrix(random, m, n, false);
        float[] sums = Seeds.floats(random, n + 5);
        float[] expected = c.array().clone();
        float[] expectedSums = sums.clone();
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < m; i++) {
                Float value = tree(rowStart, from, from + segments, a, i, b, j);
                expected[c.index(i, j)] = value == null ? 0f : value;
            }
            Float sum = tree(rowStart, from, from + segments, null, 0, b, j);
            expectedSums[2 + j] = sum == null ? 0f : sum;
        }
        Segments shards = new Segments().at(rowStart, from, from + segments);
        gemm.weightGradient(shards, a, b, c);
        gemm.columnSums(shards, b, new Vector().at(sums, 2, n));
        String what = String.format(
                "%s m=%d n=%d segments %d.. of %s", gemm.getClass(), m, n, from, Arrays.toString(rowStart));
        Bits.assertSame(what, c.array(), expected);
        Bits.assertSame(what, sums, expectedSums);
    }

    /** One element by the text of {@link Gemm#weightGradient} (or, without a, of columnSums); null if absent. */
    private static Float tree(int[] rowStart, int from, int to, Matrix a, int i, Matrix b, int j) {
        if (to - from <= 1) {
            if (to == from || rowStart[to] == rowStart[from]) {
                return null;
            }
            float p = 0f;
            for (int row = rowStart[from]; row < rowStart[to]; row++) {
                p = a == null ? p + at(b, row, j) : Math.fma(at(a, row, i), at(b, row, j), p);
            }
            return p;
        }
        int left = Integer.highestOneBit(to - from - 1);
        Float x = tree(rowStart, from, from + left, a, i, b, j);
        Float y = tree(rowStart, from + left, to, a, i, b, j);
        if (x == null || y == null) {
            return x == null ? y : x;
        }
        return x + y;
    }

    /** A matrix inside a larger array, so that a stray read or write changes something. */
    private static Matrix matrix(Random random, int rows, int columns, boolean transposed) {
        int lines = transposed ? columns : rows;
        int width = transposed ? rows : columns;
        int offset = random.nextInt(5);
        int stride = width + random.nextInt(4);
        float[] data = Seeds.floats(random, offset + Math.max(0, lines - 1) * stride + width + random.nextInt(3));
        Matrix matrix = new Matrix();
        return transposed
                ? matrix.transposedAt(data, offset, lines, width, stride)
                : matrix.at(data, offset, lines, width, stride);
    }

    private static float at(Matrix matrix, int row, int column) {
        return matrix.array()[matrix.index(row, column)];
    }
}
