package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;

/**
 * The right operand of a {@link BlockedProduct}: a block of its columns cut into panels, as wide as a tile each, packed
 * or read where they lie.
 */
final class RightPanels {
    private static final int L = Lanes.FLOATS.length();
    private static final int WIDTH = Tiles.WIDTH;
    private static final int NARROW = Tiles.NARROW;

    /** Up to so many rows a straight b is read where it lies: packing it would cost more than it saves. */
    private static final int THIN_ROWS = L == 16 ? 48 : 12;

    /** The same for a small b. */
    private static final int THIN_ROWS_SMALL_B = 128;

    /** The most elements of a small b: the second cache keeps it from one strip to the next. */
    private static final int SMALL_B = 64 * 1024;

    private float[] operand = new float[0];
    private int offset;
    private int ld;
    private boolean chainMajor;
    private boolean inPlace;
    private final Matrix source = new Matrix();
    private float[] packed = new float[0];

    // The block of columns at work.
    private int firstColumn;
    private int columns;

    // The panel at work.
    private float[] values = operand;
    private int at;
    private int chainStep;

    /**
     * Names the operand.
     *
     * @param isChainMajor whether element (l, column) is at {@code offset + l * stride + column} (otherwise
     *     {@code offset + column * stride + l})
     */
    void set(Matrix matrix, boolean isChainMajor) {
        operand = matrix.array();
        offset = matrix.offset();
        ld = matrix.stride();
        chainMajor = isChainMajor;
    }

    /**
     * Begins a product.
     *
     * @param rows of the result
     * @param elements of the operand
     * @param atOnce elements of the largest block
     */
    void begin(int rows, long elements, int atOnce) {
        inPlace = chainMajor && rows <= (elements <= SMALL_B ? THIN_ROWS_SMALL_B : THIN_ROWS);
        packed = Buffers.atLeast(packed, atOnce);
    }

    /** Takes a block of columns to work. */
    void cut(int blockFirst, int blockColumns) {
        firstColumn = blockFirst;
        columns = blockColumns;
    }

    /** Packs a block into panels, one after the other, as far as they are not read where they lie. */
    void pack(int l0, int l1) {
        int k = l1 - l0;
        int done = 0;
        if (chainMajor && !inPlace) {
            done = columns & -WIDTH;
            Packing.panels(source.at(operand, index(0, l0), k, done, ld), packed);
        }
        for (int j = done; j < columns; j += WIDTH) {
            int used = used(j);
            int width = width(j);
            if (!inPlace || used < width) {
                if (chainMajor) {
                    source.at(operand, index(j, l0), k, used, ld);
                } else {
                    source.transposedAt(operand, index(j, l0), used, k, ld);
                }
                Packing.panel(source, width, packed, j * k);
            }
        }
    }

    private int index(int j, int l) {
        return offset + (chainMajor ? l * ld + column(j) : column(j) * ld + l);
    }

    /** Takes the panel at a column of the block to work: where it lies or as {@link #pack} has packed it. */
    void take(int j, int l0, int l1) {
        int width = width(j);
        if (inPlace && used(j) == width) {
            values = operand;
            at = index(j, l0);
            chainStep = ld;
        } else {
            values = packed;
            at = j * (l1 - l0);
            chainStep = width;
        }
    }

    /** Columns of the block. */
    int columns() {
        return columns;
    }

    /** The column of the operand that is column j of the block. */
    int column(int j) {
        return firstColumn + j;
    }

    /** Columns that exist of the panel at a column of the block. */
    int used(int j) {
        return Math.min(WIDTH, columns - j);
    }

    /** Columns of the panel at a column of the block. */
    int width(int j) {
        return used(j) <= NARROW ? NARROW : WIDTH;
    }

    /** What holds the panel at work. */
    float[] values() {
        return values;
    }

    /** Index of the panel's first column at so many elements from where the chain begins. */
    int at(int l) {
        return at + l * chainStep;
    }

    /** Elements from a link of the chain to the next. */
    int chainStep() {
        return chainStep;
    }
}
