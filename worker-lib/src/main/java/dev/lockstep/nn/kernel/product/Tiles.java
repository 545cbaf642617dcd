package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of the matrix products: a few rows of c by two vectors, or by one, held in registers while the
 * chain runs.
 *
 * <p>The methods of {@link Chains} whose names begin with {@code rows}, {@code narrow} or {@code straight} and end with
 * the tile's rows do the same:
 *
 * <pre>{@code
 * p[r][j] = start[startOffset + r * width + j]
 * p[r][j] = fma(a[aOffset + l * aStep + r], b[bOffset + l * bStep + j], p[r][j])      for l = 0 .. k-1
 * c[cOffset + r * ldc + j] = p[r][j] + addend[addendOffset + r * addendStep + j]
 * }</pre>
 *
 * <p>a is a packed strip (aStep = rows) or a matrix that is stored that way already (aStep = its row's length); b
 * likewise is a packed panel (bStep = width) or a matrix. Those named {@code straight} read a where it lies,
 * {@code a[aOffset + r * lda + l]}. The steps are variables even where they are constant: C2 would turn a constant six
 * times l into shifts and lose sight of the bounds, a fifth of the speed of AVX2. Rows and columns that a caller does
 * not need are computed all the same. The one addition at the end serves what comes after a chain: a bias (addendStep =
 * 0), earlier values of c, a partial sum of the {@link SegmentTree}; where nothing does, {@link #NOTHING}.
 *
 * <p>Six rows fill the 16 registers of AVX2. AVX-512 has room for twelve, but C1 has not the registers to translate
 * them; ten read the panel of b as rarely as the second cache needs. The smaller ones are for the last rows of a
 * matrix.
 *
 * <p>The shape of that code is what the compilers of JDK 17 need, and why a generator writes it out. C2 keeps the
 * vectors in registers if the accumulators are local variables, spelled out, and no branch ends with a choice between
 * vectors; else each fma allocates, at a fiftieth of the speed. C1 gives up a method with much more in it ("out of
 * virtual registers"), which then never gets a profile and so never reaches C2: one ending for all purposes keeps it
 * small. That ending is written as {@code fma(1, addend, p)}, which is the same number: its result replaces p in p's
 * own register. Results of an addition would be new values that live beside those not yet stored, 16 and more of them,
 * and C2 then keeps one of the accumulators in memory throughout the chain, in every other JVM, at two thirds of the
 * speed.
 */
final class Tiles {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Columns of a tile. */
    static final int WIDTH = 2 * L;

    /** Columns of a narrow tile. */
    static final int NARROW = L;

    /** Rows of the tile that keeps the machine busiest. */
    static final int ROWS = L == 16 ? 10 : 6;

    /** Rows of the tallest tile that reads a where it lies: each row needs an address of its own. */
    static final int STRAIGHT_ROWS = L == 16 ? 8 : 6;

    /** Where chains begin: +0, for all of a tile. */
    static final float[] ZEROS = new float[ROWS * WIDTH];

    /**
     * What changes nothing when it is added: x + -0 is x for every x, of either sign of zero. As long as a row of the
     * widest tile, which is a convolution's.
     */
    static final float[] NOTHING = nothing();

    private Tiles() {}

    private static float[] nothing() {
        float[] row = new float[ConvolutionTiles.MAX_WIDTH];
        Arrays.fill(row, -0f);
        return row;
    }

    /** {@code c = c < 0 ? +0 : c}, element by element of a tile. */
    static void relu(int rows, int width, float[] c, int cOffset, int ldc) {
        for (int r = 0; r < rows; r++) {
            for (int at = cOffset + r * ldc, end = at + width; at < end; at += L) {
                FloatVector x = FloatVector.fromArray(F, c, at);
                x.blend(0f, x.compare(VectorOperators.LT, 0f)).intoArray(c, at);
            }
        }
    }

    /** {@code c = x + y}, element by element of two tiles without gaps that lie one after the other on a stack. */
    static void add(int rows, int width, float[] stack, int x, float[] c, int cOffset, int ldc) {
        int y = x + rows * width;
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < width; j += L) {
                FloatVector right = FloatVector.fromArray(F, stack, y + r * width + j);
                FloatVector.fromArray(F, stack, x + r * width + j).add(right).intoArray(c, cOffset + r * ldc + j);
            }
        }
    }

    /** {@code c = x} for the part of a tile that exists; x is a tile without gaps. */
    static void copy(int rows, int columns, float[] x, int xOffset, float[] c, int cOffset, int ldc) {
        int step = columns <= NARROW ? NARROW : WIDTH;
        int r = 0;
        if (columns >= L) {
            // The last vector of a row overlaps the one before it.
            for (; r < rows; r++) {
                int from = xOffset + r * step;
                int to = cOffset + r * ldc;
                FloatVector.fromArray(F, x, from).intoArray(c, to);
                FloatVector.fromArray(F, x, from + columns - L).intoArray(c, to + columns - L);
            }
        } else if (columns == ldc) {
            // What a vector carries beyond its row is overwritten by the next row.
            int last = cOffset + rows * ldc - L;
            for (; r < rows && cOffset + r * ldc <= last; r++) {
                FloatVector.fromArray(F, x, xOffset + r * step).intoArray(c, cOffset + r * ldc);
            }
        }
        for (; r < rows; r++) {
            System.arraycopy(x, xOffset + r * step, c, cOffset + r * ldc, columns);
        }
    }
}
