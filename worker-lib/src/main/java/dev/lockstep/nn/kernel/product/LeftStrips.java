package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;

/**
 * The left operand of a {@link BlockedProduct}: a block of its rows cut into strips, as high as a tile each, of which
 * one at a time is read where it lies or packed.
 */
final class LeftStrips {
    private static final int L = Lanes.FLOATS.length();

    /**
     * Up to so many columns of c a straight a is read where it lies: packing it would cost more than it saves. With few
     * registers a straight tile loses a third to the arithmetic of its addresses.
     */
    private static final int THIN_COLUMNS = L == 16 ? 256 : 32;

    private float[] operand = new float[0];
    private int offset;
    private int ld;
    private boolean chainMajor;
    private boolean straight;
    private final Matrix source = new Matrix();
    private float[] packed = new float[0];

    // The block of rows at work, cut into strips.
    private int firstRow;
    private int rows;
    private int tiles;
    private int[] tileFirst = new int[1];
    private int[] tileRows = new int[1];

    // The strip at work.
    private float[] values = operand;
    private int at;
    private int rowStep;
    private int chainStep;

    /**
     * Names the operand.
     *
     * @param isChainMajor whether element (row, l) is at {@code offset + l * stride + row} (otherwise {@code offset +
     *     row * stride + l})
     */
    void set(Matrix matrix, boolean isChainMajor) {
        operand = matrix.array();
        offset = matrix.offset();
        ld = matrix.stride();
        chainMajor = isChainMajor;
    }

    /** Begins a product of so many columns whose chains come in blocks. */
    void begin(int columns, int chainBlock) {
        straight = !chainMajor && isStraight(columns);
        packed = Buffers.atLeast(packed, Tiles.ROWS * chainBlock);
    }

    /** Whether strips of a straight a are read where they lie beside so many columns. */
    static boolean isStraight(int columns) {
        return columns <= THIN_COLUMNS && (columns - 1) % Tiles.WIDTH + 1 > Tiles.NARROW;
    }

    /** Rows of the tallest tile. */
    int tallest() {
        return straight ? Tiles.STRAIGHT_ROWS : Tiles.ROWS;
    }

    /**
     * Cuts a block of rows into tiles. The last ones are chosen so that no tile has too few accumulators to keep the
     * multipliers busy, at the price of a row of padding at most.
     */
    void cut(int blockFirst, int blockRows) {
        firstRow = blockFirst;
        rows = blockRows;
        int atMost = 1 + (rows + 1) / 2;
        if (tileRows.length < atMost) {
            tileFirst = new int[atMost];
            tileRows = new int[atMost];
        }
        int tallest = tallest();
        tiles = 0;
        for (int row = 0; row < rows; row += tileRows[tiles++]) {
            tileFirst[tiles] = row;
            tileRows[tiles] = nextTile(rows - row, tallest);
        }
    }

    private static int nextTile(int rows, int tallest) {
        if (tallest == 10 && (rows >= 15 || rows == 9 || rows == 10)) {
            return 10;
        }
        if (tallest == 10 && (rows == 13 || rows == 14 || rows == 7 || rows == 8)) {
            return 8;
        }
        if (tallest == 8 && rows >= 7 && rows != 9 && rows != 10) {
            return 8;
        }
        if (rows >= 5 && rows != 7 && rows != 8) {
            return 6;
        }
        return rows >= 3 ? 4 : rows;
    }

    /** Tiles of the block of rows. */
    int tiles() {
        return tiles;
    }

    /** First row of a tile. */
    int row(int tile) {
        return firstRow + tileFirst[tile];
    }

    /** Rows of a tile. */
    int height(int tile) {
        return tileRows[tile];
    }

    /** Rows of a tile that exist. */
    int used(int tile) {
        return Math.min(tileRows[tile], rows - tileFirst[tile]);
    }

    /**
     * Takes a strip to work: where it lies, if its elements are side by side, otherwise packed. What a tile then reads
     * beyond the strip's used rows belongs to others: it must lie within the array, and what comes of it is not kept.
     */
    void take(int tile, int l0, int l1) {
        int height = height(tile);
        int used = used(tile);
        int from = offset + (chainMajor ? l0 * ld + row(tile) : row(tile) * ld + l0);
        if (chainMajor && from + (l1 - l0 - 1) * ld + height <= operand.length) {
            set(operand, from, 1, ld);
        } else if (straight && height == Tiles.STRAIGHT_ROWS && used == height) {
            set(operand, from, ld, 1);
        } else {
            if (chainMajor) {
                source.at(operand, from, l1 - l0, used, ld);
            } else {
                source.transposedAt(operand, from, used, l1 - l0, ld);
            }
            Packing.panel(source, height, packed, 0);
            set(packed, 0, 1, height);
        }
    }

    private void set(float[] array, int from, int betweenRows, int alongChain) {
        values = array;
        at = from;
        rowStep = betweenRows;
        chainStep = alongChain;
    }

    /** What holds the strip at work. */
    float[] values() {
        return values;
    }

    /** Index of the strip's first row at so many elements from where the chain begins. */
    int at(int l) {
        return at + l * chainStep;
    }

    /** Elements from a row of the strip to the next. */
    int rowStep() {
        return rowStep;
    }

    /** Elements from a link of the chain to the next. */
    int chainStep() {
        return chainStep;
    }
}
