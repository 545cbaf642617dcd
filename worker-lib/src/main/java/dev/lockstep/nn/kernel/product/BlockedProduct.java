package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Lanes;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import org.jspecify.annotations.Nullable;

/**
 * A matrix product on packed panels and register tiles, blocked much as by Goto and van de Geijn (2008): a block of b
 * is packed into panels, a strip of rows of a stays in the first-level cache while {@link Tiles} runs its chains along
 * all panels, which come from the second one. Results are then written along the rows of c, which the machine fetches
 * ahead. A strip lies where it is if its elements are side by side, and is packed just before its tiles otherwise.
 *
 * <pre>
 *               l0 ..  l1                      panels of WIDTH columns
 *                                            +-----+-----+-----+
 *                                         l0 |     |     |     |
 *                                         .. |     |     |     |   a block of b: RightPanels
 *                                         l1 |     |     |     |
 *                                            +-----+-----+-----+
 *              +-----------+                 +-----+-----+-----+
 * LeftStrips   |   strip   | ROWS            |tile |tile |tile |   a block of c: ProductTile after ProductTile
 *              +-----------+                 +-----+-----+-----+
 *              |           |                 |     |     |     |
 * </pre>
 *
 * <p>The chain runs over the leaves of a {@link SegmentTree}. What a tile has computed when a block of the chain ends
 * stays on a stack of tiles, which is a few kilobytes in the first-level cache if there is only one block, and one
 * stack for each tile otherwise.
 */
final class BlockedProduct {
    private static final int L = Lanes.FLOATS.length();

    /**
     * Greatest length of a block of the chain: a strip then fills the first cache. Each further block brings all
     * partial results to memory and back.
     */
    private static final int CHAIN_BLOCK = L == 16 ? 800 : 512;

    /**
     * Columns of b that are packed at a time: in rows long enough to be fetched ahead, and so few that the second cache
     * holds most of them.
     */
    private static final int COLUMN_BLOCK = 512;

    /** Rows of c whose partial results wait for the next block of the chain, where there is one. */
    private static final int ROW_BLOCK = 480;

    private final SegmentTree tree;
    private final LeftStrips left = new LeftStrips();
    private final RightPanels right = new RightPanels();
    private final ProductTile tile;
    private int chainFirst;
    private int chainEnd;
    private int chainBlock;

    /** A product whose chains run over the leaves of a tree, which is planned before each run. */
    BlockedProduct(SegmentTree tree) {
        this.tree = tree;
        tile = new ProductTile(tree, left, right);
    }

    /** The left operand, to be set before a run. */
    LeftStrips left() {
        return left;
    }

    /** The right operand, to be set before a run. */
    RightPanels right() {
        return right;
    }

    /** Runs the chains over the leaves of the tree for all of c. */
    void run(Matrix c, Epilogue epilogue, @Nullable Vector bias) {
        int m = c.rows();
        int n = c.columns();
        if (m == 0 || n == 0) {
            return;
        }
        chainFirst = tree.first(0);
        chainEnd = tree.end(tree.leaves() - 1);
        int chain = chainEnd - chainFirst;
        int chainBlocks = Math.max(1, blocks(chain, CHAIN_BLOCK));
        chainBlock = blocks(chain, chainBlocks);
        left.begin(n, chainBlock);
        int panels = blocks(Math.min(n, COLUMN_BLOCK), Tiles.WIDTH);
        right.begin(m, chain * (long) n, panels * Tiles.WIDTH * chainBlock);
        tile.begin(c, epilogue, bias);
        int tallest = left.tallest();
        int rowBlock = chainBlocks == 1 ? m : blocks(blocks(m, blocks(m, ROW_BLOCK)), tallest) * tallest;
        for (int row = 0; row < m; row += rowBlock) {
            left.cut(row, Math.min(rowBlock, m - row));
            tile.reserveStacks(chainBlocks == 1 ? 1 : left.tiles() * panels);
            for (int column = 0; column < n; column += COLUMN_BLOCK) {
                right.cut(column, Math.min(COLUMN_BLOCK, n - column));
                runBlock(chainBlocks > 1);
            }
        }
    }

    /**
     * Runs the chains of a block of rows and columns, one block of the chain after the other.
     *
     * @param stacks whether each tile has a stack of its own
     */
    private void runBlock(boolean stacks) {
        int leaf = 0;
        int top = 0;
        for (int l0 = chainFirst; ; l0 += chainBlock) {
            int l1 = Math.min(l0 + chainBlock, chainEnd);
            right.pack(l0, l1);
            tile.beginChainBlock(l0, l1, leaf, top);
            for (int i = 0; i < left.tiles(); i++) {
                left.take(i, l0, l1);
                for (int j = 0; j < right.columns(); j += Tiles.WIDTH) {
                    right.take(j, l0, l1);
                    tile.run(i, j, stacks ? j / Tiles.WIDTH * left.tiles() + i : 0);
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

    private static int blocks(int length, int block) {
        return (length + block - 1) / block;
    }
}
