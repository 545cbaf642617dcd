package dev.lockstep.nn.kernel;

import dev.lockstep.nn.kernel.ConvolutionPlan.Matrix;
import dev.lockstep.nn.kernel.ConvolutionPlan.Part;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link Convolution} as an implicit matrix product on {@link ConvolutionTiles}: the weights are packed into panels once a call, the
 * images are read where they lie, or in a copy of one image with its padding around it. No matrix of windows is ever made.
 */
final class SimdConvolution implements Convolution {
    private static final int ROWS = ConvolutionTiles.ROWS;
    private static final int WIDE = ConvolutionTiles.WIDE;
    private static final int NARROW = ConvolutionTiles.NARROW;

    /** Positions that the sums of weights run over at a time, so that what they read stays in the first caches. */
    private static final int BAND = 256;

    /** Where chains begin. */
    private static final float[] ZEROS = new float[ROWS * WIDE];

    private static final int[] WIDE_LINES = {0, WIDE, 2 * WIDE, 3 * WIDE, 4 * WIDE, 5 * WIDE};
    private static final int[] NARROW_LINES = {0, NARROW, 2 * NARROW, 3 * NARROW, 4 * NARROW, 5 * NARROW};

    private final Map<ConvolutionShape, ConvolutionPlan> plans = new HashMap<>();
    private final SegmentTree tree = new SegmentTree();
    private final Elementwise elementwise = new SimdElementwise();
    private final Activations activations = new SimdActivations();
    private final float[] tile = new float[ROWS * WIDE];
    private final float[] places = new float[BAND * ROWS + 2 * NARROW];
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
        packed = atLeast(packed, plan.packedSize);
        return plan;
    }

    @Override
    public void forward(
            ConvolutionShape shape,
            int rows,
            float[] x,
            int xOffset,
            float[] w,
            int wOffset,
            float[] y,
            int yOffset,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        ConvolutionPlan plan = plan(shape);
        for (Matrix matrix : plan.forwardMatrices) {
            packForward(shape, matrix, w, wOffset);
        }
        clearFrame(plan);
        for (int row = 0; row < rows; row++) {
            int image = xOffset + row * shape.inputSize();
            int out = yOffset + row * shape.outputSize();
            if (plan.framed) {
                copyIntoFrame(plan, x, image);
            }
            for (Part part : plan.forward) {
                chains(part, plan.framed ? frame : x, plan.framed ? 0 : image, y, out);
            }
            if (epilogue != Epilogue.OVERWRITE) {
                elementwise.addBiasRows(shape.positions(), shape.filters(), y, out, shape.filters(), bias, biasOffset);
            }
            if (epilogue == Epilogue.BIAS_RELU) {
                activations.relu(y, out, y, out, shape.outputSize());
            }
        }
    }

    @Override
    public void inputGradient(
            ConvolutionShape shape,
            int rows,
            float[] dy,
            int dyOffset,
            float[] w,
            int wOffset,
            float[] dx,
            int dxOffset) {
        ConvolutionPlan plan = plan(shape);
        for (Matrix matrix : plan.backwardMatrices) {
            packBackward(shape, matrix, w, wOffset);
        }
        int outHeight = shape.vertical().output();
        int line = shape.horizontal().output() * shape.filters();
        int left = plan.marginLeft * shape.filters();
        int widened = left + line + plan.marginRight * shape.filters();
        boolean copied = widened > line;
        if (copied) {
            gradient = atLeast(gradient, outHeight * widened);
            Arrays.fill(gradient, 0, outHeight * widened, 0f);
        }
        for (int row = 0; row < rows; row++) {
            int image = dyOffset + row * shape.outputSize();
            for (int oh = 0; copied && oh < outHeight; oh++) {
                System.arraycopy(dy, image + oh * line, gradient, oh * widened + left, line);
            }
            for (Part part : plan.backward) {
                int out = dxOffset + row * shape.inputSize();
                chains(part, copied ? gradient : dy, copied ? 0 : image, dx, out);
            }
        }
    }

    private void packForward(ConvolutionShape shape, Matrix matrix, float[] w, int wOffset) {
        int columns = shape.groupFilters();
        int from = wOffset + matrix.group() * columns;
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionPlan.width(columns - j);
            int panel = matrix.packed() + j * matrix.lines();
            int used = Math.min(width, columns - j);
            Packing.contiguous(matrix.lines(), used, width, w, from + j, shape.filters(), packed, panel);
        }
    }

    /** The weights of each place as a matrix [filters, channels]. */
    private void packBackward(ConvolutionShape shape, Matrix matrix, float[] w, int wOffset) {
        int filters = shape.groupFilters();
        int columns = shape.groupChannels();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionPlan.width(columns - j);
            int panel = matrix.packed() + j * matrix.lines();
            int used = Math.min(width, columns - j);
            for (int tap : matrix.taps()) {
                int from = wOffset + (tap * columns + j) * shape.filters() + matrix.group() * filters;
                Packing.transposed(filters, used, width, w, from, shape.filters(), packed, panel);
                panel += filters * width;
            }
        }
    }

    private void clearFrame(ConvolutionPlan plan) {
        if (plan.framed) {
            frame = atLeast(frame, plan.frameHeight * plan.frameLine);
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

    /** Computes the chains of a part for one image, tile by tile. */
    private void chains(Part part, float[] a, int aOffset, float[] c, int cOffset) {
        int columns = part.columns();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionPlan.width(columns - j);
            int used = Math.min(width, columns - j);
            int panel = part.matrix().packed() + j * part.matrix().lines() + part.firstLine() * width;
            int[] tileLines = width == WIDE ? WIDE_LINES : NARROW_LINES;
            for (int p = 0; p < part.positions(); p += ROWS) {
                int rows = Math.min(ROWS, part.positions() - p);
                if (rows == ROWS && used == width) {
                    tile(part, p, width, panel, a, aOffset, c, cOffset + j, part.to(), p);
                    continue;
                }
                tile(part, p, width, panel, a, aOffset, tile, 0, tileLines, 0);
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(tile, r * width, c, cOffset + part.to()[p + r] + j, used);
                }
            }
        }
    }

    /** Computes one tile; what there is of it between two runs waits in the scratch tile. */
    private void tile(
            Part part,
            int first,
            int width,
            int panel,
            float[] a,
            int aOffset,
            float[] c,
            int cOffset,
            int[] to,
            int toFirst) {
        int[] from = part.from();
        int[] places = part.places();
        int length = part.length();
        if (part.run() == 0) {
            if (width == WIDE) {
                ConvolutionTiles.wideChains(
                        length, places, a, aOffset, from, first, packed, panel, ZEROS, c, cOffset, to, toFirst);
            } else {
                ConvolutionTiles.narrowChains(
                        length, places, a, aOffset, from, first, packed, panel, ZEROS, c, cOffset, to, toFirst);
            }
            return;
        }
        int run = part.run();
        float[] start = ZEROS;
        for (int l = 0; l < length; l += run, start = tile) {
            boolean last = l + run == length;
            float[] out = last ? c : tile;
            int at = last ? cOffset : 0;
            int b = panel + l * width;
            if (width == WIDE) {
                int[] lines = last ? to : WIDE_LINES;
                ConvolutionTiles.wideRuns(
                        run, a, aOffset + places[l], from, first, packed, b, start, out, at, lines, last ? toFirst : 0);
            } else {
                int[] lines = last ? to : NARROW_LINES;
                ConvolutionTiles.narrowRuns(
                        run, a, aOffset + places[l], from, first, packed, b, start, out, at, lines, last ? toFirst : 0);
            }
        }
    }

    @Override
    public void weightGradient(
            ConvolutionShape shape,
            int[] rowStart,
            int from,
            int to,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dw,
            int dwOffset) {
        ConvolutionPlan plan = plan(shape);
        tree.plan(rowStart, from, to);
        if (tree.leaves() == 0) {
            Arrays.fill(dw, dwOffset, dwOffset + shape.weights(), 0f);
            return;
        }
        clearFrame(plan);
        int size = shape.groups() * sumsSize(plan.forward.get(0));
        stack = atLeast(stack, tree.depth() * size);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + size, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                addRow(plan, x, xOffset + row * shape.inputSize(), dy, dyOffset + row * shape.outputSize(), top);
            }
            top += size;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= size;
                elementwise.add(stack, top, stack, top - size, size);
            }
        }
        storeSums(plan, dw, dwOffset);
    }

    /** The sums of a group's weights are tiles of six lines, panel after panel, filled up to whole ones. */
    private static int sumsSize(Part part) {
        return ConvolutionPlan.tiles(part.length()) * ROWS * ConvolutionPlan.panels(part.columns());
    }

    /** Continues the chains of all weights over the windows of one row. */
    private void addRow(ConvolutionPlan plan, float[] x, int image, float[] dy, int out, int sums) {
        ConvolutionShape shape = plan.shape;
        if (plan.framed) {
            copyIntoFrame(plan, x, image);
        }
        float[] b = dy;
        int bOffset = out;
        if (out + shape.outputSize() + WIDE > dy.length) {
            // A tile's last columns may be read beyond the image, to no effect; but not beyond the array.
            gradient = atLeast(gradient, shape.outputSize() + WIDE);
            System.arraycopy(dy, out, gradient, 0, shape.outputSize());
            b = gradient;
            bOffset = 0;
        }
        for (Part part : plan.forward) {
            int group = part.matrix().group();
            addRow(
                    part,
                    plan.framed ? frame : x,
                    plan.framed ? 0 : image,
                    b,
                    bOffset + group * shape.groupFilters(),
                    shape.filters(),
                    sums + group * sumsSize(part));
        }
    }

    private void addRow(Part part, float[] a, int aOffset, float[] b, int bOffset, int ldb, int sums) {
        int columns = part.columns();
        int ldc = ConvolutionPlan.panels(columns);
        for (int first = 0; first < part.positions(); first += BAND) {
            int end = Math.min(first + BAND, part.positions());
            for (int l = 0; l < part.length(); l += ROWS) {
                ConvolutionTiles.pack(first, end, part.places(), l, a, aOffset, part.from(), places);
                for (int j = 0, width; j < columns; j += width) {
                    width = ConvolutionPlan.width(columns - j);
                    int c = sums + l * ldc + j * ROWS;
                    int at = bOffset + first * ldb + j;
                    if (width == WIDE) {
                        Tiles.rows6(end - first, places, 0, b, at, ldb, stack, c, Tiles.NOTHING, 0, 0, stack, c, WIDE);
                    } else {
                        ConvolutionTiles.narrowSums(end - first, places, b, at, ldb, stack, c);
                    }
                }
            }
        }
    }

    /** Brings the sums at the bottom of the stack, tiles of six lines, into the weights' own order. */
    private void storeSums(ConvolutionPlan plan, float[] dw, int dwOffset) {
        int filters = plan.shape.filters();
        for (Part part : plan.forward) {
            int group = part.matrix().group();
            int from = group * sumsSize(part);
            int columns = part.columns();
            int ldc = ConvolutionPlan.panels(columns);
            for (int line = 0; line < part.length(); line++) {
                int r = line % ROWS;
                int to = dwOffset + line * filters + group * columns;
                for (int j = 0, width; j < columns; j += width) {
                    width = ConvolutionPlan.width(columns - j);
                    int at = from + (line - r) * ldc + j * ROWS + r * width;
                    System.arraycopy(stack, at, dw, to + j, Math.min(width, columns - j));
                }
            }
        }
    }

    private static float[] atLeast(float[] buffer, int length) {
        return buffer.length >= length ? buffer : new float[length];
    }
}
