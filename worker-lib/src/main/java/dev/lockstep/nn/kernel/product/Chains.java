// Generated from Chains.template, which lies beside this package's tests. Do not edit: change the template, then run
//     java worker-lib/src/test/java/dev/lockstep/nn/kernel/product/TileGenerator.java
package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The chains of all tiles: {@link Tiles} explains those of matrix products, {@link ConvolutionTiles} those of
 * convolutions.
 */
final class Chains {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    private Chains() {}

    /** A tile of 10 rows; see {@link Tiles}. */
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

    /** A tile of 8 rows; see {@link Tiles}. */
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

    /** A tile of 6 rows; see {@link Tiles}. */
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

    /** A tile of 4 rows; see {@link Tiles}. */
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

    /** A tile of 2 rows; see {@link Tiles}. */
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

    /** A tile of 1 row; see {@link Tiles}. */
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

    /** A tile of 8 rows whose a is read where it lies, {@code a[aOffset + r * lda + l]}; see {@link Tiles}. */
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

    /** A tile of 6 rows whose a is read where it lies, {@code a[aOffset + r * lda + l]}; see {@link Tiles}. */
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

    /** A narrow tile of 10 rows; see {@link Tiles}. */
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

    /** A narrow tile of 8 rows; see {@link Tiles}. */
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

    /** A narrow tile of 6 rows; see {@link Tiles}. */
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

    /** A narrow tile of 4 rows; see {@link Tiles}. */
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

    /** A narrow tile of 2 rows; see {@link Tiles}. */
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

    /** A narrow tile of 1 row; see {@link Tiles}. */
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

    /**
     * Runs a tile of the given rows, of {@link ConvolutionTiles#rows}, and width; see {@link ConvolutionTiles}.
     *
     * @param from increasing, but for the last one, which may be repeated; as many from the first on as there are rows
     */
    static void chains(
            int rows,
            int width,
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        // Rows increase until the last one is repeated, so that the last two places tell.
        boolean adjacent =
                from[first + rows - 1] == from[first] + rows - 1 && from[first + rows - 2] == from[first] + rows - 2;
        if (adjacent && rows == 8) {
            adjacent8x2(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (rows == 8) {
            chains8x2(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (adjacent && width == 2 * L) {
            adjacent6x2(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (width == 3 * L) {
            chains4x3(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (width == 2 * L) {
            chains6x2(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else {
            chains6x1(
                    length,
                    places,
                    firstPlace,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        }
    }

    /** Runs a tile of the given rows and width; see {@link ConvolutionTiles}. */
    static void runs(
            int rows,
            int width,
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        if (rows == 8) {
            runs8x2(
                    length,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (width == 3 * L) {
            runs4x3(
                    length,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else if (width == 2 * L) {
            runs6x2(
                    length,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        } else {
            runs6x1(
                    length,
                    a,
                    aOffset,
                    from,
                    first,
                    b,
                    bOffset,
                    bStep,
                    start,
                    startOffset,
                    startStep,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
        }
    }

    /** See {@link ConvolutionTiles}. */
    private static void chains4x3(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        FloatVector p0c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        FloatVector p1c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        FloatVector p2c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        FloatVector p3c = FloatVector.fromArray(F, start, at + 2 * L);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector bc = FloatVector.fromArray(F, b, bt + 2 * L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            p0c = x.fma(bc, p0c);
            x = FloatVector.broadcast(F, a[a1 + place]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            p1c = x.fma(bc, p1c);
            x = FloatVector.broadcast(F, a[a2 + place]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            p2c = x.fma(bc, p2c);
            x = FloatVector.broadcast(F, a[a3 + place]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            p3c = x.fma(bc, p3c);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        FloatVector ec = FloatVector.fromArray(F, addend, addendOffset + 2 * L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        p0c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        p1c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        p2c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        p3c.add(ec).intoArray(c, out + 2 * L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void chains8x2(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int a6 = aOffset + from[first + 6];
        int a7 = aOffset + from[first + 7];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p6a = FloatVector.fromArray(F, start, at);
        FloatVector p6b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p7a = FloatVector.fromArray(F, start, at);
        FloatVector p7b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[a1 + place]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[a2 + place]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[a3 + place]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[a4 + place]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[a5 + place]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            x = FloatVector.broadcast(F, a[a6 + place]);
            p6a = x.fma(ba, p6a);
            p6b = x.fma(bb, p6b);
            x = FloatVector.broadcast(F, a[a7 + place]);
            p7a = x.fma(ba, p7a);
            p7b = x.fma(bb, p7b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
        out += cStep;
        p6a.add(ea).intoArray(c, out);
        p6b.add(eb).intoArray(c, out + L);
        out += cStep;
        p7a.add(ea).intoArray(c, out);
        p7b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void chains6x2(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[a1 + place]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[a2 + place]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[a3 + place]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[a4 + place]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[a5 + place]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void chains6x1(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[a0 + place]);
            p0a = x.fma(ba, p0a);
            x = FloatVector.broadcast(F, a[a1 + place]);
            p1a = x.fma(ba, p1a);
            x = FloatVector.broadcast(F, a[a2 + place]);
            p2a = x.fma(ba, p2a);
            x = FloatVector.broadcast(F, a[a3 + place]);
            p3a = x.fma(ba, p3a);
            x = FloatVector.broadcast(F, a[a4 + place]);
            p4a = x.fma(ba, p4a);
            x = FloatVector.broadcast(F, a[a5 + place]);
            p5a = x.fma(ba, p5a);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
    }

    /** See {@link ConvolutionTiles}. */
    private static void adjacent8x2(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int base = aOffset + from[first];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p6a = FloatVector.fromArray(F, start, at);
        FloatVector p6b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p7a = FloatVector.fromArray(F, start, at);
        FloatVector p7b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = base + places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[place + 1]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[place + 2]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[place + 3]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[place + 4]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[place + 5]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            x = FloatVector.broadcast(F, a[place + 6]);
            p6a = x.fma(ba, p6a);
            p6b = x.fma(bb, p6b);
            x = FloatVector.broadcast(F, a[place + 7]);
            p7a = x.fma(ba, p7a);
            p7b = x.fma(bb, p7b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
        out += cStep;
        p6a.add(ea).intoArray(c, out);
        p6b.add(eb).intoArray(c, out + L);
        out += cStep;
        p7a.add(ea).intoArray(c, out);
        p7b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void adjacent6x2(
            int length,
            int[] places,
            int firstPlace,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int base = aOffset + from[first];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        int endPlace = firstPlace + length;
        for (int l = firstPlace; l < endPlace; l++) {
            int place = base + places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[place + 1]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[place + 2]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[place + 3]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[place + 4]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[place + 5]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void runs4x3(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        FloatVector p0c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        FloatVector p1c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        FloatVector p2c = FloatVector.fromArray(F, start, at + 2 * L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        FloatVector p3c = FloatVector.fromArray(F, start, at + 2 * L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector bc = FloatVector.fromArray(F, b, bt + 2 * L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            p0c = x.fma(bc, p0c);
            x = FloatVector.broadcast(F, a[a1 + l]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            p1c = x.fma(bc, p1c);
            x = FloatVector.broadcast(F, a[a2 + l]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            p2c = x.fma(bc, p2c);
            x = FloatVector.broadcast(F, a[a3 + l]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            p3c = x.fma(bc, p3c);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        FloatVector ec = FloatVector.fromArray(F, addend, addendOffset + 2 * L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        p0c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        p1c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        p2c.add(ec).intoArray(c, out + 2 * L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        p3c.add(ec).intoArray(c, out + 2 * L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void runs8x2(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int a6 = aOffset + from[first + 6];
        int a7 = aOffset + from[first + 7];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p6a = FloatVector.fromArray(F, start, at);
        FloatVector p6b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p7a = FloatVector.fromArray(F, start, at);
        FloatVector p7b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[a1 + l]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[a2 + l]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[a3 + l]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[a4 + l]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[a5 + l]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            x = FloatVector.broadcast(F, a[a6 + l]);
            p6a = x.fma(ba, p6a);
            p6b = x.fma(bb, p6b);
            x = FloatVector.broadcast(F, a[a7 + l]);
            p7a = x.fma(ba, p7a);
            p7b = x.fma(bb, p7b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
        out += cStep;
        p6a.add(ea).intoArray(c, out);
        p6b.add(eb).intoArray(c, out + L);
        out += cStep;
        p7a.add(ea).intoArray(c, out);
        p7b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void runs6x2(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        FloatVector p0b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        FloatVector p1b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        FloatVector p2b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        FloatVector p3b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        FloatVector p4b = FloatVector.fromArray(F, start, at + L);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        FloatVector p5b = FloatVector.fromArray(F, start, at + L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[a1 + l]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[a2 + l]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[a3 + l]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[a4 + l]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[a5 + l]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        FloatVector eb = FloatVector.fromArray(F, addend, addendOffset + L);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        p0b.add(eb).intoArray(c, out + L);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        p1b.add(eb).intoArray(c, out + L);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        p2b.add(eb).intoArray(c, out + L);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        p3b.add(eb).intoArray(c, out + L);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        p4b.add(eb).intoArray(c, out + L);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
        p5b.add(eb).intoArray(c, out + L);
    }

    /** See {@link ConvolutionTiles}. */
    private static void runs6x1(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            int bStep,
            float[] start,
            int startOffset,
            int startStep,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int a0 = aOffset + from[first + 0];
        int a1 = aOffset + from[first + 1];
        int a2 = aOffset + from[first + 2];
        int a3 = aOffset + from[first + 3];
        int a4 = aOffset + from[first + 4];
        int a5 = aOffset + from[first + 5];
        int at = startOffset;
        FloatVector p0a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p1a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p2a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p3a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p4a = FloatVector.fromArray(F, start, at);
        at += startStep;
        FloatVector p5a = FloatVector.fromArray(F, start, at);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[a0 + l]);
            p0a = x.fma(ba, p0a);
            x = FloatVector.broadcast(F, a[a1 + l]);
            p1a = x.fma(ba, p1a);
            x = FloatVector.broadcast(F, a[a2 + l]);
            p2a = x.fma(ba, p2a);
            x = FloatVector.broadcast(F, a[a3 + l]);
            p3a = x.fma(ba, p3a);
            x = FloatVector.broadcast(F, a[a4 + l]);
            p4a = x.fma(ba, p4a);
            x = FloatVector.broadcast(F, a[a5 + l]);
            p5a = x.fma(ba, p5a);
            bt += bStep;
        }
        FloatVector ea = FloatVector.fromArray(F, addend, addendOffset);
        int out = cOffset;
        p0a.add(ea).intoArray(c, out);
        out += cStep;
        p1a.add(ea).intoArray(c, out);
        out += cStep;
        p2a.add(ea).intoArray(c, out);
        out += cStep;
        p3a.add(ea).intoArray(c, out);
        out += cStep;
        p4a.add(ea).intoArray(c, out);
        out += cStep;
        p5a.add(ea).intoArray(c, out);
    }
}
