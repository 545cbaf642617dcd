package dev.lockstep.nn.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of convolution: four rows by three vectors, six by two, or six by one, and with AVX-512 eight by
 * two. The left operand is read where it lies, one element a row from as many places at a time; the right one is a
 * panel or lies like one.
 *
 * <p>All methods whose names begin with {@code chains} do the same, for R rows of a width of one to three vectors:
 *
 * <pre>{@code
 * p[r][j] = start[startOffset + r * startStep + j]
 * p[r][j] = fma(a[aOffset + from[first + r] + places[firstPlace + l]], b[bOffset + l * bStep + j], p[r][j])      for l = 0 .. length-1
 * c[cOffset + r * cStep + j] = p[r][j] + addend[addendOffset + j]
 * }</pre>
 *
 * <p>Those whose names begin with {@code adjacent} are for rows that follow one another, {@code from[first + r] =
 * from[first] + r}: one test of an index then serves all of them (with three vectors the loads would be hoisted until
 * registers run out). Those whose names begin with {@code runs} go through places that follow one another,
 * {@code places[firstPlace + l] = l}: faster, but only if there are some.
 *
 * <p>Twelve accumulators leave four of the 16 registers of AVX2 for the operands, and hide the latency of the
 * multipliers on it as on AVX-512. Three vectors by four rows read the least for each product, and waste less of a last
 * vector: 20 filters take 24 columns at 256 bits, 50 take 56. AVX-512 multiplies in a cycle twice what AVX2 does but
 * decodes no more: with six rows the 28 instructions that a step has beside its twelve multiplications bound it, with
 * eight rows the multipliers do. With ten there are more addresses than registers, and C2 then keeps some of them in
 * vector registers, from where they take a multiplier's turn.
 *
 * <p>The shape of this code is what C2 of JDK 17 needs to keep the vectors in registers: accumulators that are spelled
 * out, begin in an array and go through a single loop; see {@link Tiles}.
 */
final class ConvolutionTiles {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** The most rows of a tile: positions of an image, or weights. */
    static final int MAX_ROWS = L == 16 ? 8 : 6;

    /** The most columns of a tile. */
    static final int MAX_WIDTH = 3 * L;

    /** The most elements of a tile. */
    static final int SIZE = 2 * MAX_ROWS * L;

    /** Where chains begin: +0. */
    static final float[] ZEROS = new float[MAX_WIDTH];

    /** What changes nothing when it is added: x + -0 is x for every x, of either sign of zero. */
    static final float[] NOTHING = nothing();

    private ConvolutionTiles() {}

    private static float[] nothing() {
        float[] row = new float[MAX_WIDTH];
        Arrays.fill(row, -0f);
        return row;
    }

    /**
     * Columns of the next tile where so many columns are left: a last one of a single vector only if there is no other.
     */
    static int width(int columnsLeft) {
        int vectors = (columnsLeft + L - 1) / L;
        return vectors == 3 || vectors > 4 ? 3 * L : vectors == 1 ? L : 2 * L;
    }

    /**
     * Rows of the next tile.
     *
     * @param width its columns
     * @param rowsLeft how many rows are left
     * @param runs whether the places follow one another in long runs; where they do not, six rows that do are found
     *     more often than eight
     */
    static int rows(int width, int rowsLeft, boolean runs) {
        if (width == MAX_WIDTH) {
            return 4;
        }
        boolean eight = runs && (rowsLeft == 7 || rowsLeft == 8 || rowsLeft > 12);
        return L == 16 && width == 2 * L && eight ? 8 : 6;
    }

    /**
     * Runs a tile of the given rows, of {@link #rows}, and width; see the class comment.
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

    /** Runs a tile of the given width; see the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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

    /** See the class comment. */
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
