package dev.lockstep.nn.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of the matrix products: a few rows of c by two vectors, or by one, held in registers while the
 * chain runs.
 *
 * <p>All methods named for their rows do the same:
 *
 * <pre>{@code
 * p[r][j] = start[startOffset + r * width + j]
 * p[r][j] = fma(a[aOffset + l * aStep + r], b[bOffset + l * bStep + j], p[r][j])      for l = 0 .. k-1
 * c[cOffset + r * ldc + j] = p[r][j] + addend[addendOffset + r * addendStep + j]
 * }</pre>
 *
 * <p>a is a packed strip (aStep = rows) or a matrix that is stored that way already (aStep = its row's length); b
 * likewise is a packed panel (bStep = width) or a matrix. The steps are variables even where they are constant: C2
 * would turn a constant six times l into shifts and lose sight of the bounds, a fifth of the speed of AVX2. Rows and
 * columns that a caller does not need are computed all the same. The one addition at the end serves what comes after a
 * chain: a bias (addendStep = 0), earlier values of c, a partial sum of the {@link SegmentTree}; where nothing does,
 * {@link #NOTHING}.
 *
 * <p>Six rows fill the 16 registers of AVX2. AVX-512 has room for twelve, but C1 has not the registers to translate
 * them; ten read the panel of b as rarely as the second cache needs. The smaller ones are for the last rows of a
 * matrix.
 *
 * <p>The shape of this code is what the compilers of JDK 17 need. C2 keeps the vectors in registers if the accumulators
 * are local variables, spelled out, and no branch ends with a choice between vectors; else each fma allocates, at a
 * fiftieth of the speed. C1 gives up a method with much more in it ("out of virtual registers"), which then never gets
 * a profile and hence never reaches C2: one ending for all purposes keeps it small. That ending is written as
 * {@code fma(1, addend, p)}, which is the same number: its result replaces p in p's own register. Results of an
 * addition would be new values that live beside those not yet stored, 16 and more of them, and C2 then keeps one of the
 * accumulators in memory throughout the chain, in every other JVM, at two thirds of the speed.
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

    /** Where chains begin: +0. */
    static final float[] ZEROS = new float[ROWS * WIDTH];

    /** What changes nothing when it is added: x + -0 is x for every x, of either sign of zero. */
    static final float[] NOTHING = nothing();

    private Tiles() {}

    private static float[] nothing() {
        float[] row = new float[WIDTH];
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

    /** {@code c = stack[x] + stack[y]}, element by element of a tile; x and y are places of tiles without gaps. */
    static void add(int rows, int width, float[] stack, int x, int y, float[] c, int cOffset, int ldc) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < width; j += L) {
                FloatVector right = FloatVector.fromArray(F, stack, y + r * width + j);
                FloatVector.fromArray(F, stack, x + r * width + j).add(right).intoArray(c, cOffset + r * ldc + j);
            }
        }
    }

    /** {@code c = x} for the part of a tile that exists, whose rows are {@code step} apart. */
    static void copy(int rows, int columns, float[] x, int xOffset, int step, float[] c, int cOffset, int ldc) {
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

    /** A tile of 10 rows; see the class comment. */
    static void rows10(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c4b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c5b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        FloatVector c6a = FloatVector.fromArray(F, start, startOffset + 12 * L);
        FloatVector c6b = FloatVector.fromArray(F, start, startOffset + 13 * L);
        FloatVector c7a = FloatVector.fromArray(F, start, startOffset + 14 * L);
        FloatVector c7b = FloatVector.fromArray(F, start, startOffset + 15 * L);
        FloatVector c8a = FloatVector.fromArray(F, start, startOffset + 16 * L);
        FloatVector c8b = FloatVector.fromArray(F, start, startOffset + 17 * L);
        FloatVector c9a = FloatVector.fromArray(F, start, startOffset + 18 * L);
        FloatVector c9b = FloatVector.fromArray(F, start, startOffset + 19 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            c4b = x.fma(bb, c4b);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            c5b = x.fma(bb, c5b);
            x = FloatVector.broadcast(F, a[at + 6]);
            c6a = x.fma(ba, c6a);
            c6b = x.fma(bb, c6b);
            x = FloatVector.broadcast(F, a[at + 7]);
            c7a = x.fma(ba, c7a);
            c7b = x.fma(bb, c7b);
            x = FloatVector.broadcast(F, a[at + 8]);
            c8a = x.fma(ba, c8a);
            c8b = x.fma(bb, c8b);
            x = FloatVector.broadcast(F, a[at + 9]);
            c9a = x.fma(ba, c9a);
            c9b = x.fma(bb, c9b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c4b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c5b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c6a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c6b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c7a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c7b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c8a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c8b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c9a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c9b).intoArray(c, out + L);
    }

    /** A tile of 8 rows; see the class comment. */
    static void rows8(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c4b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c5b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        FloatVector c6a = FloatVector.fromArray(F, start, startOffset + 12 * L);
        FloatVector c6b = FloatVector.fromArray(F, start, startOffset + 13 * L);
        FloatVector c7a = FloatVector.fromArray(F, start, startOffset + 14 * L);
        FloatVector c7b = FloatVector.fromArray(F, start, startOffset + 15 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            c4b = x.fma(bb, c4b);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            c5b = x.fma(bb, c5b);
            x = FloatVector.broadcast(F, a[at + 6]);
            c6a = x.fma(ba, c6a);
            c6b = x.fma(bb, c6b);
            x = FloatVector.broadcast(F, a[at + 7]);
            c7a = x.fma(ba, c7a);
            c7b = x.fma(bb, c7b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c4b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c5b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c6a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c6b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c7a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c7b).intoArray(c, out + L);
    }

    /** A tile of 6 rows; see the class comment. */
    static void rows6(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c4b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c5b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            c4b = x.fma(bb, c4b);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            c5b = x.fma(bb, c5b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c4b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c5b).intoArray(c, out + L);
    }

    /**
     * A tile of 8 rows whose a is read where it lies, {@code a[aOffset + r * lda + l]}; otherwise see the class
     * comment.
     */
    static void straight8(
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c4b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c5b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        FloatVector c6a = FloatVector.fromArray(F, start, startOffset + 12 * L);
        FloatVector c6b = FloatVector.fromArray(F, start, startOffset + 13 * L);
        FloatVector c7a = FloatVector.fromArray(F, start, startOffset + 14 * L);
        FloatVector c7b = FloatVector.fromArray(F, start, startOffset + 15 * L);
        int a0 = aOffset;
        int a1 = a0 + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int a6 = a5 + lda;
        int a7 = a6 + lda;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[a1 + l]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[a2 + l]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[a3 + l]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            x = FloatVector.broadcast(F, a[a4 + l]);
            c4a = x.fma(ba, c4a);
            c4b = x.fma(bb, c4b);
            x = FloatVector.broadcast(F, a[a5 + l]);
            c5a = x.fma(ba, c5a);
            c5b = x.fma(bb, c5b);
            x = FloatVector.broadcast(F, a[a6 + l]);
            c6a = x.fma(ba, c6a);
            c6b = x.fma(bb, c6b);
            x = FloatVector.broadcast(F, a[a7 + l]);
            c7a = x.fma(ba, c7a);
            c7b = x.fma(bb, c7b);
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c4b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c5b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c6a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c6b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c7a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c7b).intoArray(c, out + L);
    }

    /**
     * A tile of 6 rows whose a is read where it lies, {@code a[aOffset + r * lda + l]}; otherwise see the class
     * comment.
     */
    static void straight6(
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c4b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c5b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        int a0 = aOffset;
        int a1 = a0 + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[a1 + l]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[a2 + l]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[a3 + l]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            x = FloatVector.broadcast(F, a[a4 + l]);
            c4a = x.fma(ba, c4a);
            c4b = x.fma(bb, c4b);
            x = FloatVector.broadcast(F, a[a5 + l]);
            c5a = x.fma(ba, c5a);
            c5b = x.fma(bb, c5b);
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c4b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c5b).intoArray(c, out + L);
    }

    /** A tile of 4 rows; see the class comment. */
    static void rows4(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c2b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c3b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            c2b = x.fma(bb, c2b);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            c3b = x.fma(bb, c3b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c2b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c3b).intoArray(c, out + L);
    }

    /** A tile of 2 rows; see the class comment. */
    static void rows2(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c1b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            c1b = x.fma(bb, c1b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c1b).intoArray(c, out + L);
    }

    /** A tile of 1 row; see the class comment. */
    static void rows1(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            c0b = x.fma(bb, c0b);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        one.fma(FloatVector.fromArray(F, addend, by + L), c0b).intoArray(c, out + L);
    }

    /** A narrow tile of 10 rows; see the class comment. */
    static void narrow10(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c6a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c7a = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c8a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c9a = FloatVector.fromArray(F, start, startOffset + 9 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            x = FloatVector.broadcast(F, a[at + 6]);
            c6a = x.fma(ba, c6a);
            x = FloatVector.broadcast(F, a[at + 7]);
            c7a = x.fma(ba, c7a);
            x = FloatVector.broadcast(F, a[at + 8]);
            c8a = x.fma(ba, c8a);
            x = FloatVector.broadcast(F, a[at + 9]);
            c9a = x.fma(ba, c9a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c6a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c7a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c8a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c9a).intoArray(c, out);
    }

    /** A narrow tile of 8 rows; see the class comment. */
    static void narrow8(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c6a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c7a = FloatVector.fromArray(F, start, startOffset + 7 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            x = FloatVector.broadcast(F, a[at + 6]);
            c6a = x.fma(ba, c6a);
            x = FloatVector.broadcast(F, a[at + 7]);
            c7a = x.fma(ba, c7a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c6a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c7a).intoArray(c, out);
    }

    /** A narrow tile of 6 rows; see the class comment. */
    static void narrow6(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c4a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c5a = FloatVector.fromArray(F, start, startOffset + 5 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            x = FloatVector.broadcast(F, a[at + 4]);
            c4a = x.fma(ba, c4a);
            x = FloatVector.broadcast(F, a[at + 5]);
            c5a = x.fma(ba, c5a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c4a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c5a).intoArray(c, out);
    }

    /** A narrow tile of 4 rows; see the class comment. */
    static void narrow4(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + L);
        FloatVector c2a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c3a = FloatVector.fromArray(F, start, startOffset + 3 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            x = FloatVector.broadcast(F, a[at + 2]);
            c2a = x.fma(ba, c2a);
            x = FloatVector.broadcast(F, a[at + 3]);
            c3a = x.fma(ba, c3a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c2a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c3a).intoArray(c, out);
    }

    /** A narrow tile of 2 rows; see the class comment. */
    static void narrow2(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c1a = FloatVector.fromArray(F, start, startOffset + L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            x = FloatVector.broadcast(F, a[at + 1]);
            c1a = x.fma(ba, c1a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
        out += ldc;
        by += addendStep;
        one.fma(FloatVector.fromArray(F, addend, by), c1a).intoArray(c, out);
    }

    /** A narrow tile of 1 row; see the class comment. */
    static void narrow1(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] addend,
            int addendOffset,
            int addendStep,
            float[] c,
            int cOffset,
            int ldc) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c0a = x.fma(ba, c0a);
            at += aStep;
            bt += bStep;
        }
        FloatVector one = FloatVector.broadcast(F, 1f);
        int out = cOffset;
        int by = addendOffset;
        one.fma(FloatVector.fromArray(F, addend, by), c0a).intoArray(c, out);
    }
}
