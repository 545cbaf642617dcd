package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tile at work of a {@link BlockedProduct}: runs its chains over a block of the chain, leaf by leaf of the
 * {@link SegmentTree}, and brings the result into c. What it has computed of leaves that wait for their merges, or for
 * the next block, lies on the tile's stack.
 */
final class ProductTile {
    private static final int NARROW = Tiles.NARROW;

    /** Chains from this length on begin with {@link #claim}. */
    private static final int CLAIM_CHAIN = 16;

    private static final Lines ZEROS = new Lines(Tiles.ZEROS);
    private static final Lines NOTHING = new Lines(Tiles.NOTHING);

    private final SegmentTree tree;
    private final LeftStrips strips;
    private final RightPanels panels;

    // What the chains begin with, what is added to them, and where they end. Each stays in its array for a whole
    // product, and a tile moves it there: to store another array's reference would cost a barrier.
    private final Lines onStack = new Lines(new float[0]);
    private final Lines resumed = new Lines(onStack.values);
    private final Lines inC = new Lines(new float[0]);
    private final Lines bias = new Lines(new float[0]);
    private final Lines edgeBias = new Lines(new float[Tiles.WIDTH]);
    private Epilogue epilogue = Epilogue.OVERWRITE;
    private int cOffset;
    private int biasOffset;

    // The block of the chain.
    private int l0;
    private int l1;
    private int firstLeaf;
    private int firstTop;

    // The tile.
    private int height;
    private int usedRows;
    private int width;
    private int usedColumns;
    private int column;
    private boolean whole;

    /** Lines of a tile in an array, the first one at {@code at}, {@code step} apart. */
    private static final class Lines {
        private float[] values;
        private int at;
        private int step;

        Lines(float[] values) {
            this.values = values;
        }
    }

    /** A tile of these operands, whose chains run over the leaves of a tree. */
    ProductTile(SegmentTree tree, LeftStrips strips, RightPanels panels) {
        this.tree = tree;
        this.strips = strips;
        this.panels = panels;
    }

    /** Begins a product. */
    void begin(Matrix c, Epilogue with, @Nullable Vector addedBias) {
        inC.values = c.array();
        inC.step = c.stride();
        cOffset = c.offset();
        epilogue = with;
        if (isBiased()) {
            Vector added = Objects.requireNonNull(addedBias);
            bias.values = added.array();
            biasOffset = added.offset();
            int edge = c.columns() % Tiles.WIDTH;
            System.arraycopy(bias.values, biasOffset + c.columns() - edge, edgeBias.values, 0, edge);
        }
    }

    private boolean isBiased() {
        return epilogue == Epilogue.BIAS || epilogue == Epilogue.BIAS_RELU;
    }

    /** Makes room for the stacks of so many tiles. */
    void reserveStacks(int stacks) {
        float[] stack = Buffers.atLeast(onStack.values, stackSize() * stacks);
        onStack.values = stack;
        resumed.values = stack;
    }

    /** Elements of a tile's stack. */
    private int stackSize() {
        return tree.depth() * Tiles.ROWS * Tiles.WIDTH;
    }

    /**
     * Begins a block of the chain.
     *
     * @param from where it begins
     * @param to where it ends
     * @param leaf the leaf where it begins
     * @param top how many finished values a tile's stack holds when it begins
     */
    void beginChainBlock(int from, int to, int leaf, int top) {
        l0 = from;
        l1 = to;
        firstLeaf = leaf;
        firstTop = top;
    }

    /**
     * Runs a tile over the block of the chain: through the rest of the leaf where the block begins, the leaves inside,
     * and the beginning of the one where it ends.
     *
     * @param tile its number among the strips
     * @param j first column in the block of columns
     * @param stack number of its stack
     */
    void run(int tile, int j, int stack) {
        height = strips.height(tile);
        usedRows = strips.used(tile);
        width = panels.width(j);
        usedColumns = panels.used(j);
        whole = usedRows == height && usedColumns == width;
        column = panels.column(j);
        inC.at = cOffset + strips.row(tile) * inC.step + column;
        int base = stack * stackSize();
        int top = firstTop;
        for (int leaf = firstLeaf; ; leaf++) {
            int end = tree.end(leaf);
            int merges = end <= l1 ? tree.merges(leaf) : 0;
            boolean last = end <= l1 && leaf == tree.leaves() - 1;
            runLeaf(leaf, base + top * height * width, merges, last);
            if (last) {
                finish(base);
            }
            if (last || end >= l1) {
                return;
            }
            top += 1 - merges;
        }
    }

    /**
     * Runs the chains through what the block of the chain has of a leaf.
     *
     * @param at where the leaf lies on the stack
     * @param merges how many merges follow
     * @param last whether it is the last leaf, and ends here
     */
    private void runLeaf(int leaf, int at, int merges, boolean last) {
        int from = Math.max(tree.first(leaf), l0);
        int length = Math.min(tree.end(leaf), l1) - from;
        Lines start = ZEROS;
        if (tree.first(leaf) < l0) {
            resumed.at = at;
            start = resumed;
        }
        onStack.at = merges > 0 ? at - height * width : at;
        onStack.step = width;
        boolean intoC = last && whole && merges <= 1;
        Lines addend = merges > 0 ? onStack : NOTHING;
        if (last && merges == 0) {
            addend = addendInC();
        }
        if (intoC && addend != inC && length >= CLAIM_CHAIN) {
            claim();
        }
        runChains(from - l0, length, start, addend, intoC ? inC : onStack);
        for (int i = 2; i <= merges; i++) {
            merge(at - i * height * width, last && whole && i == merges);
        }
    }

    /** What the epilogue adds to the end of a chain. */
    private Lines addendInC() {
        if (isBiased()) {
            bias.at = biasOffset + column;
            return usedColumns < width ? edgeBias : bias;
        }
        return whole && epilogue == Epilogue.ACCUMULATE ? inC : NOTHING;
    }

    /** Merges the stack's tile at {@code x} and the one after it. */
    private void merge(int x, boolean intoC) {
        float[] stack = onStack.values;
        if (intoC) {
            Tiles.add(height, width, stack, x, inC.values, inC.at, inC.step);
        } else {
            Tiles.add(height, width, stack, x, stack, x, width);
        }
    }

    /**
     * Writes into each line of the cache that a tile of c lies in, before the chain whose end overwrites it: the lines
     * come while the chain runs. A read would hold up what comes after it until its line is there; a write waits aside.
     */
    private void claim() {
        float[] c = inC.values;
        int end = width;
        for (int r = 0, at = inC.at; r < height; r++, at += inC.step) {
            c[at] = 0f;
            c[at + end / 2] = 0f;
            c[at + end - 1] = 0f;
        }
    }

    /**
     * Runs chains of the tile, whose elements of a are side by side or follow along the chain; see {@link Tiles}.
     *
     * @param skip how far from the beginning of strip and panel they begin
     */
    private void runChains(int skip, int k, Lines start, Lines addend, Lines end) {
        float[] a = strips.values();
        int aAt = strips.at(skip);
        int aStep = strips.chainStep();
        float[] b = panels.values();
        int bAt = panels.at(skip);
        int bStep = panels.chainStep();
        float[] from = start.values;
        int fromAt = start.at;
        float[] add = addend.values;
        int addAt = addend.at;
        int addStep = addend.step;
        float[] c = end.values;
        int cAt = end.at;
        int ldc = end.step;
        int rowStep = strips.rowStep();
        if (rowStep != 1) {
            if (Tiles.STRAIGHT_ROWS == 8) {
                Chains.straight8(k, a, aAt, rowStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
            } else {
                Chains.straight6(k, a, aAt, rowStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
            }
        } else if (width == NARROW) {
            switch (height) {
                case 10 ->
                    Chains.narrow10(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 8 ->
                    Chains.narrow8(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 6 ->
                    Chains.narrow6(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 4 ->
                    Chains.narrow4(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 2 ->
                    Chains.narrow2(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                default ->
                    Chains.narrow1(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
            }
        } else {
            switch (height) {
                case 10 ->
                    Chains.rows10(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 8 -> Chains.rows8(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 6 -> Chains.rows6(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 4 -> Chains.rows4(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                case 2 -> Chains.rows2(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
                default ->
                    Chains.rows1(k, a, aAt, aStep, b, bAt, bStep, from, fromAt, add, addAt, addStep, c, cAt, ldc);
            }
        }
    }

    /**
     * What the chains do not do themselves: the choice of BIAS_RELU, and bringing the part that exists of a tile at an
     * edge from its stack, at {@code base}, into c.
     */
    private void finish(int base) {
        float[] stack = onStack.values;
        if (epilogue == Epilogue.BIAS_RELU && whole) {
            Tiles.relu(height, width, inC.values, inC.at, inC.step);
        } else if (epilogue == Epilogue.BIAS_RELU) {
            Tiles.relu(height, width, stack, base, width);
        }
        if (!whole && epilogue == Epilogue.ACCUMULATE) {
            for (int r = 0; r < usedRows; r++) {
                for (int j = 0; j < usedColumns; j++) {
                    inC.values[inC.at + r * inC.step + j] += stack[base + r * width + j];
                }
            }
        } else if (!whole) {
            Tiles.copy(usedRows, usedColumns, stack, base, inC.values, inC.at, inC.step);
        }
    }
}
