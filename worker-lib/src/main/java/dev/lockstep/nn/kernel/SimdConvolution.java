package dev.lockstep.nn.kernel;

import dev.lockstep.nn.kernel.ConvolutionPlan.Part;
import dev.lockstep.nn.kernel.ConvolutionPlan.Weights;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link Convolution} as an implicit matrix product on {@link ConvolutionTiles}: the weights are packed into panels
 * once a call, the images are read where they lie, or in a copy of one image with its padding around it. No matrix of
 * windows is ever made.
 */
final class SimdConvolution implements Convolution {
    /**
     * The most positions that the sums of weights run over at a time, so that what they read stays in the first cache.
     */
    private static final int BAND = 256;

    /**
     * The most floats of a panel that all tiles of an image go through before the next ones are read, so that they come
     * from the first cache, or from the near second one where that has 32 KB beside AVX-512. Fewer and more were no
     * faster.
     */
    static final int BLOCK = ConvolutionTiles.MAX_WIDTH == 48 ? 10 * 1024 : 6 * 1024;

    private final Map<ConvolutionShape, ConvolutionPlan> plans = new HashMap<>();
    private final SegmentTree tree = new SegmentTree();
    private final Elementwise elementwise = new SimdElementwise();
    private final Activations activations = new SimdActivations();
    private final float[] tile = new float[ConvolutionTiles.SIZE];
    /** What there is of the tiles of an image between two runs. */
    private float[] waiting = new float[ConvolutionTiles.SIZE];

    private final float[] edgeBias = new float[ConvolutionTiles.MAX_WIDTH];
    private final float[] panel = new float[BAND * ConvolutionTiles.MAX_WIDTH];
    private float[] packed = new float[0];
    private float[] frame = new float[0];
    private float[] gradient = new float[0];
    private float[] stack = new float[0];

    private ConvolutionPlan plan(ConvolutionShape shape) {
        ConvolutionPlan plan = plans.get(shape);
        if (plan == null) {
            plan = new ConvolutionPlan(shape);
            plans.put(shape, plan);
        }
        packed = Buffers.atLeast(packed, plan.packedSize);
        return plan;
    }

    @Override
    public void forward(ConvolutionShape shape, Matrix x, Matrix w, Matrix y, Epilogue epilogue, Vector bias) {
        ConvolutionPlan plan = plan(shape);
        for (Weights weights : plan.forwardWeights) {
            packForward(shape, weights, w);
        }
        clearFrame(plan);
        float[] addend = epilogue == Epilogue.OVERWRITE ? null : bias.array();
        int addendOffset = addend == null ? 0 : bias.offset();
        int rows = shape.rows(y);
        int end = y.offset() + rows * shape.outputSize();
        for (int row = 0; row < rows; row++) {
            int image = x.offset() + row * shape.inputSize();
            int out = y.offset() + row * shape.outputSize();
            if (plan.framed) {
                copyIntoFrame(plan, x.array(), image);
            }
            for (Part part : plan.forward) {
                float[] source = plan.framed ? frame : x.array();
                chains(part, source, plan.framed ? 0 : image, addend, addendOffset, y.array(), out, end);
            }
            if (epilogue == Epilogue.BIAS_RELU) {
                activations.relu(y.array(), out, y.array(), out, shape.outputSize());
            }
        }
    }

    @Override
    public void inputGradient(ConvolutionShape shape, Matrix dy, Matrix w, Matrix dx) {
        ConvolutionPlan plan = plan(shape);
        for (Weights weights : plan.backwardWeights) {
            packBackward(shape, weights, w);
        }
        int outHeight = shape.vertical().output();
        int line = shape.horizontal().output() * shape.filters();
        int left = plan.marginLeft * shape.filters();
        int widened = left + line + plan.marginRight * shape.filters();
        boolean copied = widened > line;
        if (copied) {
            gradient = Buffers.atLeast(gradient, outHeight * widened);
            Arrays.fill(gradient, 0, outHeight * widened, 0f);
        }
        int rows = shape.rows(dy);
        int end = dx.offset() + rows * shape.inputSize();
        for (int row = 0; row < rows; row++) {
            int image = dy.offset() + row * shape.outputSize();
            for (int oh = 0; copied && oh < outHeight; oh++) {
                System.arraycopy(dy.array(), image + oh * line, gradient, oh * widened + left, line);
            }
            for (Part part : plan.backward) {
                int out = dx.offset() + row * shape.inputSize();
                chains(part, copied ? gradient : dy.array(), copied ? 0 : image, null, 0, dx.array(), out, end);
            }
        }
    }

    private void packForward(ConvolutionShape shape, Weights weights, Matrix w) {
        int columns = shape.groupFilters();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionTiles.width(columns - j);
            int from = w.index(0, weights.group() * columns + j);
            int panel = weights.packed() + j * weights.lines();
            int used = Math.min(width, columns - j);
            Packing.contiguous(weights.lines(), used, width, w.array(), from, w.stride(), packed, panel);
        }
    }

    /** The weights of each place as a matrix [filters, channels]. */
    private void packBackward(ConvolutionShape shape, Weights weights, Matrix w) {
        int filters = shape.groupFilters();
        int columns = shape.groupChannels();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionTiles.width(columns - j);
            int panel = weights.packed() + j * weights.lines();
            int used = Math.min(width, columns - j);
            for (int tap : weights.taps()) {
                int from = w.index(tap * columns + j, weights.group() * filters);
                Packing.transposed(filters, used, width, w.array(), from, w.stride(), packed, panel);
                panel += filters * width;
            }
        }
    }

    private void clearFrame(ConvolutionPlan plan) {
        if (plan.framed) {
            frame = Buffers.atLeast(frame, plan.frameHeight * plan.frameLine);
            Arrays.fill(frame, 0, plan.frameHeight * plan.frameLine, 0f);
        }
    }

    private void copyIntoFrame(ConvolutionPlan plan, float[] x, int image) {
        WindowAxis vertical = plan.shape.vertical();
        WindowAxis horizontal = plan.shape.horizontal();
        int channels = plan.shape.channels();
        int line = horizontal.input() * channels;
        int to = vertical.padding() * plan.frameLine + horizontal.padding() * channels;
        for (int h = 0; h < vertical.input(); h++) {
            System.arraycopy(x, image + h * line, frame, to + h * plan.frameLine, line);
        }
    }

    /**
     * Computes the chains of a part for one image, tile by tile. Where results lie without gaps, whole tiles are
     * written: what a last panel carries beyond its columns is overwritten by the next position's first ones, hence the
     * panels from the last to the first.
     *
     * @param bias added to the results if not null
     * @param end one past the last result of all images
     */
    private void chains(
            Part part, float[] a, int aOffset, float[] bias, int biasOffset, float[] c, int cOffset, int end) {
        int[] panels = part.panels();
        for (int i = panels.length - 2; i >= 0; i--) {
            int j = panels[i];
            int width = panels[i + 1] - j;
            int used = Math.min(width, part.columns() - j);
            float[] addend = Tiles.NOTHING;
            int addendOffset = 0;
            if (bias != null) {
                addend = used < width ? edgeBias : bias;
                addendOffset = used < width ? 0 : biasOffset + part.weights().group() * part.columns() + j;
                if (used < width) {
                    System.arraycopy(bias, biasOffset + part.weights().group() * part.columns() + j, edgeBias, 0, used);
                }
            }
            int block = block(part, width);
            for (int line = 0; line == 0 || line < part.length(); line += block) {
                int endLine = Math.min(line + block, part.length());
                panelOfChains(part, j, width, line, endLine, a, aOffset, addend, addendOffset, c, cOffset, end);
            }
        }
    }

    /** How many lines of a panel are read by all tiles in turn: whole runs, or all lines. */
    private static int block(Part part, int width) {
        int run = part.run();
        return run == 0 ? Math.max(1, part.length()) : Math.max(1, BLOCK / (width * run)) * run;
    }

    /**
     * Continues the chains of a panel's columns through some of its lines; results are written when the last line has
     * been read.
     */
    private void panelOfChains(
            Part part,
            int column,
            int width,
            int line,
            int endLine,
            float[] a,
            int aOffset,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int end) {
        int used = Math.min(width, part.columns() - column);
        boolean last = endLine == part.length();
        if (!last) {
            waiting = Buffers.atLeast(waiting, (part.positions() + ConvolutionTiles.MAX_ROWS) * width);
        }
        for (int p = 0, tileRows; p < part.positions(); p += tileRows) {
            tileRows = ConvolutionTiles.rows(width, part.positions() - p, part.run() > 0);
            int waits = line == 0 && last ? 0 : p * width;
            int rows = Math.min(tileRows, part.positions() - p);
            boolean whole = rows == tileRows && part.step() > 0;
            boolean straight = whole
                    && (used == width || part.closed() && endOfTile(part, p, rows, cOffset + column, width) <= end);
            tile(
                    part,
                    p,
                    tileRows,
                    column,
                    width,
                    line,
                    endLine,
                    a,
                    aOffset,
                    waits,
                    addend,
                    addendOffset,
                    straight ? c : tile,
                    straight ? cOffset + part.to()[p] + column : 0,
                    straight ? part.step() : width);
            for (int r = 0; last && !straight && r < rows; r++) {
                System.arraycopy(tile, r * width, c, cOffset + part.to()[p + r] + column, used);
            }
        }
    }

    private static int endOfTile(Part part, int first, int rows, int cOffset, int width) {
        return cOffset + part.to()[first + rows - 1] + width;
    }

    /** Continues one tile through some lines; what there is of it between two runs waits, from {@code waits} on. */
    private void tile(
            Part part,
            int first,
            int rows,
            int column,
            int width,
            int line,
            int endLine,
            float[] a,
            int aOffset,
            int waits,
            float[] addend,
            int addendOffset,
            float[] c,
            int cOffset,
            int cStep) {
        int[] from = part.from();
        int[] places = part.places();
        int length = part.length();
        int panel = part.weights().packed() + column * part.weights().lines() + part.firstLine() * width;
        int run = part.run();
        if (run == 0) {
            Chains.chains(
                    rows,
                    width,
                    length,
                    places,
                    0,
                    a,
                    aOffset,
                    from,
                    first,
                    packed,
                    panel,
                    width,
                    Tiles.ZEROS,
                    0,
                    0,
                    addend,
                    addendOffset,
                    c,
                    cOffset,
                    cStep);
            return;
        }
        for (int l = line; l < endLine; l += run) {
            boolean resumed = l > 0;
            boolean last = l + run == length;
            Chains.runs(
                    rows,
                    width,
                    run,
                    a,
                    aOffset + places[l],
                    from,
                    first,
                    packed,
                    panel + l * width,
                    width,
                    resumed ? waiting : Tiles.ZEROS,
                    resumed ? waits : 0,
                    resumed ? width : 0,
                    last ? addend : Tiles.NOTHING,
                    last ? addendOffset : 0,
                    last ? c : waiting,
                    last ? cOffset : waits,
                    last ? cStep : width);
        }
    }

    @Override
    public void weightGradient(ConvolutionShape shape, Segments shards, Matrix x, Matrix dy, Matrix dw) {
        ConvolutionPlan plan = plan(shape);
        tree.plan(shards);
        if (tree.leaves() == 0) {
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + shape.weights(), 0f);
            return;
        }
        clearFrame(plan);
        int size = shape.groups() * sumsSize(plan.forward.get(0));
        stack = Buffers.atLeast(stack, tree.depth() * size);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + size, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                addRow(plan, row, x, dy, top);
            }
            top += size;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= size;
                elementwise.add(stack, top, stack, top - size, size);
            }
        }
        storeSums(plan, dw);
    }

    /** The sums of a group's weights are lines as wide as all panels, filled up to whole tiles. */
    private static int sumsSize(Part part) {
        return (part.length() + ConvolutionTiles.MAX_ROWS - 1) * part.width();
    }

    /** Continues the chains of all weights over the windows of one row. */
    private void addRow(ConvolutionPlan plan, int row, Matrix x, Matrix dy, int sums) {
        ConvolutionShape shape = plan.shape;
        int image = x.offset() + row * shape.inputSize();
        int out = dy.offset() + row * shape.outputSize();
        if (plan.framed) {
            copyIntoFrame(plan, x.array(), image);
        }
        float[] b = dy.array();
        int bOffset = out;
        if (out + shape.outputSize() + ConvolutionTiles.MAX_WIDTH > b.length) {
            // A tile's last columns may be read beyond the image, to no effect; but not beyond the array.
            gradient = Buffers.atLeast(gradient, shape.outputSize() + ConvolutionTiles.MAX_WIDTH);
            System.arraycopy(b, out, gradient, 0, shape.outputSize());
            b = gradient;
            bOffset = 0;
        }
        for (Part part : plan.forward) {
            int group = part.weights().group();
            addRow(
                    part,
                    plan.framed ? frame : x.array(),
                    plan.framed ? 0 : image,
                    b,
                    bOffset + group * shape.groupFilters(),
                    shape.filters(),
                    sums + group * sumsSize(part));
        }
    }

    /** The same for a group. Lines of weights and positions change places: a weight's chain runs over the positions. */
    private void addRow(Part part, float[] a, int aOffset, float[] b, int bOffset, int ldb, int sums) {
        int[] panels = part.panels();
        int ldc = part.width();
        int bands = (part.positions() + BAND - 1) / BAND;
        for (int band = 0, first = 0, length; band < bands; band++, first += length) {
            length = (part.positions() - first) / (bands - band);
            for (int i = 0; i < panels.length - 1; i++) {
                int width = panels[i + 1] - panels[i];
                int at = bOffset + first * ldb + panels[i];
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
                            a,
                            aOffset,
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
    private void storeSums(ConvolutionPlan plan, Matrix dw) {
        for (Part part : plan.forward) {
            int group = part.weights().group();
            for (int line = 0; line < part.length(); line++) {
                int at = group * sumsSize(part) + line * part.width();
                int to = dw.index(line, group * part.columns());
                System.arraycopy(stack, at, dw.array(), to, part.columns());
            }
        }
    }
}
