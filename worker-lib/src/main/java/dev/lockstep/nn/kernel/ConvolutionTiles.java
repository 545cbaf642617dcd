package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of convolution: six rows by two vectors, or by one for what remains of the columns. The left operand is read where it lies, six elements
 * from six places at a time; the right one is a panel or lies like one.
 *
 * <p>The shape of this code is what C2 of JDK 17 needs to keep the vectors in registers: accumulators that are spelled out, begin in an array and go
 * through a single loop; see {@link Tiles}.
 */
final class ConvolutionTiles {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Rows of a tile: positions of an image, or weights. */
    static final int ROWS = 6;

    /** Columns of a wide tile. */
    static final int WIDE = 2 * L;

    /** Columns of a narrow tile. */
    static final int NARROW = L;

    private ConvolutionTiles() {}

    /**
     * The chains of six positions over the places of their windows:
     *
     * <pre>{@code
     * p[r][j] = fma(a[aOffset + from[first + r] + places[l]], b[bOffset + l * WIDE + j], p[r][j])      for l = 0 .. length-1
     * c[cOffset + to[toFirst + r] + j] = p[r][j]
     * }</pre>
     *
     * @param start [6, WIDE], where the chains begin
     */
    static void wideChains(
            int length,
            int[] places,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            float[] start,
            float[] c,
            int cOffset,
            int[] to,
            int toFirst) {
        int o0 = aOffset + from[first + 0];
        int o1 = aOffset + from[first + 1];
        int o2 = aOffset + from[first + 2];
        int o3 = aOffset + from[first + 3];
        int o4 = aOffset + from[first + 4];
        int o5 = aOffset + from[first + 5];
        FloatVector p0a = FloatVector.fromArray(F, start, 0);
        FloatVector p0b = FloatVector.fromArray(F, start, L);
        FloatVector p1a = FloatVector.fromArray(F, start, 2 * L);
        FloatVector p1b = FloatVector.fromArray(F, start, 3 * L);
        FloatVector p2a = FloatVector.fromArray(F, start, 4 * L);
        FloatVector p2b = FloatVector.fromArray(F, start, 5 * L);
        FloatVector p3a = FloatVector.fromArray(F, start, 6 * L);
        FloatVector p3b = FloatVector.fromArray(F, start, 7 * L);
        FloatVector p4a = FloatVector.fromArray(F, start, 8 * L);
        FloatVector p4b = FloatVector.fromArray(F, start, 9 * L);
        FloatVector p5a = FloatVector.fromArray(F, start, 10 * L);
        FloatVector p5b = FloatVector.fromArray(F, start, 11 * L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[o0 + place]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[o1 + place]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[o2 + place]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[o3 + place]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[o4 + place]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[o5 + place]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            bt += WIDE;
        }
        int out = cOffset + to[toFirst + 0];
        p0a.intoArray(c, out);
        p0b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 1];
        p1a.intoArray(c, out);
        p1b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 2];
        p2a.intoArray(c, out);
        p2b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 3];
        p3a.intoArray(c, out);
        p3b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 4];
        p4a.intoArray(c, out);
        p4b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 5];
        p5a.intoArray(c, out);
        p5b.intoArray(c, out + L);
    }

    /** The same for half as many columns, {@link #NARROW}. */
    static void narrowChains(
            int length,
            int[] places,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            float[] start,
            float[] c,
            int cOffset,
            int[] to,
            int toFirst) {
        int o0 = aOffset + from[first + 0];
        int o1 = aOffset + from[first + 1];
        int o2 = aOffset + from[first + 2];
        int o3 = aOffset + from[first + 3];
        int o4 = aOffset + from[first + 4];
        int o5 = aOffset + from[first + 5];
        FloatVector p0a = FloatVector.fromArray(F, start, 0);
        FloatVector p1a = FloatVector.fromArray(F, start, L);
        FloatVector p2a = FloatVector.fromArray(F, start, 2 * L);
        FloatVector p3a = FloatVector.fromArray(F, start, 3 * L);
        FloatVector p4a = FloatVector.fromArray(F, start, 4 * L);
        FloatVector p5a = FloatVector.fromArray(F, start, 5 * L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            int place = places[l];
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[o0 + place]);
            p0a = x.fma(ba, p0a);
            x = FloatVector.broadcast(F, a[o1 + place]);
            p1a = x.fma(ba, p1a);
            x = FloatVector.broadcast(F, a[o2 + place]);
            p2a = x.fma(ba, p2a);
            x = FloatVector.broadcast(F, a[o3 + place]);
            p3a = x.fma(ba, p3a);
            x = FloatVector.broadcast(F, a[o4 + place]);
            p4a = x.fma(ba, p4a);
            x = FloatVector.broadcast(F, a[o5 + place]);
            p5a = x.fma(ba, p5a);
            bt += NARROW;
        }
        int out = cOffset + to[toFirst + 0];
        p0a.intoArray(c, out);
        out = cOffset + to[toFirst + 1];
        p1a.intoArray(c, out);
        out = cOffset + to[toFirst + 2];
        p2a.intoArray(c, out);
        out = cOffset + to[toFirst + 3];
        p3a.intoArray(c, out);
        out = cOffset + to[toFirst + 4];
        p4a.intoArray(c, out);
        out = cOffset + to[toFirst + 5];
        p5a.intoArray(c, out);
    }

    /** The same over places that follow one another, {@code places[l] = l}: faster, but only if there are some. */
    static void wideRuns(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            float[] start,
            float[] c,
            int cOffset,
            int[] to,
            int toFirst) {
        int o0 = aOffset + from[first + 0];
        int o1 = aOffset + from[first + 1];
        int o2 = aOffset + from[first + 2];
        int o3 = aOffset + from[first + 3];
        int o4 = aOffset + from[first + 4];
        int o5 = aOffset + from[first + 5];
        FloatVector p0a = FloatVector.fromArray(F, start, 0);
        FloatVector p0b = FloatVector.fromArray(F, start, L);
        FloatVector p1a = FloatVector.fromArray(F, start, 2 * L);
        FloatVector p1b = FloatVector.fromArray(F, start, 3 * L);
        FloatVector p2a = FloatVector.fromArray(F, start, 4 * L);
        FloatVector p2b = FloatVector.fromArray(F, start, 5 * L);
        FloatVector p3a = FloatVector.fromArray(F, start, 6 * L);
        FloatVector p3b = FloatVector.fromArray(F, start, 7 * L);
        FloatVector p4a = FloatVector.fromArray(F, start, 8 * L);
        FloatVector p4b = FloatVector.fromArray(F, start, 9 * L);
        FloatVector p5a = FloatVector.fromArray(F, start, 10 * L);
        FloatVector p5b = FloatVector.fromArray(F, start, 11 * L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector bb = FloatVector.fromArray(F, b, bt + L);
            FloatVector x = FloatVector.broadcast(F, a[o0 + l]);
            p0a = x.fma(ba, p0a);
            p0b = x.fma(bb, p0b);
            x = FloatVector.broadcast(F, a[o1 + l]);
            p1a = x.fma(ba, p1a);
            p1b = x.fma(bb, p1b);
            x = FloatVector.broadcast(F, a[o2 + l]);
            p2a = x.fma(ba, p2a);
            p2b = x.fma(bb, p2b);
            x = FloatVector.broadcast(F, a[o3 + l]);
            p3a = x.fma(ba, p3a);
            p3b = x.fma(bb, p3b);
            x = FloatVector.broadcast(F, a[o4 + l]);
            p4a = x.fma(ba, p4a);
            p4b = x.fma(bb, p4b);
            x = FloatVector.broadcast(F, a[o5 + l]);
            p5a = x.fma(ba, p5a);
            p5b = x.fma(bb, p5b);
            bt += WIDE;
        }
        int out = cOffset + to[toFirst + 0];
        p0a.intoArray(c, out);
        p0b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 1];
        p1a.intoArray(c, out);
        p1b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 2];
        p2a.intoArray(c, out);
        p2b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 3];
        p3a.intoArray(c, out);
        p3b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 4];
        p4a.intoArray(c, out);
        p4b.intoArray(c, out + L);
        out = cOffset + to[toFirst + 5];
        p5a.intoArray(c, out);
        p5b.intoArray(c, out + L);
    }

    /** The same for half as many columns, {@link #NARROW}. */
    static void narrowRuns(
            int length,
            float[] a,
            int aOffset,
            int[] from,
            int first,
            float[] b,
            int bOffset,
            float[] start,
            float[] c,
            int cOffset,
            int[] to,
            int toFirst) {
        int o0 = aOffset + from[first + 0];
        int o1 = aOffset + from[first + 1];
        int o2 = aOffset + from[first + 2];
        int o3 = aOffset + from[first + 3];
        int o4 = aOffset + from[first + 4];
        int o5 = aOffset + from[first + 5];
        FloatVector p0a = FloatVector.fromArray(F, start, 0);
        FloatVector p1a = FloatVector.fromArray(F, start, L);
        FloatVector p2a = FloatVector.fromArray(F, start, 2 * L);
        FloatVector p3a = FloatVector.fromArray(F, start, 3 * L);
        FloatVector p4a = FloatVector.fromArray(F, start, 4 * L);
        FloatVector p5a = FloatVector.fromArray(F, start, 5 * L);
        int bt = bOffset;
        for (int l = 0; l < length; l++) {
            FloatVector ba = FloatVector.fromArray(F, b, bt);
            FloatVector x = FloatVector.broadcast(F, a[o0 + l]);
            p0a = x.fma(ba, p0a);
            x = FloatVector.broadcast(F, a[o1 + l]);
            p1a = x.fma(ba, p1a);
            x = FloatVector.broadcast(F, a[o2 + l]);
            p2a = x.fma(ba, p2a);
            x = FloatVector.broadcast(F, a[o3 + l]);
            p3a = x.fma(ba, p3a);
            x = FloatVector.broadcast(F, a[o4 + l]);
            p4a = x.fma(ba, p4a);
            x = FloatVector.broadcast(F, a[o5 + l]);
            p5a = x.fma(ba, p5a);
            bt += NARROW;
        }
        int out = cOffset + to[toFirst + 0];
        p0a.intoArray(c, out);
        out = cOffset + to[toFirst + 1];
        p1a.intoArray(c, out);
        out = cOffset + to[toFirst + 2];
        p2a.intoArray(c, out);
        out = cOffset + to[toFirst + 3];
        p3a.intoArray(c, out);
        out = cOffset + to[toFirst + 4];
        p4a.intoArray(c, out);
        out = cOffset + to[toFirst + 5];
        p5a.intoArray(c, out);
    }

    /**
     * Continues the chains of six weights over positions, for half as many columns as {@link Tiles#rows6}:
     *
     * <pre>{@code
     * c[cOffset + r * NARROW + j] = fma(a[i * ROWS + r], b[bOffset + i * ldb + j], c[cOffset + r * NARROW + j])      for i = 0 .. length-1
     * }</pre>
     */
    static void narrowSums(int length, float[] a, float[] b, int bOffset, int ldb, float[] c, int cOffset) {
        FloatVector p0 = FloatVector.fromArray(F, c, cOffset);
        FloatVector p1 = FloatVector.fromArray(F, c, cOffset + L);
        FloatVector p2 = FloatVector.fromArray(F, c, cOffset + 2 * L);
        FloatVector p3 = FloatVector.fromArray(F, c, cOffset + 3 * L);
        FloatVector p4 = FloatVector.fromArray(F, c, cOffset + 4 * L);
        FloatVector p5 = FloatVector.fromArray(F, c, cOffset + 5 * L);
        int at = 0;
        int bt = bOffset;
        for (int i = 0; i < length; i++) {
            FloatVector y = FloatVector.fromArray(F, b, bt);
            p0 = FloatVector.broadcast(F, a[at]).fma(y, p0);
            p1 = FloatVector.broadcast(F, a[at + 1]).fma(y, p1);
            p2 = FloatVector.broadcast(F, a[at + 2]).fma(y, p2);
            p3 = FloatVector.broadcast(F, a[at + 3]).fma(y, p3);
            p4 = FloatVector.broadcast(F, a[at + 4]).fma(y, p4);
            p5 = FloatVector.broadcast(F, a[at + 5]).fma(y, p5);
            at += ROWS;
            bt += ldb;
        }
        p0.intoArray(c, cOffset);
        p1.intoArray(c, cOffset + L);
        p2.intoArray(c, cOffset + 2 * L);
        p3.intoArray(c, cOffset + 3 * L);
        p4.intoArray(c, cOffset + 4 * L);
        p5.intoArray(c, cOffset + 5 * L);
    }

    /**
     * Packs what six weights see at some positions: {@code panel[(i - first) * ROWS + r] = a[aOffset + from[i] + places[place + r]]} for i =
     * first .. end-1.
     *
     * @param panel overwritten, up to a vector more
     */
    static void pack(int first, int end, int[] places, int place, float[] a, int aOffset, int[] from, float[] panel) {
        int to = 0;
        int base = aOffset + places[place];
        int i = first;
        if (followOneAnother(places, place)) {
            // Whole vectors: what they carry beyond six is overwritten by the next one.
            for (; i < end && base + from[i] + ROWS + L <= a.length; i++) {
                int at = base + from[i];
                FloatVector.fromArray(F, a, at).intoArray(panel, to);
                if (L < ROWS) {
                    FloatVector.fromArray(F, a, at + L).intoArray(panel, to + L);
                }
                to += ROWS;
            }
        }
        for (; i < end; i++) {
            for (int r = 0; r < ROWS; r++) {
                panel[to + r] = a[aOffset + from[i] + places[place + r]];
            }
            to += ROWS;
        }
    }

    private static boolean followOneAnother(int[] places, int first) {
        for (int r = 1; r < ROWS; r++) {
            if (places[first + r] != places[first] + r) {
                return false;
            }
        }
        return true;
    }
}
