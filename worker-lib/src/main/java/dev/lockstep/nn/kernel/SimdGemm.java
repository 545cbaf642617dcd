package dev.lockstep.nn.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Gemm} on packed panels and register tiles, blocked much as by Goto and van de Geijn (2008): a block of b is packed into panels, a strip of rows of a
 * stays in the first-level cache while {@link Tiles} runs its chains along all panels, which come from the second one. Results are then written
 * along the rows of c, which the machine fetches ahead. A strip lies where it is if its elements are side by side, and is packed just before its tiles
 * otherwise.
 *
 * <p>A product and a weight gradient are the same computation: the chain runs over the leaves of a {@link SegmentTree}, one for a product. What a tile has
 * computed when a block of the chain ends stays on a stack of tiles, which is a few kilobytes in the first-level cache if there is
 * only one block, and one stack for each tile otherwise.
 */
final class SimdGemm implements Gemm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();
    private static final int WIDTH = Tiles.WIDTH;
    private static final int NARROW = Tiles.NARROW;
    private static final int ROWS = Tiles.ROWS;

    /** Greatest length of a block of the chain: a strip then fills the first cache. Each further block brings all partial results to memory and back. */
    static final int CHAIN_BLOCK = L == 16 ? 800 : 512;

    /** Columns of b that are packed at a time: in rows long enough to be fetched ahead, and so few that the second cache holds most of them. */
    static final int COLUMN_BLOCK = 512;

    /** Rows of c whose partial results wait for the next block of the chain, where there is one. */
    static final int ROW_BLOCK = 480;

    /**
     * Up to so many columns of c a straight a is read where it lies: packing it would cost more than it saves. With few registers a straight tile
     * loses a third to the arithmetic of its addresses.
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
    private int[] tileFirst = new int[1];
    private int[] tileRows = new int[1];
    private float[] strip = new float[0];
    private float[] packedB = new float[0];
    private float[] stack = new float[0];
    private float[] sideways = new float[0];
    private final float[] edgeBias = new float[WIDTH];

    @Override
    public void multiply(
            Transpose ta,
            Transpose tb,
            int m,
            int n,
            int k,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        tree.planOne(k);
        boolean fewer = m * (long) (n + k) < n * (long) k * 3 / 4;
        if (ta == Transpose.NO
                && tb == Transpose.YES
                && epilogue == Epilogue.OVERWRITE
                && m <= FLIPPED_ROWS
                && fewer
                && isStraight(m)) {
            flipped(m, n, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
            return;
        }
        boolean biased = epilogue == Epilogue.BIAS || epilogue == Epilogue.BIAS_RELU;
        product(
                ta == Transpose.YES,
                tb == Transpose.NO,
                m,
                n,
                a,
                aOffset,
                lda,
                b,
                bOffset,
                ldb,
                c,
                cOffset,
                ldc,
                epilogue,
                biased ? bias : null,
                biasOffset);
    }

    /** {@code c = (b a^T)^T}: a b that is stored along the chain is read where it lies, and only a and c, which are small, change their order. */
    private void flipped(
            int m,
            int n,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc) {
        sideways = atLeast(sideways, n * m);
        product(false, false, n, m, b, bOffset, ldb, a, aOffset, lda, sideways, 0, m, Epilogue.OVERWRITE, null, 0);
        for (int i = 0; i < m; i++) {
            int to = cOffset + i * ldc;
            for (int j = 0; j < n; j++) {
                c[to + j] = sideways[j * m + i];
            }
        }
    }

    @Override
    public void weightGradient(
            int m,
            int n,
            int[] rowStart,
            int from,
            int to,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc) {
        tree.plan(rowStart, from, to);
        if (tree.leaves() == 0) {
            for (int i = 0; i < m; i++) {
                Arrays.fill(c, cOffset + i * ldc, cOffset + i * ldc + n, 0f);
            }
            return;
        }
        product(true, true, m, n, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc, Epilogue.OVERWRITE, null, 0);
    }

    /**
     * Runs the chains over the leaves of the tree for all of c.
     *
     * @param aChainMajor whether element (i, l) of the left operand is at {@code l * lda + i} (otherwise {@code i * lda + l})
     * @param bChainMajor whether element (l, j) of the right operand is at {@code l * ldb + j} (otherwise {@code j * ldb + l})
     * @param bias null where the epilogue adds none
     */
    private void product(
            boolean aChainMajor,
            boolean bChainMajor,
            int m,
            int n,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        if (m == 0 || n == 0) {
            return;
        }
        int chainFirst = tree.first(0);
        int chainEnd = tree.end(tree.leaves() - 1);
        int chainBlocks = Math.max(1, blocks(chainEnd - chainFirst, CHAIN_BLOCK));
        int chainBlock = blocks(chainEnd - chainFirst, chainBlocks);
        boolean straight = !aChainMajor && isStraight(n);
        int tallest = straight ? Tiles.STRAIGHT_ROWS : ROWS;
        int rowBlock = chainBlocks == 1 ? m : blocks(blocks(m, blocks(m, ROW_BLOCK)), tallest) * tallest;
        boolean small = (chainEnd - chainFirst) * (long) n <= SMALL_B;
        boolean bInPlace = bChainMajor && m <= (small ? THIN_ROWS_SMALL_B : THIN_ROWS);
        int stackSize = tree.depth() * ROWS * WIDTH;
        int panels = blocks(Math.min(n, COLUMN_BLOCK), WIDTH);
        strip = atLeast(strip, ROWS * chainBlock);
        packedB = atLeast(packedB, panels * WIDTH * chainBlock);
        int edge = n % WIDTH;
        if (bias != null) {
            System.arraycopy(bias, biasOffset + n - edge, edgeBias, 0, edge);
        }

        for (int i0 = 0; i0 < m; i0 += rowBlock) {
            int rows = Math.min(rowBlock, m - i0);
            int tiles = cutIntoTiles(rows, tallest);
            stack = atLeast(stack, chainBlocks == 1 ? stackSize : stackSize * tiles * panels);
            for (int j0 = 0; j0 < n; j0 += COLUMN_BLOCK) {
                int columns = Math.min(COLUMN_BLOCK, n - j0);
                int leaf = 0;
                int top = 0;
                for (int l0 = chainFirst; ; l0 += chainBlock) {
                    int l1 = Math.min(l0 + chainBlock, chainEnd);
                    packColumns(bChainMajor, bInPlace, columns, l1 - l0, b, bOffset, ldb, j0, l0);
                    for (int tile = 0; tile < tiles; tile++) {
                        int first = i0 + tileFirst[tile];
                        int height = tileRows[tile];
                        int at = aOffset + (aChainMajor ? l0 * lda + first : first * lda + l0);
                        boolean inPlace = aChainMajor
                                ? at + (l1 - l0 - 1) * lda + height <= a.length
                                : straight && height == Tiles.STRAIGHT_ROWS && first + height <= i0 + rows;
                        if (!inPlace) {
                            packStrip(aChainMajor, l1 - l0, Math.min(height, i0 + rows - first), height, a, at, lda);
                        }
                        for (int j = 0; j < columns; j += WIDTH) {
                            int used = Math.min(WIDTH, columns - j);
                            int width = panelWidth(used);
                            boolean panelInPlace = bInPlace && used == width;
                            runTile(
                                    tile,
                                    rows,
                                    width,
                                    used,
                                    l0,
                                    l1,
                                    leaf,
                                    chainBlocks == 1 ? 0 : (j / WIDTH * tiles + tile) * stackSize,
                                    top,
                                    inPlace ? a : strip,
                                    inPlace ? at : 0,
                                    inPlace && !aChainMajor ? lda : 1,
                                    inPlace ? aChainMajor ? lda : 1 : height,
                                    panelInPlace ? b : packedB,
                                    panelInPlace ? bOffset + l0 * ldb + j0 + j : j * (l1 - l0),
                                    panelInPlace ? ldb : width,
                                    c,
                                    cOffset + first * ldc + j0 + j,
                                    ldc,
                                    epilogue,
                                    bias,
                                    biasOffset + j0 + j);
                        }
                    }
                    if (l1 == chainEnd) {
                        break;
                    }
                    for (; tree.end(leaf) <= l1; leaf++) {
                        top += 1 - tree.merges(leaf);
                    }
                }
            }
        }
    }

    /** Whether strips of a straight a are read where they lie beside so many columns. */
    private static boolean isStraight(int columns) {
        return columns <= THIN_COLUMNS && panelWidth((columns - 1) % WIDTH + 1) == WIDTH;
    }

    private static int panelWidth(int used) {
        return used <= NARROW ? NARROW : WIDTH;
    }

    /**
     * Runs one tile over the chain from l0 to l1: through the rest of the leaf where the block begins, the leaves inside, and the
     * beginning of the one where it ends.
     *
     * @param firstLeaf the leaf where the block begins
     * @param base where the tile's stack begins
     * @param firstTop how many finished values the stack holds when the block begins
     * @param left a strip of a: element (r, l) at {@code leftOffset + r * rowStep + (l - l0) * chainStep}
     */
    private void runTile(
            int tile,
            int blockRows,
            int width,
            int usedColumns,
            int l0,
            int l1,
            int firstLeaf,
            int base,
            int firstTop,
            float[] left,
            int leftOffset,
            int rowStep,
            int chainStep,
            float[] panel,
            int panelOffset,
            int panelStep,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        int rows = tileRows[tile];
        int usedRows = Math.min(rows, blockRows - tileFirst[tile]);
        boolean whole = usedRows == rows && usedColumns == width;
        int size = rows * width;
        int top = firstTop;
        for (int leaf = firstLeaf; ; leaf++) {
            int from = Math.max(tree.first(leaf), l0);
            int to = Math.min(tree.end(leaf), l1);
            boolean complete = to == tree.end(leaf);
            boolean resume = tree.first(leaf) < l0;
            boolean last = complete && leaf == tree.leaves() - 1;
            boolean straight = last && whole;
            int merges = complete ? tree.merges(leaf) : 0;
            int slot = base + top * size;
            float[] addend = Tiles.NOTHING;
            int addendOffset = 0;
            int addendStep = 0;
            int target = slot;
            if (merges > 0) {
                target = slot - size;
                addend = stack;
                addendOffset = target;
                addendStep = width;
            } else if (last && bias != null) {
                addend = usedColumns < width ? edgeBias : bias;
                addendOffset = usedColumns < width ? 0 : biasOffset;
            } else if (straight && epilogue == Epilogue.ACCUMULATE) {
                addend = c;
                addendOffset = cOffset;
                addendStep = ldc;
            }
            boolean intoC = straight && merges <= 1;
            if (intoC && addend != c && to - from >= CLAIM_CHAIN) {
                claim(rows, width, c, cOffset, ldc);
            }
            run(
                    rows,
                    width,
                    to - from,
                    left,
                    leftOffset + (from - l0) * chainStep,
                    rowStep,
                    chainStep,
                    panel,
                    panelOffset + (from - l0) * panelStep,
                    panelStep,
                    resume ? stack : Tiles.ZEROS,
                    resume ? slot : 0,
                    addend,
                    addendOffset,
                    addendStep,
                    intoC ? c : stack,
                    intoC ? cOffset : target,
                    intoC ? ldc : width);
            for (int i = 2; i <= merges; i++) {
                boolean toC = straight && i == merges;
                target = slot - i * size;
                Tiles.add(
                        rows,
                        width,
                        stack,
                        target,
                        target + size,
                        toC ? c : stack,
                        toC ? cOffset : target,
                        toC ? ldc : width);
            }
            if (last) {
                finishTile(usedRows, rows, width, usedColumns, base, c, cOffset, ldc, epilogue);
                return;
            }
            if (to == l1 && (!complete || tree.first(leaf + 1) >= l1)) {
                return;
            }
            top += 1 - merges;
        }
    }

    /**
     * Writes into each line of the cache that a tile of c lies in, before the chain whose end overwrites it: the lines come while the chain runs. A read would hold up what
     * comes after it until its line is there; a write waits aside.
     */
    private static void claim(int rows, int width, float[] c, int cOffset, int ldc) {
        for (int r = 0, at = cOffset; r < rows; r++, at += ldc) {
            c[at] = 0f;
            c[at + width / 2] = 0f;
            c[at + width - 1] = 0f;
        }
    }

    /** Runs the chains of one tile, whose elements of a are side by side (rowStep = 1) or follow along the chain (chainStep = 1); see {@link Tiles}. */
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
                Tiles.straight8(k, a, aAt, rowStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            } else {
                Tiles.straight6(k, a, aAt, rowStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            }
            return;
        }
        if (width == NARROW) {
            switch (rows) {
                case 10 ->
                    Tiles.narrow10(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 8 ->
                    Tiles.narrow8(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 6 ->
                    Tiles.narrow6(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 4 ->
                    Tiles.narrow4(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                case 2 ->
                    Tiles.narrow2(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
                default ->
                    Tiles.narrow1(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            }
            return;
        }
        switch (rows) {
            case 10 -> Tiles.rows10(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 8 -> Tiles.rows8(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 6 -> Tiles.rows6(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 4 -> Tiles.rows4(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            case 2 -> Tiles.rows2(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
            default -> Tiles.rows1(k, a, aAt, aStep, b, bAt, bStep, start, startAt, add, addAt, addStep, c, cAt, ldc);
        }
    }

    /**
     * What a tile does not do itself: the choice of BIAS_RELU, and bringing the part that exists of one at an edge from the stack, at {@code base},
     * into c.
     */
    private void finishTile(
            int usedRows,
            int rows,
            int width,
            int usedColumns,
            int base,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue) {
        boolean whole = usedRows == rows && usedColumns == width;
        if (epilogue == Epilogue.BIAS_RELU) {
            Tiles.relu(rows, width, whole ? c : stack, whole ? cOffset : base, whole ? ldc : width);
        }
        if (whole) {
            return;
        }
        if (epilogue == Epilogue.ACCUMULATE) {
            for (int r = 0; r < usedRows; r++) {
                addInto(usedColumns, stack, base + r * width, c, cOffset + r * ldc);
            }
        } else {
            Tiles.copy(usedRows, usedColumns, stack, base, width, c, cOffset, ldc);
        }
    }

    /**
     * Cuts a block of rows into tiles. The last ones are chosen so that no tile has too few accumulators to keep the multipliers busy, at the price of
     * a row of padding at most.
     */
    private int cutIntoTiles(int rows, int tallest) {
        int atMost = 1 + blocks(rows, 2);
        if (tileRows.length < atMost) {
            tileFirst = new int[atMost];
            tileRows = new int[atMost];
        }
        int tiles = 0;
        for (int at = 0; at < rows; at += tileRows[tiles++]) {
            tileFirst[tiles] = at;
            tileRows[tiles] = nextTile(rows - at, tallest);
        }
        return tiles;
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

    private void packStrip(boolean chainMajor, int k, int used, int height, float[] a, int at, int lda) {
        if (chainMajor) {
            Packing.contiguous(k, used, height, a, at, lda, strip, 0);
        } else {
            Packing.transposed(k, used, height, a, at, lda, strip, 0);
        }
    }

    private void packColumns(
            boolean chainMajor, boolean inPlace, int columns, int k, float[] b, int bOffset, int ldb, int j0, int l0) {
        int packed = 0;
        if (chainMajor && !inPlace) {
            packed = columns & -WIDTH;
            Packing.panels(k, packed, b, bOffset + l0 * ldb + j0, ldb, packedB);
        }
        for (int j = packed; j < columns; j += WIDTH) {
            int used = Math.min(WIDTH, columns - j);
            int width = panelWidth(used);
            if (chainMajor) {
                if (!inPlace || used < width) {
                    Packing.contiguous(k, used, width, b, bOffset + l0 * ldb + j0 + j, ldb, packedB, j * k);
                }
            } else {
                Packing.transposed(k, used, width, b, bOffset + (j0 + j) * ldb + l0, ldb, packedB, j * k);
            }
        }
    }

    @Override
    public void columnSums(
            int n, int[] rowStart, int from, int to, float[] x, int xOffset, int ldx, float[] sums, int sumsOffset) {
        tree.plan(rowStart, from, to);
        stack = atLeast(stack, Math.max(1, tree.depth()) * n);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            chainsOfSums(n, tree.first(leaf), tree.end(leaf), x, xOffset, ldx, stack, top);
            top += n;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= n;
                addInto(n, stack, top, stack, top - n);
            }
        }
        if (top == 0) {
            Arrays.fill(sums, sumsOffset, sumsOffset + n, 0f);
        } else {
            System.arraycopy(stack, 0, sums, sumsOffset, n);
        }
    }

    /** {@code out[j]} = x[from][j] + ... + x[to - 1][j], from +0 in this order. */
    private static void chainsOfSums(
            int n, int from, int to, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
        int j = 0;
        for (; j + 4 * L <= n; j += 4 * L) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = FloatVector.zero(F);
            FloatVector s2 = FloatVector.zero(F);
            FloatVector s3 = FloatVector.zero(F);
            int at = xOffset + from * ldx + j;
            for (int row = from; row < to; row++, at += ldx) {
                s0 = s0.add(FloatVector.fromArray(F, x, at));
                s1 = s1.add(FloatVector.fromArray(F, x, at + L));
                s2 = s2.add(FloatVector.fromArray(F, x, at + 2 * L));
                s3 = s3.add(FloatVector.fromArray(F, x, at + 3 * L));
            }
            s0.intoArray(out, outOffset + j);
            s1.intoArray(out, outOffset + j + L);
            s2.intoArray(out, outOffset + j + 2 * L);
            s3.intoArray(out, outOffset + j + 3 * L);
        }
        for (; j + L <= n; j += L) {
            FloatVector s = FloatVector.zero(F);
            int at = xOffset + from * ldx + j;
            for (int row = from; row < to; row++, at += ldx) {
                s = s.add(FloatVector.fromArray(F, x, at));
            }
            s.intoArray(out, outOffset + j);
        }
        for (; j < n; j++) {
            float s = 0f;
            int at = xOffset + from * ldx + j;
            for (int row = from; row < to; row++, at += ldx) {
                s += x[at];
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

    private static float[] atLeast(float[] buffer, int length) {
        return buffer.length >= length ? buffer : new float[length];
    }
}
