package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of the matrix products: a few rows of c by two vectors, held in registers while the chain runs.
 *
 * <p>All methods do the same for their number of rows:
 *
 * <pre>{@code
 * p[r][j]  = start[startOffset + r * WIDTH + j]
 * p[r][j]  = fma(a[aOffset + l * aStep + r], b[bOffset + l * bStep + j], p[r][j])      for l = 0 .. k-1
 * c[cOffset + r * ldc + j] = epilogue(p[r][j])                 without the choice of BIAS_RELU: see relu
 * }</pre>
 *
 * <p>a and b are packed panels (aStep = rows, bStep = WIDTH) or operands that are stored that way already.
 * Twelve rows fill the 32 registers of AVX-512, six the 16 of AVX2; the smaller ones are for the last rows of a matrix.
 *
 * <p>The shape of this code is what C2 of JDK 17 needs to keep the vectors in registers: the accumulators are local variables, spelled out, and no
 * branch ends with a choice between vectors (hence a start that is always read, and stores inside the cases of the epilogue);
 * else each fma allocates, at a fiftieth of the speed.
 */
final class Tiles {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Columns of a tile. */
    static final int WIDTH = 2 * L;

    /** Rows of the tile that keeps the machine busiest. */
    static final int ROWS = L == 16 ? 12 : 6;

    private Tiles() {}

    /** {@code c = c < 0 ? +0 : c} for a tile that {@link Epilogue#BIAS_RELU} has left with its bias only. */
    static void relu(int rows, float[] c, int cOffset, int ldc) {
        int at = cOffset;
        for (int r = 0; r < rows; r++) {
            FloatVector ca = FloatVector.fromArray(F, c, at);
            FloatVector cb = FloatVector.fromArray(F, c, at + L);
            ca.blend(0f, ca.compare(VectorOperators.LT, 0f)).intoArray(c, at);
            cb.blend(0f, cb.compare(VectorOperators.LT, 0f)).intoArray(c, at + L);
            at += ldc;
        }
    }

    /** A tile of 12 rows; see the class comment. */
    static void rows12(
            int k,
            float[] a,
            int aOffset,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        FloatVector c00a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c00b = FloatVector.fromArray(F, start, startOffset + 1 * L);
        FloatVector c01a = FloatVector.fromArray(F, start, startOffset + 2 * L);
        FloatVector c01b = FloatVector.fromArray(F, start, startOffset + 3 * L);
        FloatVector c02a = FloatVector.fromArray(F, start, startOffset + 4 * L);
        FloatVector c02b = FloatVector.fromArray(F, start, startOffset + 5 * L);
        FloatVector c03a = FloatVector.fromArray(F, start, startOffset + 6 * L);
        FloatVector c03b = FloatVector.fromArray(F, start, startOffset + 7 * L);
        FloatVector c04a = FloatVector.fromArray(F, start, startOffset + 8 * L);
        FloatVector c04b = FloatVector.fromArray(F, start, startOffset + 9 * L);
        FloatVector c05a = FloatVector.fromArray(F, start, startOffset + 10 * L);
        FloatVector c05b = FloatVector.fromArray(F, start, startOffset + 11 * L);
        FloatVector c06a = FloatVector.fromArray(F, start, startOffset + 12 * L);
        FloatVector c06b = FloatVector.fromArray(F, start, startOffset + 13 * L);
        FloatVector c07a = FloatVector.fromArray(F, start, startOffset + 14 * L);
        FloatVector c07b = FloatVector.fromArray(F, start, startOffset + 15 * L);
        FloatVector c08a = FloatVector.fromArray(F, start, startOffset + 16 * L);
        FloatVector c08b = FloatVector.fromArray(F, start, startOffset + 17 * L);
        FloatVector c09a = FloatVector.fromArray(F, start, startOffset + 18 * L);
        FloatVector c09b = FloatVector.fromArray(F, start, startOffset + 19 * L);
        FloatVector c10a = FloatVector.fromArray(F, start, startOffset + 20 * L);
        FloatVector c10b = FloatVector.fromArray(F, start, startOffset + 21 * L);
        FloatVector c11a = FloatVector.fromArray(F, start, startOffset + 22 * L);
        FloatVector c11b = FloatVector.fromArray(F, start, startOffset + 23 * L);
        int at = aOffset;
        int bt = bOffset;
        for (int l = 0; l < k; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[at]);
            c00a = x.fma(ba, c00a);
            c00b = x.fma(bb, c00b);
            x = FloatVector.broadcast(F, a[at + 1]);
            c01a = x.fma(ba, c01a);
            c01b = x.fma(bb, c01b);
            x = FloatVector.broadcast(F, a[at + 2]);
            c02a = x.fma(ba, c02a);
            c02b = x.fma(bb, c02b);
            x = FloatVector.broadcast(F, a[at + 3]);
            c03a = x.fma(ba, c03a);
            c03b = x.fma(bb, c03b);
            x = FloatVector.broadcast(F, a[at + 4]);
            c04a = x.fma(ba, c04a);
            c04b = x.fma(bb, c04b);
            x = FloatVector.broadcast(F, a[at + 5]);
            c05a = x.fma(ba, c05a);
            c05b = x.fma(bb, c05b);
            x = FloatVector.broadcast(F, a[at + 6]);
            c06a = x.fma(ba, c06a);
            c06b = x.fma(bb, c06b);
            x = FloatVector.broadcast(F, a[at + 7]);
            c07a = x.fma(ba, c07a);
            c07b = x.fma(bb, c07b);
            x = FloatVector.broadcast(F, a[at + 8]);
            c08a = x.fma(ba, c08a);
            c08b = x.fma(bb, c08b);
            x = FloatVector.broadcast(F, a[at + 9]);
            c09a = x.fma(ba, c09a);
            c09b = x.fma(bb, c09b);
            x = FloatVector.broadcast(F, a[at + 10]);
            c10a = x.fma(ba, c10a);
            c10b = x.fma(bb, c10b);
            x = FloatVector.broadcast(F, a[at + 11]);
            c11a = x.fma(ba, c11a);
            c11b = x.fma(bb, c11b);
            at += aStep;
            bt += bStep;
        }
        int out = cOffset;
        switch (epilogue) {
            case OVERWRITE -> {
                c00a.intoArray(c, out);
                c00b.intoArray(c, out + L);
                out += ldc;
                c01a.intoArray(c, out);
                c01b.intoArray(c, out + L);
                out += ldc;
                c02a.intoArray(c, out);
                c02b.intoArray(c, out + L);
                out += ldc;
                c03a.intoArray(c, out);
                c03b.intoArray(c, out + L);
                out += ldc;
                c04a.intoArray(c, out);
                c04b.intoArray(c, out + L);
                out += ldc;
                c05a.intoArray(c, out);
                c05b.intoArray(c, out + L);
                out += ldc;
                c06a.intoArray(c, out);
                c06b.intoArray(c, out + L);
                out += ldc;
                c07a.intoArray(c, out);
                c07b.intoArray(c, out + L);
                out += ldc;
                c08a.intoArray(c, out);
                c08b.intoArray(c, out + L);
                out += ldc;
                c09a.intoArray(c, out);
                c09b.intoArray(c, out + L);
                out += ldc;
                c10a.intoArray(c, out);
                c10b.intoArray(c, out + L);
                out += ldc;
                c11a.intoArray(c, out);
                c11b.intoArray(c, out + L);
            }
            case ACCUMULATE -> {
                FloatVector.fromArray(F, c, out).add(c00a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c00b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c01a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c01b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c02a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c02b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c03a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c03b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c04a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c04b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c05a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c05b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c06a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c06b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c07a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c07b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c08a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c08b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c09a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c09b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c10a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c10b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c11a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c11b).intoArray(c, out + L);
            }
            case BIAS, BIAS_RELU -> {
                FloatVector ya = FloatVector.fromArray(F, bias, biasOffset);
                FloatVector yb = FloatVector.fromArray(F, bias, biasOffset + L);
                c00a.add(ya).intoArray(c, out);
                c00b.add(yb).intoArray(c, out + L);
                out += ldc;
                c01a.add(ya).intoArray(c, out);
                c01b.add(yb).intoArray(c, out + L);
                out += ldc;
                c02a.add(ya).intoArray(c, out);
                c02b.add(yb).intoArray(c, out + L);
                out += ldc;
                c03a.add(ya).intoArray(c, out);
                c03b.add(yb).intoArray(c, out + L);
                out += ldc;
                c04a.add(ya).intoArray(c, out);
                c04b.add(yb).intoArray(c, out + L);
                out += ldc;
                c05a.add(ya).intoArray(c, out);
                c05b.add(yb).intoArray(c, out + L);
                out += ldc;
                c06a.add(ya).intoArray(c, out);
                c06b.add(yb).intoArray(c, out + L);
                out += ldc;
                c07a.add(ya).intoArray(c, out);
                c07b.add(yb).intoArray(c, out + L);
                out += ldc;
                c08a.add(ya).intoArray(c, out);
                c08b.add(yb).intoArray(c, out + L);
                out += ldc;
                c09a.add(ya).intoArray(c, out);
                c09b.add(yb).intoArray(c, out + L);
                out += ldc;
                c10a.add(ya).intoArray(c, out);
                c10b.add(yb).intoArray(c, out + L);
                out += ldc;
                c11a.add(ya).intoArray(c, out);
                c11b.add(yb).intoArray(c, out + L);
            }
        }
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
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + 1 * L);
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
        int out = cOffset;
        switch (epilogue) {
            case OVERWRITE -> {
                c0a.intoArray(c, out);
                c0b.intoArray(c, out + L);
                out += ldc;
                c1a.intoArray(c, out);
                c1b.intoArray(c, out + L);
                out += ldc;
                c2a.intoArray(c, out);
                c2b.intoArray(c, out + L);
                out += ldc;
                c3a.intoArray(c, out);
                c3b.intoArray(c, out + L);
                out += ldc;
                c4a.intoArray(c, out);
                c4b.intoArray(c, out + L);
                out += ldc;
                c5a.intoArray(c, out);
                c5b.intoArray(c, out + L);
            }
            case ACCUMULATE -> {
                FloatVector.fromArray(F, c, out).add(c0a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c0b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c1a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c1b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c2a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c2b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c3a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c3b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c4a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c4b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c5a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c5b).intoArray(c, out + L);
            }
            case BIAS, BIAS_RELU -> {
                FloatVector ya = FloatVector.fromArray(F, bias, biasOffset);
                FloatVector yb = FloatVector.fromArray(F, bias, biasOffset + L);
                c0a.add(ya).intoArray(c, out);
                c0b.add(yb).intoArray(c, out + L);
                out += ldc;
                c1a.add(ya).intoArray(c, out);
                c1b.add(yb).intoArray(c, out + L);
                out += ldc;
                c2a.add(ya).intoArray(c, out);
                c2b.add(yb).intoArray(c, out + L);
                out += ldc;
                c3a.add(ya).intoArray(c, out);
                c3b.add(yb).intoArray(c, out + L);
                out += ldc;
                c4a.add(ya).intoArray(c, out);
                c4b.add(yb).intoArray(c, out + L);
                out += ldc;
                c5a.add(ya).intoArray(c, out);
                c5b.add(yb).intoArray(c, out + L);
            }
        }
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
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + 1 * L);
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
        int out = cOffset;
        switch (epilogue) {
            case OVERWRITE -> {
                c0a.intoArray(c, out);
                c0b.intoArray(c, out + L);
                out += ldc;
                c1a.intoArray(c, out);
                c1b.intoArray(c, out + L);
                out += ldc;
                c2a.intoArray(c, out);
                c2b.intoArray(c, out + L);
                out += ldc;
                c3a.intoArray(c, out);
                c3b.intoArray(c, out + L);
            }
            case ACCUMULATE -> {
                FloatVector.fromArray(F, c, out).add(c0a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c0b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c1a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c1b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c2a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c2b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c3a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c3b).intoArray(c, out + L);
            }
            case BIAS, BIAS_RELU -> {
                FloatVector ya = FloatVector.fromArray(F, bias, biasOffset);
                FloatVector yb = FloatVector.fromArray(F, bias, biasOffset + L);
                c0a.add(ya).intoArray(c, out);
                c0b.add(yb).intoArray(c, out + L);
                out += ldc;
                c1a.add(ya).intoArray(c, out);
                c1b.add(yb).intoArray(c, out + L);
                out += ldc;
                c2a.add(ya).intoArray(c, out);
                c2b.add(yb).intoArray(c, out + L);
                out += ldc;
                c3a.add(ya).intoArray(c, out);
                c3b.add(yb).intoArray(c, out + L);
            }
        }
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
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + 1 * L);
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
        int out = cOffset;
        switch (epilogue) {
            case OVERWRITE -> {
                c0a.intoArray(c, out);
                c0b.intoArray(c, out + L);
                out += ldc;
                c1a.intoArray(c, out);
                c1b.intoArray(c, out + L);
            }
            case ACCUMULATE -> {
                FloatVector.fromArray(F, c, out).add(c0a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c0b).intoArray(c, out + L);
                out += ldc;
                FloatVector.fromArray(F, c, out).add(c1a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c1b).intoArray(c, out + L);
            }
            case BIAS, BIAS_RELU -> {
                FloatVector ya = FloatVector.fromArray(F, bias, biasOffset);
                FloatVector yb = FloatVector.fromArray(F, bias, biasOffset + L);
                c0a.add(ya).intoArray(c, out);
                c0b.add(yb).intoArray(c, out + L);
                out += ldc;
                c1a.add(ya).intoArray(c, out);
                c1b.add(yb).intoArray(c, out + L);
            }
        }
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
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        FloatVector c0a = FloatVector.fromArray(F, start, startOffset);
        FloatVector c0b = FloatVector.fromArray(F, start, startOffset + 1 * L);
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
        int out = cOffset;
        switch (epilogue) {
            case OVERWRITE -> {
                c0a.intoArray(c, out);
                c0b.intoArray(c, out + L);
            }
            case ACCUMULATE -> {
                FloatVector.fromArray(F, c, out).add(c0a).intoArray(c, out);
                FloatVector.fromArray(F, c, out + L).add(c0b).intoArray(c, out + L);
            }
            case BIAS, BIAS_RELU -> {
                FloatVector ya = FloatVector.fromArray(F, bias, biasOffset);
                FloatVector yb = FloatVector.fromArray(F, bias, biasOffset + L);
                c0a.add(ya).intoArray(c, out);
                c0b.add(yb).intoArray(c, out + L);
            }
        }
    }
}
