package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.WindowAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution's shape as tables of places, which {@link SimdConvolution} walks through. Made once for a shape;
 * immutable.
 *
 * <p>Outputs and input gradients are the same computation: each position has a chain over places that lie at the same
 * distances from the position's own place in the source, which is an image in a frame of zeros where it has padding, or
 * an image of output gradients with columns of zeros on both sides. Forward there is one {@link Part} for each group;
 * backward one for each group and each class of positions that are seen by the same places of windows.
 */
final class ConvolutionPlan {
    /** Shortest stretch of memory for which it pays to go through a chain stretch by stretch. */
    private static final int SHORTEST_RUN = 8;

    /**
     * Chains of one kind.
     *
     * @param length how long a chain is
     * @param places where its elements lie, counted from a position's own place; the last one is repeated until tiles
     *     are full
     * @param run length of the stretches of memory that the places consist of; 0 if they are too short
     * @param from the positions' places in the source; the last one is repeated until tiles are full
     * @param to places of the positions' results
     * @param step distance between the results of two positions; 0 if it varies
     * @param closed whether the results of all parts, one after the other, lie without gaps in increasing order
     * @param columns how many results each position has, side by side
     * @param panels where the panels of columns begin, and after the last one its end, at or beyond the last column
     * @param weights the weights
     * @param firstLine the line of the matrix with which the chain begins
     */
    record Part(
            int length,
            int[] places,
            int run,
            int[] from,
            int[] to,
            int step,
            boolean closed,
            int columns,
            int[] panels,
            Weights weights,
            int firstLine) {

        int positions() {
            return to.length;
        }

        /** Columns of all panels together. */
        int width() {
            return panels[panels.length - 1];
        }
    }

    /**
     * A matrix of weights to be packed.
     *
     * @param group the group it belongs to
     * @param taps the places of the window, in the order of their lines
     * @param lines how many lines: a place has one for each channel, or backward for each filter, of the group
     * @param packed where it goes among the packed ones
     */
    record Weights(int group, int[] taps, int lines, int packed) {}

    final ConvolutionShape shape;
    /** Whether images need a frame of zeros. */
    final boolean framed;
    /** Lines of a framed image, and the elements of one. */
    final int frameHeight;

    final int frameLine;
    final Part[] forward;
    final Weights[] forwardWeights;
    /** Columns of zeros before and after a line of output gradients, counted in positions. */
    final int marginLeft;

    final int marginRight;
    final Part[] backward;
    final Weights[] backwardWeights;
    /** Floats of the packed matrices of one direction. */
    final int packedSize;

    // What is planned of one direction. A step goes through arrays, which needs no iterators.
    private final List<Part> parts = new ArrayList<>();
    private final List<Weights> matrices = new ArrayList<>();

    ConvolutionPlan(ConvolutionShape shape) {
        this.shape = shape;
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int width = framed(horizontal);
        frameHeight = framed(vertical);
        frameLine = width * shape.channels();
        framed = frameHeight > vertical.input() || width > horizontal.input();
        int leftmost = window(horizontal, 0, horizontal.kernel() - 1);
        int rightmost = window(horizontal, horizontal.input() - 1, 0);
        marginLeft = Math.max(0, -leftmost);
        marginRight = Math.max(0, rightmost - (horizontal.output() - 1));
        int packedForward = planForward();
        forward = parts.toArray(Part[]::new);
        forwardWeights = matrices.toArray(Weights[]::new);
        parts.clear();
        matrices.clear();
        packedSize = Math.max(packedForward, planBackward());
        backward = parts.toArray(Part[]::new);
        backwardWeights = matrices.toArray(Weights[]::new);
    }

    /** Length of an axis with the padding that its windows see. */
    private static int framed(WindowAxis axis) {
        return Math.max(axis.padding() + axis.input(), axis.padded());
    }

    /** Number, perhaps one that does not exist, of the last window that has an input at its place k or before it. */
    private static int window(WindowAxis axis, int input, int k) {
        return Math.floorDiv(input + axis.padding() - k * axis.dilation(), axis.stride());
    }

    private int planForward() {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int[] from = new int[shape.positions()];
        int[] to = new int[shape.positions()];
        for (int i = 0; i < from.length; i++) {
            int oh = i / horizontal.output();
            int ow = i % horizontal.output();
            from[i] = oh * vertical.stride() * frameLine + ow * horizontal.stride() * shape.channels();
            to[i] = i * shape.filters();
        }
        int[] taps = new int[shape.taps()];
        Arrays.setAll(taps, tap -> tap);
        int channels = shape.groupChannels();
        int lines = taps.length * channels;
        int packed = 0;
        for (int group = 0; group < shape.groups(); group++) {
            int[] places = new int[lines];
            for (int i = 0; i < lines; i++) {
                int kh = i / channels / horizontal.kernel();
                int kw = i / channels % horizontal.kernel();
                places[i] = kh * vertical.dilation() * frameLine
                        + kw * horizontal.dilation() * shape.channels()
                        + group * channels
                        + i % channels;
            }
            Weights weights = new Weights(group, taps, lines, packed);
            matrices.add(weights);
            parts.add(part(places, from, to, true, shape.groupFilters(), weights, 0));
            packed += lines * panelled(shape.groupFilters());
        }
        return packed;
    }

    /**
     * Goes through the positions by their phase in the strides: only those of one phase are seen by the same places of
     * windows.
     */
    private int planBackward() {
        int packed = 0;
        for (int h = 0; h < Math.min(shape.vertical().stride(), shape.vertical().input()); h++) {
            int[] down = tapsThatSee(shape.vertical(), h);
            for (int w = 0;
                    w < Math.min(shape.horizontal().stride(), shape.horizontal().input());
                    w++) {
                int[] across = tapsThatSee(shape.horizontal(), w);
                int[] taps = new int[down.length * across.length];
                for (int i = 0; i < taps.length; i++) {
                    taps[i] = down[i / across.length] * shape.horizontal().kernel() + across[i % across.length];
                }
                int lines = taps.length * shape.groupFilters();
                for (int group = 0; group < shape.groups(); group++) {
                    Weights weights = new Weights(group, taps, lines, packed);
                    matrices.add(weights);
                    planRows(weights, h, down, w, across);
                    packed += lines * panelled(shape.groupChannels());
                }
            }
        }
        return packed;
    }

    /** The places of windows at which an input can stand, in the order of the windows: from the last place down. */
    private static int[] tapsThatSee(WindowAxis axis, int input) {
        int[] taps = new int[axis.kernel()];
        int count = 0;
        for (int k = axis.kernel() - 1; k >= 0; k--) {
            if ((input + axis.padding() - k * axis.dilation()) % axis.stride() == 0) {
                taps[count++] = k;
            }
        }
        return Arrays.copyOf(taps, count);
    }

    /** Cuts the rows of a phase into stretches that are seen by the same rows of windows. */
    private void planRows(Weights weights, int phase, int[] down, int w, int[] across) {
        WindowAxis vertical = shape.vertical();
        for (int h = phase, next; h < vertical.input(); h = next) {
            int from = firstThatExists(down, h);
            int to = endOfThoseThatExist(down, h);
            next = h + vertical.stride();
            while (next < vertical.input()
                    && firstThatExists(down, next) == from
                    && endOfThoseThatExist(down, next) == to) {
                next += vertical.stride();
            }
            addBackward(weights, h, next, Arrays.copyOfRange(down, from, to), from, w, across);
        }
    }

    private int firstThatExists(int[] down, int h) {
        int i = 0;
        while (i < down.length && window(shape.vertical(), h, down[i]) < 0) {
            i++;
        }
        return i;
    }

    private int endOfThoseThatExist(int[] down, int h) {
        int i = firstThatExists(down, h);
        while (i < down.length
                && window(shape.vertical(), h, down[i]) < shape.vertical().output()) {
            i++;
        }
        return i;
    }

    private void addBackward(Weights weights, int firstRow, int endRow, int[] down, int skipped, int w, int[] across) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int filters = shape.groupFilters();
        int line = (marginLeft + horizontal.output() + marginRight) * shape.filters();
        int reference = window(vertical, firstRow, 0);
        int[] places = new int[down.length * across.length * filters];
        for (int i = 0; i < places.length; i++) {
            int kh = down[i / filters / across.length];
            int kw = across[i / filters % across.length];
            places[i] = (window(vertical, firstRow, kh) - reference) * line
                    + window(horizontal, w, kw) * shape.filters()
                    + weights.group() * filters
                    + i % filters;
        }
        int columns = (horizontal.input() - w + horizontal.stride() - 1) / horizontal.stride();
        int rows = (endRow - firstRow) / vertical.stride();
        int[] from = new int[rows * columns];
        int[] to = new int[from.length];
        for (int i = 0; i < from.length; i++) {
            int row = i / columns;
            int column = i % columns;
            from[i] = (reference + row) * line + (marginLeft + column) * shape.filters();
            int position = (firstRow + row * vertical.stride()) * horizontal.input() + w + column * horizontal.stride();
            to[i] = position * shape.channels();
        }
        int channels = shape.groupChannels();
        int firstLine = skipped * across.length * filters;
        boolean inOrder = vertical.stride() == 1 && horizontal.stride() == 1;
        parts.add(part(places, from, to, inOrder, channels, weights, firstLine));
    }

    /**
     * @param to places of the positions' results of all groups
     * @param inOrder whether the parts of an image follow one another in the order of their results, if there is one
     *     group
     * @param columns how many results of its own each group has
     */
    private Part part(
            int[] places, int[] from, int[] to, boolean inOrder, int columns, Weights weights, int firstLine) {
        int toOffset = weights.group() * columns;
        int[] moved = new int[to.length];
        int step = to.length > 1 ? to[1] - to[0] : columns;
        for (int i = 0; i < to.length; i++) {
            moved[i] = to[i] + toOffset;
            step = i > 0 && to[i] - to[i - 1] != step ? 0 : step;
        }
        return new Part(
                places.length,
                tiled(places),
                run(places),
                tiled(from),
                moved,
                step,
                inOrder && shape.groups() == 1 && step == columns,
                columns,
                panels(columns),
                weights,
                firstLine);
    }

    /** The places, the last one repeated until there are whole tiles of them wherever the last tile begins. */
    private static int[] tiled(int[] places) {
        int[] tiled = Arrays.copyOf(places, places.length + ConvolutionTiles.MAX_ROWS - 1);
        Arrays.fill(tiled, places.length, tiled.length, places.length == 0 ? 0 : places[places.length - 1]);
        return tiled;
    }

    /** Length of the stretches of places that follow one another, if all are as long, and long enough; else 0. */
    private static int run(int[] places) {
        int run = 1;
        while (run < places.length && places[run] == places[run - 1] + 1) {
            run++;
        }
        for (int i = 0; i < places.length; i++) {
            if (i % run != 0 && places[i] != places[i - 1] + 1) {
                return 0;
            }
        }
        return run < SHORTEST_RUN || places.length % run != 0 ? 0 : run;
    }

    /** Where the panels of so many columns begin, and where the last one ends. */
    private static int[] panels(int columns) {
        int[] panels = new int[columns + 1];
        int count = 0;
        while (panels[count] < columns) {
            panels[count + 1] = panels[count] + ConvolutionTiles.width(columns - panels[count]);
            count++;
        }
        return Arrays.copyOf(panels, count + 1);
    }

    /** Columns of the panels that hold so many columns. */
    private static int panelled(int columns) {
        int[] panels = panels(columns);
        return panels[panels.length - 1];
    }
}
