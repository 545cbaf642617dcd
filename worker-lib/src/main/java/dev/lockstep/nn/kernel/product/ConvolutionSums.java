package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.SimdElementwise;
import dev.lockstep.nn.kernel.product.ConvolutionPlan.Part;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import java.util.Arrays;

/**
 * The gradients by the weights of a {@link SimdConvolution}: sums over positions and rows, which wait on a stack until
 * the {@link SegmentTree} merges those of two shards.
 */
final class ConvolutionSums {
    /** The most positions that the sums run over at a time, so that what they read stays in the first cache. */
    private static final int BAND = 256;

    private final SegmentTree tree = new SegmentTree();
    private final Elementwise elementwise = new SimdElementwise();
    private final ImageFrame frame;
    private final float[] panel = new float[BAND * ConvolutionTiles.MAX_WIDTH];
    private float[] stack = new float[0];
    private float[] copy = new float[0];

    // The gradients by the outputs of the row at work.
    private float[] b = copy;
    private int bOffset;

    /** Sums that take their images from a frame. */
    ConvolutionSums(ImageFrame frame) {
        this.frame = frame;
    }

    /** See {@link Convolution#weightGradient}. */
    void run(ConvolutionPlan plan, Segments shards, Matrix x, Matrix dy, Matrix dw) {
        ConvolutionShape shape = plan.shape;
        tree.plan(shards, shape.positions());
        if (tree.leaves() == 0) {
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + shape.weights(), 0f);
            return;
        }
        frame.begin(plan);
        int size = shape.groups() * size(plan.forward[0]);
        stack = Buffers.atLeast(stack, tree.depth() * size);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + size, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                frame.take(x.array(), x.offset() + row * shape.inputSize());
                take(dy.array(), dy.offset() + row * shape.outputSize(), shape.outputSize());
                for (Part part : plan.forward) {
                    addRow(part, shape, top + part.weights().group() * size(part));
                }
            }
            top += size;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= size;
                elementwise.add(stack, top, stack, top - size, size);
            }
        }
        store(plan, dw);
    }

    /** The sums of a group's weights are lines as wide as all panels, filled up to whole tiles. */
    private static int size(Part part) {
        return (part.length() + ConvolutionTiles.MAX_ROWS - 1) * part.width();
    }

    private void take(float[] dy, int out, int outputSize) {
        b = dy;
        bOffset = out;
        if (out + outputSize + ConvolutionTiles.MAX_WIDTH > dy.length) {
            // A tile's last columns may be read beyond the image, to no effect; but not beyond the array.
            copy = Buffers.atLeast(copy, outputSize + ConvolutionTiles.MAX_WIDTH);
            System.arraycopy(dy, out, copy, 0, outputSize);
            b = copy;
            bOffset = 0;
        }
    }

    /**
     * Continues the chains of a group's weights over the windows of one row. Lines of weights and positions change
     * places: a weight's chain runs over the positions.
     */
    private void addRow(Part part, ConvolutionShape shape, int sums) {
        int[] panels = part.panels();
        int ldb = shape.filters();
        int ldc = part.width();
        int groupOffset = bOffset + part.weights().group() * shape.groupFilters();
        int bands = (part.positions() + BAND - 1) / BAND;
        for (int band = 0, first = 0, length; band < bands; band++, first += length) {
            length = (part.positions() - first) / (bands - band);
            for (int i = 0; i < panels.length - 1; i++) {
                int width = panels[i + 1] - panels[i];
                int at = groupOffset + first * ldb + panels[i];
                boolean beside = panels.length > 2;
                for (int l = 0; beside && l < length; l++) {
                    // Lines that are a power of two apart would meet in a few sets of the cache.
                    System.arraycopy(b, at + l * ldb, panel, l * width, width);
                }
                for (int line = 0, tileRows; line < part.length(); line += tileRows) {
                    tileRows = ConvolutionTiles.rows(width, part.length() - line, part.run() > 0);
                    int c = sums + line * ldc + panels[i];
                    Chains.chains(
                            tileRows,
                            width,
                            length,
                            part.from(),
                            first,
                            frame.values(),
                            frame.offset(),
                            part.places(),
                            line,
                            beside ? panel : b,
                            beside ? 0 : at,
                            beside ? width : ldb,
                            stack,
                            c,
                            ldc,
                            Tiles.NOTHING,
                            0,
                            stack,
                            c,
                            ldc);
                }
            }
        }
    }

    /** Brings the sums at the bottom of the stack into the weights' own order. */
    private void store(ConvolutionPlan plan, Matrix dw) {
        for (Part part : plan.forward) {
            int group = part.weights().group();
            for (int line = 0; line < part.length(); line++) {
                int at = group * size(part) + line * part.width();
                System.arraycopy(stack, at, dw.array(), dw.index(line, group * part.columns()), part.columns());
            }
        }
    }
}
