package dev.lockstep.nn.kernel;

/**
 * The shapes of a pooling: rows of images {@code [height, width, channels]}, and where their windows lie, which is
 * worked out once. A sequence is an image of height 1.
 *
 * <p>The windows of a row are numbered in the order (output row, output column), the places of an image in the order
 * (row, column).
 */
public final class PoolingShape {
    private final WindowAxis vertical;
    private final WindowAxis horizontal;
    private final int channels;
    private final int lineStep;
    private final int columnStep;
    private final int[] firstPlaces;
    private final int[] lines;
    private final int[] columns;

    /**
     * A shape.
     *
     * @param vertical the window along the height
     * @param horizontal the window along the width
     * @param channels pooled each on its own
     */
    public PoolingShape(WindowAxis vertical, WindowAxis horizontal, int channels) {
        this.vertical = vertical;
        this.horizontal = horizontal;
        this.channels = channels;
        lineStep = vertical.dilation() * horizontal.input();
        columnStep = horizontal.dilation();
        int windows = vertical.output() * horizontal.output();
        firstPlaces = new int[windows];
        lines = new int[windows];
        columns = new int[windows];
        for (int window = 0; window < windows; window++) {
            int oh = window / horizontal.output();
            int ow = window % horizontal.output();
            firstPlaces[window] = firstSeen(vertical, oh) * horizontal.input() + firstSeen(horizontal, ow);
            lines[window] = vertical.kernelTo(oh) - vertical.kernelFrom(oh);
            columns[window] = horizontal.kernelTo(ow) - horizontal.kernelFrom(ow);
        }
    }

    private static int firstSeen(WindowAxis axis, int out) {
        return axis.first(out) + axis.kernelFrom(out) * axis.dilation();
    }

    /** The window along the height. */
    public WindowAxis vertical() {
        return vertical;
    }

    /** The window along the width. */
    public WindowAxis horizontal() {
        return horizontal;
    }

    /** Channels, pooled each on its own. */
    public int channels() {
        return channels;
    }

    /** Elements of a row of the input. */
    public int inputSize() {
        return vertical.input() * horizontal.input() * channels;
    }

    /** Elements of a row of the output. */
    public int outputSize() {
        return vertical.output() * horizontal.output() * channels;
    }

    /** How many windows a row has. */
    int windows() {
        return firstPlaces.length;
    }

    /** The first place that a window sees. */
    int firstPlace(int window) {
        return firstPlaces[window];
    }

    /** How many lines a window sees, {@link #lineStep} places apart. */
    int lines(int window) {
        return lines[window];
    }

    /** How many places of each line a window sees, {@link #columnStep} apart. */
    int columns(int window) {
        return columns[window];
    }

    /** Places from one line of a window to the next. */
    int lineStep() {
        return lineStep;
    }

    /** Places from one column of a window to the next. */
    int columnStep() {
        return columnStep;
    }

    /** Whether no place is seen by two windows. */
    boolean windowsLieApart() {
        return windowsLieApart(vertical) && windowsLieApart(horizontal);
    }

    private static boolean windowsLieApart(WindowAxis axis) {
        return axis.output() == 1 || axis.dilation() == 1 && axis.kernel() <= axis.stride();
    }

    /** Whether every place is seen by a window. */
    boolean windowsCoverAll() {
        return windowsCoverAll(vertical) && windowsCoverAll(horizontal);
    }

    private static boolean windowsCoverAll(WindowAxis axis) {
        int end = axis.first(axis.output() - 1) + axis.kernel();
        return axis.dilation() == 1 && axis.kernel() >= axis.stride() && end >= axis.input();
    }

    @Override
    public String toString() {
        return "PoolingShape[vertical=" + vertical + ", horizontal=" + horizontal + ", channels=" + channels + "]";
    }
}
