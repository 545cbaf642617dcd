package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;

/**
 * The register tiles of convolution: four rows by three vectors, six by two, or six by one, and with AVX-512 eight by
 * two. The left operand is read where it lies, one element a row from as many places at a time; the right one is a
 * panel or lies like one.
 *
 * <p>The methods of {@link Chains} whose names begin with {@code chains} do the same, for R rows of a width of one to
 * three vectors:
 *
 * <pre>{@code
 * p[r][j] = start[startOffset + r * startStep + j]
 * p[r][j] = fma(a[aOffset + from[first + r] + places[firstPlace + l]], b[bOffset + l * bStep + j], p[r][j])
 *                                                                                         for l = 0 .. length-1
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
 * <p>The shape of that code is what C2 of JDK 17 needs to keep the vectors in registers: accumulators that are spelled
 * out, begin in an array and go through a single loop; see {@link Tiles}.
 */
final class ConvolutionTiles {
    private static final int L = Lanes.FLOATS.length();

    /** The most rows of a tile: positions of an image, or weights. */
    static final int MAX_ROWS = L == 16 ? 8 : 6;

    /** The most columns of a tile. */
    static final int MAX_WIDTH = 3 * L;

    /** The most elements of a tile. */
    static final int SIZE = 2 * MAX_ROWS * L;

    private ConvolutionTiles() {}

    /**
     * Columns of the next tile where so many columns are left: a last one of a single vector only if there is no other.
     */
    static int width(int columnsLeft) {
        int vectors = (columnsLeft + L - 1) / L;
        if (vectors == 1) {
            return L;
        }
        return vectors == 3 || vectors > 4 ? 3 * L : 2 * L;
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
}
