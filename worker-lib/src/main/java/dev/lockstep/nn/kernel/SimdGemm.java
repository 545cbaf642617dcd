package dev.lockstep.nn.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Gemm} on packed panels and register tiles, blocked as by Goto and van de Geijn (2008): a block of rows of a stays in the
 * second-level cache, a panel of b in the first, {@link Tiles} runs the chains.
 *
 * <p>A product and a weight gradient are the same computation: the chain runs over the leaves of a {@link SegmentTree}, one for a product. What a tile has
 * computed when a block of the chain ends stays on a stack of tiles, which is a few kilobytes in the first-level cache if there is
 * only one block, and one stack for each tile otherwise.
 */
final class SimdGemm implements Gemm {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();
    private static final int WIDTH = Tiles.WIDTH;
    private static final int ROWS = Tiles.ROWS;

    /** Greatest length of a block of the chain: a panel of b then takes half of a 32 KB cache (all of it at 512 bits, where it is 48 KB). */
    static final int CHAIN_BLOCK = 320;

    /** Greatest number of rows of a in a block. */
    static final int ROW_BLOCK = 240;

    /** Columns of b that are packed at a time. */
    static final int COLUMN_BLOCK = 128;

    /** Up to so many rows a straight b is read where it lies: packing it would cost more than it saves. */
    static final int THIN_ROWS = 12;

    /** Where chains begin. */
    private static final float[] ZEROS = new float[ROWS * WIDTH];

    private final SegmentTree tree = new SegmentTree();
    private final int[] tileFirst = new int[ROW_BLOCK + 1];
    private final int[] tileRows = new int[ROW_BLOCK + 1];
    private float[] packedA = new float[0];
    private float[] packedB = new float[0];
    private float[] stack = new float[0];

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
                bias,
                biasOffset);
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
        int rowBlock = blocks(blocks(m, blocks(m, ROW_BLOCK)), ROWS) * ROWS;
        int panels = blocks(n, WIDTH);
        boolean bInPlace = bChainMajor && m <= THIN_ROWS;
        packedA = atLeast(packedA, (rowBlock + ROWS) * chainBlock + WIDTH);
        packedB = atLeast(packedB, Math.min(panels * WIDTH, COLUMN_BLOCK) * chainBlock);
        int slotSize = ROWS * WIDTH;
        int stackSize = tree.depth() * slotSize;

        for (int i0 = 0; i0 < m; i0 += rowBlock) {
            int rows = Math.min(rowBlock, m - i0);
            int tiles = cutIntoTiles(rows);
            stack = atLeast(stack, chainBlocks == 1 ? stackSize : stackSize * tiles * panels);
            int leaf = 0;
            int top = 0;
            for (int l0 = chainFirst; ; l0 += chainBlock) {
                int l1 = Math.min(l0 + chainBlock, chainEnd);
                packRows(aChainMajor, tiles, rows, l1 - l0, a, aOffset, lda, i0, l0);
                for (int j0 = 0; j0 < n; j0 += COLUMN_BLOCK) {
                    int columns = Math.min(COLUMN_BLOCK, n - j0);
                    packColumns(bChainMajor, bInPlace, columns, l1 - l0, b, bOffset, ldb, j0, l0);
                    for (int j = 0; j < columns; j += WIDTH) {
                        int used = Math.min(WIDTH, columns - j);
                        boolean inPlace = bInPlace && used == WIDTH;
                        float[] panel = inPlace ? b : packedB;
                        int panelOffset = inPlace ? bOffset + l0 * ldb + j0 + j : j * (l1 - l0);
                        int panelStep = inPlace ? ldb : WIDTH;
                        int panelIndex = (j0 + j) / WIDTH;
                        for (int tile = 0; tile < tiles; tile++) {
                            int base = chainBlocks == 1 ? 0 : (panelIndex * tiles + tile) * stackSize;
                            runTile(
                                    tile,
                                    rows,
                                    used,
                                    l0,
                                    l1,
                                    leaf,
                                    base,
                                    top,
                                    panel,
                                    panelOffset,
                                    panelStep,
                                    c,
                                    cOffset + (i0 + tileFirst[tile]) * ldc + j0 + j,
                                    ldc,
                                    epilogue,
                                    bias,
                                    biasOffset + j0 + j);
                        }
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

    /**
     * Runs one tile over the chain from l0 to l1: through the rest of the leaf where the block begins, the leaves inside, and the
     * beginning of the one where it ends.
     *
     * @param firstLeaf the leaf where the block begins
     * @param base where the tile's stack begins
     * @param firstTop how many finished values the stack holds when the block begins
     */
    private void runTile(
            int tile,
            int blockRows,
            int usedColumns,
            int l0,
            int l1,
            int firstLeaf,
            int base,
            int firstTop,
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
        boolean whole = usedRows == rows && usedColumns == WIDTH;
        int aPanel = tileFirst[tile] * (l1 - l0);
        int size = rows * WIDTH;
        int top = firstTop;
        for (int leaf = firstLeaf; ; leaf++) {
            int from = Math.max(tree.first(leaf), l0);
            int to = Math.min(tree.end(leaf), l1);
            boolean complete = to == tree.end(leaf);
            boolean resume = tree.first(leaf) < l0;
            int merges = complete ? tree.merges(leaf) : 0;
            int slot = base + top * size;
            float[] start = resume ? stack : ZEROS;
            int startOffset = resume ? slot : 0;
            int aAt = aPanel + (from - l0) * rows;
            int bAt = panelOffset + (from - l0) * panelStep;
            boolean last = complete && leaf == tree.leaves() - 1;
            if (last && merges == 0 && whole) {
                run(
                        rows,
                        to - from,
                        aAt,
                        panel,
                        bAt,
                        panelStep,
                        start,
                        startOffset,
                        c,
                        cOffset,
                        ldc,
                        epilogue,
                        bias,
                        biasOffset);
                if (epilogue == Epilogue.BIAS_RELU) {
                    Tiles.relu(rows, c, cOffset, ldc);
                }
                return;
            }
            run(
                    rows,
                    to - from,
                    aAt,
                    panel,
                    bAt,
                    panelStep,
                    start,
                    startOffset,
                    stack,
                    slot,
                    WIDTH,
                    Epilogue.OVERWRITE,
                    null,
                    0);
            for (int i = 1; i <= merges; i++) {
                addInto(size, stack, slot - (i - 1) * size, stack, slot - i * size);
            }
            if (last) {
                storeTile(usedRows, usedColumns, base, c, cOffset, ldc, epilogue, bias, biasOffset);
                return;
            }
            if (to == l1 && (!complete || tree.first(leaf + 1) >= l1)) {
                return;
            }
            top += 1 - merges;
        }
    }

    /** Runs one tile from {@code start} (an array of zeros, or the stack). */
    private void run(
            int rows,
            int k,
            int aAt,
            float[] panel,
            int bAt,
            int bStep,
            float[] start,
            int startOffset,
            float[] out,
            int outOffset,
            int ldOut,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        switch (rows) {
            case 12 ->
                Tiles.rows12(
                        k,
                        packedA,
                        aAt,
                        12,
                        panel,
                        bAt,
                        bStep,
                        start,
                        startOffset,
                        out,
                        outOffset,
                        ldOut,
                        epilogue,
                        bias,
                        biasOffset);
            case 6 ->
                Tiles.rows6(
                        k,
                        packedA,
                        aAt,
                        6,
                        panel,
                        bAt,
                        bStep,
                        start,
                        startOffset,
                        out,
                        outOffset,
                        ldOut,
                        epilogue,
                        bias,
                        biasOffset);
            case 4 ->
                Tiles.rows4(
                        k,
                        packedA,
                        aAt,
                        4,
                        panel,
                        bAt,
                        bStep,
                        start,
                        startOffset,
                        out,
                        outOffset,
                        ldOut,
                        epilogue,
                        bias,
                        biasOffset);
            case 2 ->
                Tiles.rows2(
                        k,
                        packedA,
                        aAt,
                        2,
                        panel,
                        bAt,
                        bStep,
                        start,
                        startOffset,
                        out,
                        outOffset,
                        ldOut,
                        epilogue,
                        bias,
                        biasOffset);
            default ->
                Tiles.rows1(
                        k,
                        packedA,
                        aAt,
                        1,
                        panel,
                        bAt,
                        bStep,
                        start,
                        startOffset,
                        out,
                        outOffset,
                        ldOut,
                        epilogue,
                        bias,
                        biasOffset);
        }
    }

    /** Brings the part of a finished tile that exists from the stack into c, as {@link Tiles} does with a whole one. */
    private void storeTile(
            int rows,
            int columns,
            int base,
            float[] c,
            int cOffset,
            int ldc,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        for (int r = 0; r < rows; r++) {
            ScalarGemm.finish(epilogue, columns, stack, base + r * WIDTH, c, cOffset + r * ldc, bias, biasOffset);
        }
    }

    /**
     * Cuts a block of rows into tiles. The last ones are chosen so that no tile has too few accumulators to keep the multipliers busy, at the price of
     * a row of padding at most.
     */
    private int cutIntoTiles(int rows) {
        int tiles = 0;
        for (int at = 0; at < rows; at += tileRows[tiles++]) {
            tileFirst[tiles] = at;
            tileRows[tiles] = nextTile(rows - at);
        }
        return tiles;
    }

    private static int nextTile(int rows) {
        if (ROWS == 12 && rows >= 12 && rows != 13 && rows != 14) {
            return 12;
        }
        if (rows >= 5 && rows != 7 && rows != 8) {
            return 6;
        }
        return rows >= 3 ? 4 : rows;
    }

    private void packRows(
            boolean chainMajor, int tiles, int rows, int k, float[] a, int aOffset, int lda, int i0, int l0) {
        for (int tile = 0; tile < tiles; tile++) {
            int first = tileFirst[tile];
            int width = tileRows[tile];
            int used = Math.min(width, rows - first);
            if (chainMajor) {
                Packing.contiguous(k, used, width, a, aOffset + l0 * lda + i0 + first, lda, packedA, first * k);
            } else {
                Packing.transposed(k, used, width, a, aOffset + (i0 + first) * lda + l0, lda, packedA, first * k);
            }
        }
    }

    private void packColumns(
            boolean chainMajor, boolean inPlace, int columns, int k, float[] b, int bOffset, int ldb, int j0, int l0) {
        for (int j = 0; j < columns; j += WIDTH) {
            int used = Math.min(WIDTH, columns - j);
            if (chainMajor) {
                if (!inPlace || used < WIDTH) {
                    Packing.contiguous(k, used, WIDTH, b, bOffset + l0 * ldb + j0 + j, ldb, packedB, j * k);
                }
            } else {
                Packing.transposed(k, used, WIDTH, b, bOffset + (j0 + j) * ldb + l0, ldb, packedB, j * k);
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
