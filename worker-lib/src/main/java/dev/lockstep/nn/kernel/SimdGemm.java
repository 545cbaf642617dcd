package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Gemm} on packed panels and register tiles, blocked much as by Goto and van de Geijn (2008): a block of b is
 * packed into panels, a strip of rows of a stays in the first-level cache while {@link Tiles} runs its chains along all
 * panels, which come from the second one. Results are then written along the rows of c, which the machine fetches
 * ahead. A strip lies where it is if its elements are side by side, and is packed just before its tiles otherwise.
 *
 * <pre>
 *               l0 ..  l1                      panels of WIDTH columns
 *                                            +-----+-----+-----+
 *                                         l0 |     |     |     |
 *                                         .. |     |     |     |   a block of b: packColumns
 *                                         l1 |     |     |     |
 *                                            +-----+-----+-----+
 *              +-----------+                 +-----+-----+-----+
 * takeStrip    |   strip   | ROWS            |tile |tile |tile |   a block of c: runTile, tile after tile
 *              +-----------+                 +-----+-----+-----+
 *              |           |                 |     |     |     |
 * </pre>
 *
 * <p>A product and a weight gradient are the same computation: the chain runs over the leaves of a {@link SegmentTree},
 * one for a product. What a tile has computed when a block of the chain ends stays on a stack of tiles, which is a few
 * kilobytes in the first-level cache if there is only one block, and one stack for each tile otherwise.
 */
final class SimdGemm implements Gemm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();
    private static final int WIDTH = Tiles.WIDTH;
    private static final int NARROW = Tiles.NARROW;
    private static final int ROWS = Tiles.ROWS;

    /**
     * Greatest length of a block of the chain: a strip then fills the first cache. Each further block brings all
     * partial results to memory and back.
     */
    static final int CHAIN_BLOCK = L == 16 ? 800 : 512;

    /**
     * Columns of b that are packed at a time: in rows long enough to be fetched ahead, and so few that the second cache
     * holds most of them.
     */
    static final int COLUMN_BLOCK = 512;

    /** Rows of c whose partial results wait for the next block of the chain, where there is one. */
    static final int ROW_BLOCK = 480;

    /**
     * Up to so many columns of c a straight a is read where it lies: packing it would cost more than it saves. With few
     * registers a straight tile loses a third to the arithmetic of its addresses.
     */
    static final int THIN_COLUMNS = L == 16 ? 256 : 32;

    /** Chains from this length on begin with {@link #claim}. */
    private static final int CLAIM_CHAIN = 16;

    /** Up to so many rows a straight b is read where it lies: packing it would cost more than it saves. */
    static final int THIN_ROWS = L == 16 ? 48 : 12;

    /** The same for a small b. */
    static final int THIN_ROWS_SMALL_B = 128;

    /** The most elements of a small b: the second cache keeps it from one strip to the next. */
    static final int SMALL_B = 64 * 1024;

    /** Up to so many rows of c a transposed b is multiplied by {@link #flipped}, if that moves fewer elements. */
    static final int FLIPPED_ROWS = 64;

    private final SegmentTree tree = new SegmentTree();
    private float[] strip = new float[0];
    private float[] packedB = new float[0];
    private float[] stack = new float[0];
    private float[] sideways = new float[0];
    private final Matrix flippedC = new Matrix();
    private final float[] edgeBias = new float[WIDTH];

    // The product at work.
    private final Operand lhs = new Operand();
    private final Operand rhs = new Operand();
    private final Result result = new Result();
    private int chainFirst;
    private int chainEnd;
    private int chainBlocks;
    private boolean straight;
    private boolean bInPlace;

    // The block of rows at work, cut into tiles, and of columns.
    private int rowFirst;
    private int rows;
    private int tiles;
    private int[] tileFirst = new int[1];
    private int[] tileRows = new int[1];
    private int columnFirst;
    private int columns;

    // What the tile at work reads.
    private final Source stripSource = new Source();
    private final Source panelSource = new Source();

    /** An operand: for the left one r is a row, for the right one a column. */
    private static final class Operand {
        private float[] values;
        private int offset;
        private int ld;
        private boolean chainMajor;

        /**
         * Names the operand.
         *
         * @param chainMajor whether element (r, l) is at {@code offset + l * ld + r} (otherwise {@code offset + r * ld
         *     + l})
         */
        void set(Matrix matrix, boolean chainMajor) {
            values = matrix.array();
            offset = matrix.offset();
            ld = matrix.stride();
            this.chainMajor = chainMajor;
        }

        int at(int r, int l) {
            return offset + (chainMajor ? l * ld + r : r * ld + l);
        }
    }

    /** What becomes of the chains. */
    private static final class Result {
        private float[] values;
        private int offset;
        private int ld;
        private Epilogue epilogue;
        /** Null where the epilogue adds none. */
        private float[] bias;

        private int biasOffset;

        void set(Matrix c, Epilogue epilogue, Vector bias) {
            values = c.array();
            offset = c.offset();
            ld = c.stride();
            this.epilogue = epilogue;
            boolean biased = epilogue == Epilogue.BIAS || epilogue == Epilogue.BIAS_RELU;
            this.bias = biased ? bias.array() : null;
            biasOffset = biased ? bias.offset() : 0;
        }

        int at(int i, int j) {
            return offset + i * ld + j;
        }
    }

    /**
     * A strip of a or a panel of b, packed or where it lies: element (r, l) at {@code at + r * step + l * chainStep}.
     */
    private static final class Source {
        private float[] values;
        private int at;
        private int step;
        private int chainStep;

        void set(float[] values, int at, int step, int chainStep) {
            this.values = values;
            this.at = at;
            this.step = step;
            this.chainStep = chainStep;
        }
    }

    @Override
    public void multiply(Matrix a, Matrix b, Matrix c, Epilogue epilogue, Vector bias) {
        assert a.rows() == c.rows() && b.columns() == c.columns() && a.columns() == b.rows() && !c.transposed();
        int m = c.rows();
        int n = c.columns();
        int k = a.columns();
        tree.planOne(k);
        boolean fewer = m * (long) (n + k) < n * (long) k * 3 / 4;
        if (!a.transposed()
                && b.transposed()
                && epilogue == Epilogue.OVERWRITE
                && m <= FLIPPED_ROWS
                && fewer
                && isStraight(m)) {
            flipped(a, b, c);
            return;
        }
        lhs.set(a, a.transposed());
        rhs.set(b, !b.transposed());
        result.set(c, epilogue, bias);
        product(m, n);
    }

    /**
     * {@code c = (b^T a^T)^T}: a b that is stored along the chain is read where it lies, and only a and c, which are
     * small, change their order.
     */
    private void flipped(Matrix a, Matrix b, Matrix c) {
        int m = c.rows();
        int n = c.columns();
        sideways = Buffers.atLeast(sideways, n * m);
        lhs.set(b, false);
        rhs.set(a, false);
        result.set(flippedC.at(sideways, 0, n, m), Epilogue.OVERWRITE, null);
        product(n, m);
        for (int i = 0; i < m; i++) {
            int to = c.index(i, 0);
            for (int j = 0; j < n; j++) {
                c.array()[to + j] = sideways[j * m + i];
            }
        }
    }

    @Override
    public void weightGradient(Segments rows, Matrix a, Matrix b, Matrix c) {
        assert a.columns() == c.rows() && b.columns() == c.columns() && a.rows() == b.rows();
        assert !a.transposed() && !b.transposed() && !c.transposed();
        tree.plan(rows);
        if (tree.leaves() == 0) {
            for (int i = 0; i < c.rows(); i++) {
                Arrays.fill(c.array(), c.index(i, 0), c.index(i, 0) + c.columns(), 0f);
            }
            return;
        }
        lhs.set(a, true);
        rhs.set(b, true);
        result.set(c, Epilogue.OVERWRITE, null);
        product(c.rows(), c.columns());
    }

    /** Runs the chains over the leaves of the tree for all of c. */
    private void product(int m, int n) {
        if (m == 0 || n == 0) {
            return;
        }
        chainFirst = tree.first(0);
        chainEnd = tree.end(tree.leaves() - 1);
        int chain = chainEnd - chainFirst;
        chainBlocks = Math.max(1, blocks(chain, CHAIN_BLOCK));
        straight = !lhs.chainMajor && isStraight(n);
        bInPlace = rhs.chainMajor && m <= (chain * (long) n <= SMALL_B ? THIN_ROWS_SMALL_B : THIN_ROWS);
        strip = Buffers.atLeast(strip, ROWS * chainBlock());
        packedB = Buffers.atLeast(packedB, panels(Math.min(n, COLUMN_BLOCK)) * WIDTH * chainBlock());
        int edge = n % WIDTH;
        if (result.bias != null) {
            System.arraycopy(result.bias, result.biasOffset + n - edge, edgeBias, 0, edge);
        }
        int tallest = straight ? Tiles.STRAIGHT_ROWS : ROWS;
        int rowBlock = chainBlocks == 1 ? m : blocks(blocks(m, blocks(m, ROW_BLOCK)), tallest) * tallest;
        for (rowFirst = 0; rowFirst < m; rowFirst += rowBlock) {
            rows = Math.min(rowBlock, m - rowFirst);
            cutIntoTiles(tallest);
            stack = Buffers.atLeast(
                    stack, chainBlocks == 1 ? stackSize() : stackSize() * tiles * panels(Math.min(n, COLUMN_BLOCK)));
            for (columnFirst = 0; columnFirst < n; columnFirst += COLUMN_BLOCK) {
                columns = Math.min(COLUMN_BLOCK, n - columnFirst);
                runBlock();
            }
        }
    }

    private int chainBlock() {
        return blocks(chainEnd - chainFirst, chainBlocks);
    }

    private static int panels(int columns) {
        return blocks(columns, WIDTH);
    }

    /** Elements of a tile's stack. */
    private int stackSize() {
        return tree.depth() * ROWS * WIDTH;
    }

    /** Runs the chains of a block of rows and columns, one block of the chain after the other. */
    private void runBlock() {
        int leaf = 0;
        int top = 0;
        for (int l0 = chainFirst; ; l0 += chainBlock()) {
            int l1 = Math.min(l0 + chainBlock(), chainEnd);
            packColumns(l0, l1);
            for (int tile = 0; tile < tiles; tile++) {
                takeStrip(tile, l0, l1);
                for (int j = 0; j < columns; j += WIDTH) {
                    takePanel(j, l0, l1);
                    runTile(tile, j, l0, l1, leaf, top);
                }
            }
            if (l1 == chainEnd) {
                return;
            }
            for (; tree.end(leaf) <= l1; leaf++) {
                top += 1 - tree.merges(leaf);
            }
        }
    }

    /**
     * Sets {@link #stripSource} to a strip of a: where it lies, if its elements are side by side, otherwise packed.
     * What a tile then reads beyond the strip's used rows belongs to others: it must lie within the array, and what
     * comes of it is not kept.
     */
    private void takeStrip(int tile, int l0, int l1) {
        int height = tileRows[tile];
        int used = usedRows(tile);
        int at = lhs.at(rowFirst + tileFirst[tile], l0);
        if (lhs.chainMajor && at + (l1 - l0 - 1) * lhs.ld + height <= lhs.values.length) {
            stripSource.set(lhs.values, at, 1, lhs.ld);
        } else if (straight && height == Tiles.STRAIGHT_ROWS && used == height) {
            stripSource.set(lhs.values, at, lhs.ld, 1);
        } else {
            if (lhs.chainMajor) {
                Packing.contiguous(l1 - l0, used, height, lhs.values, at, lhs.ld, strip, 0);
            } else {
                Packing.transposed(l1 - l0, used, height, lhs.values, at, lhs.ld, strip, 0);
            }
            stripSource.set(strip, 0, 1, height);
        }
    }

    /**
     * Sets {@link #panelSource} to the panel of b at a column of the block: where it lies or as {@link #packColumns}
     * has packed it.
     */
    private void takePanel(int j, int l0, int l1) {
        int width = tileWidth(j);
        if (bInPlace && usedColumns(j) == width) {
            panelSource.set(rhs.values, rhs.at(columnFirst + j, l0), 1, rhs.ld);
        } else {
            panelSource.set(packedB, j * (l1 - l0), 1, width);
        }
    }

    private int usedRows(int tile) {
        return Math.min(tileRows[tile], rows - tileFirst[tile]);
    }

    private int usedColumns(int j) {
        return Math.min(WIDTH, columns - j);
    }

    private int tileWidth(int j) {
        return usedColumns(j) <= NARROW ? NARROW : WIDTH;
    }

    /** Whether strips of a straight a are read where they lie beside so many columns. */
    private static boolean isStraight(int columns) {
        return columns <= THIN_COLUMNS && (columns - 1) % WIDTH + 1 > NARROW;
    }

    /**
     * Runs one tile over the chain from l0 to l1: through the rest of the leaf where the block begins, the leaves
     * inside, and the beginning of the one where it ends.
     *
     * @param j first column in the block of columns
     * @param firstLeaf the leaf where the block of the chain begins
     * @param firstTop how many finished values the tile's stack holds when that begins
     */
    private void runTile(int tile, int j, int l0, int l1, int firstLeaf, int firstTop) {
        int height = tileRows[tile];
        int width = tileWidth(j);
        boolean whole = usedRows(tile) == height && usedColumns(j) == width;
        int size = height * width;
        int base = chainBlocks == 1 ? 0 : (j / WIDTH * tiles + tile) * stackSize();
        int cAt = result.at(rowFirst + tileFirst[tile], columnFirst + j);
        int top = firstTop;
        for (int leaf = firstLeaf; ; leaf++) {
            int from = Math.max(tree.first(leaf), l0);
            int to = Math.min(tree.end(leaf), l1);
            boolean complete = to == tree.end(leaf);
            boolean resume = tree.first(leaf) < l0;
            boolean last = complete && leaf == tree.leaves() - 1;
            int merges = complete ? tree.merges(leaf) : 0;
            int slot = base + top * size;
            float[] addend = Tiles.NOTHING;
            int addendAt = 0;
            int addendStep = 0;
            int target = slot;
            if (merges > 0) {
                target = slot - size;
                addend = stack;
                addendAt = target;
                addendStep = width;
            } else if (last && result.bias != null) {
                addend = usedColumns(j) < width ? edgeBias : result.bias;
                addendAt = usedColumns(j) < width ? 0 : result.biasOffset + columnFirst + j;
            } else if (last && whole && result.epilogue == Epilogue.ACCUMULATE) {
                addend = result.values;
                addendAt = cAt;
                addendStep = result.ld;
            }
            boolean intoC = last && whole && merges <= 1;
            if (intoC && addend != result.values && to - from >= CLAIM_CHAIN) {
                claim(height, width, result.values, cAt, result.ld);
            }
            run(
                    height,
                    width,
                    to - from,
                    stripSource.values,
                    stripSource.at + (from - l0) * stripSource.chainStep,
                    stripSource.step,
                    stripSource.chainStep,
                    panelSource.values,
                    panelSource.at + (from - l0) * panelSource.chainStep,
                    panelSource.chainStep,
                    resume ? stack : Tiles.ZEROS,
                    resume ? slot : 0,
                    addend,
                    addendAt,
                    addendStep,
                    intoC ? result.values : stack,
                    intoC ? cAt : target,
                    intoC ? result.ld : width);
            for (int i = 2; i <= merges; i++) {
                boolean toC = last && whole && i == merges;
                target = slot - i * size;
                Tiles.add(
                        height,
                        width,
                        stack,
                        target,
                        target + size,
                        toC ? result.values : stack,
                        toC ? cAt : target,
                        toC ? result.ld : width);
            }
            if (last) {
                finishTile(usedRows(tile), height, width, usedColumns(j), base, cAt);
                return;
            }
            if (to == l1 && (!complete || tree.first(leaf + 1) >= l1)) {
                return;
            }
            top += 1 - merges;
        }
    }

    /**
     * Writes into each line of the cache that a tile of c lies in, before the chain whose end overwrites it: the lines
     * come while the chain runs. A read would hold up what comes after it until its line is there; a write waits aside.
     */
    private static void claim(int rows, int width, float[] c, int cOffset, int ldc) {
        for (int r = 0, at = cOffset; r < rows; r++, at += ldc) {
            c[at] = 0f;
            c[at + width / 2] = 0f;
            c[at + width - 1] = 0f;
        }
    }

    /**
     * Runs the chains of one tile, whose elements of a are side by side (rowStep = 1) or follow along the chain
     * (chainStep = 1); see {@link Tiles}.
     */
    private void run(
            int rows,
            int width,
            int k,
            float[] a,
            int aAt,
            int rowStep,
            int aStep,
            float[] b,
            int bAt,
            int bStep,
            float[] start,
            int startAt,
            float[] add,
            int addAt,
            int addStep,
            float[] c,
            int cAt,
            int ldc) {
        if (rowStep != 1) {
            if (Tiles.STRAIGHT_ROWS == 8) {
                Chains.straight8(k, a, aAt, rowStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            } else {
                Chains.straight6(k, a, aAt, rowStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            }
            return;
        }
        if (width == NARROW) {
            switch (rows) {
                case 10 ->
                    Chains.narrow10(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 8 ->
                    Chains.narrow8(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 6 ->
                    Chains.narrow6(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 4 ->
                    Chains.narrow4(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 2 ->
                    Chains.narrow2(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                default ->
                    Chains.narrow1(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            }
            return;
        }
        switch (rows) {
            case 10 -> Chains.rows10(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 8 -> Chains.rows8(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 6 -> Chains.rows6(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 4 -> Chains.rows4(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 2 -> Chains.rows2(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            default -> Chains.rows1(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
        }
    }

    /**
     * What a tile does not do itself: the choice of BIAS_RELU, and bringing the part that exists of one at an edge from
     * the stack, at {@code base}, into c.
     */
    private void finishTile(int usedRows, int height, int width, int usedColumns, int base, int cAt) {
        boolean whole = usedRows == height && usedColumns == width;
        if (result.epilogue == Epilogue.BIAS_RELU) {
            Tiles.relu(height, width, whole ? result.values : stack, whole ? cAt : base, whole ? result.ld : width);
        }
        if (whole) {
            return;
        }
        if (result.epilogue == Epilogue.ACCUMULATE) {
            for (int r = 0; r < usedRows; r++) {
                addInto(usedColumns, stack, base + r * width, result.values, cAt + r * result.ld);
            }
        } else {
            Tiles.copy(usedRows, usedColumns, stack, base, width, result.values, cAt, result.ld);
        }
    }

    /**
     * Cuts a block of rows into tiles. The last ones are chosen so that no tile has too few accumulators to keep the
     * multipliers busy, at the price of a row of padding at most.
     */
    private void cutIntoTiles(int tallest) {
        int atMost = 1 + blocks(rows, 2);
        if (tileRows.length < atMost) {
            tileFirst = new int[atMost];
            tileRows = new int[atMost];
        }
        tiles = 0;
        for (int at = 0; at < rows; at += tileRows[tiles++]) {
            tileFirst[tiles] = at;
            tileRows[tiles] = nextTile(rows - at, tallest);
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

    /** Packs a block of b into panels, one after the other, as far as they are not read where they lie. */
    private void packColumns(int l0, int l1) {
        int k = l1 - l0;
        int packed = 0;
        if (rhs.chainMajor && !bInPlace) {
            packed = columns & -WIDTH;
            Packing.panels(k, packed, rhs.values, rhs.at(columnFirst, l0), rhs.ld, packedB);
        }
        for (int j = packed; j < columns; j += WIDTH) {
            int used = usedColumns(j);
            int width = tileWidth(j);
            int at = rhs.at(columnFirst + j, l0);
            if (!rhs.chainMajor) {
                Packing.transposed(k, used, width, rhs.values, at, rhs.ld, packedB, j * k);
            } else if (!bInPlace || used < width) {
                Packing.contiguous(k, used, width, rhs.values, at, rhs.ld, packedB, j * k);
            }
        }
    }

    @Override
    public void columnSums(Segments rows, Matrix x, Vector sums) {
        assert x.columns() == sums.length() && !x.transposed();
        int n = sums.length();
        tree.plan(rows);
        stack = Buffers.atLeast(stack, Math.max(1, tree.depth()) * n);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            chainsOfSums(x, tree.first(leaf), tree.end(leaf), stack, top);
            top += n;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= n;
                addInto(n, stack, top, stack, top - n);
            }
        }
        if (top == 0) {
            Arrays.fill(sums.array(), sums.offset(), sums.offset() + n, 0f);
        } else {
            System.arraycopy(stack, 0, sums.array(), sums.offset(), n);
        }
    }

    /** {@code out[j] = x[from][j] + ... + x[to - 1][j]}, from +0 in this order. */
    private static void chainsOfSums(Matrix x, int from, int to, float[] out, int outOffset) {
        float[] values = x.array();
        int ldx = x.stride();
        int n = x.columns();
        int j = 0;
        for (; j + 4 * L <= n; j += 4 * L) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = FloatVector.zero(F);
            FloatVector s2 = FloatVector.zero(F);
            FloatVector s3 = FloatVector.zero(F);
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s0 = s0.add(FloatVector.fromArray(F, values, at));
                s1 = s1.add(FloatVector.fromArray(F, values, at + L));
                s2 = s2.add(FloatVector.fromArray(F, values, at + 2 * L));
                s3 = s3.add(FloatVector.fromArray(F, values, at + 3 * L));
            }
            s0.intoArray(out, outOffset + j);
            s1.intoArray(out, outOffset + j + L);
            s2.intoArray(out, outOffset + j + 2 * L);
            s3.intoArray(out, outOffset + j + 3 * L);
        }
        for (; j + L <= n; j += L) {
            FloatVector s = FloatVector.zero(F);
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s = s.add(FloatVector.fromArray(F, values, at));
            }
            s.intoArray(out, outOffset + j);
        }
        for (; j < n; j++) {
            float s = 0f;
            int at = x.index(from, j);
            for (int row = from; row < to; row++, at += ldx) {
                s += values[at];
            }
            out[outOffset + j] = s;
        }
    }

    private static void addInto(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int j = 0; j < n; j++) {
            y[yOffset + j] += x[xOffset + j];
        }
    }

    private static int blocks(int length, int block) {
        return (length + block - 1) / block;
    }
}
