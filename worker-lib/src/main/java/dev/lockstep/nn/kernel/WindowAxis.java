package dev.lockstep.nn.kernel;

/**
 * The positions of a window along one axis of an image or a sequence. Output {@code o} sees the inputs {@code o stride
 * - padding + k dilation} for {@code k = 0 .. kernel-1}; those outside the input are padding.
 *
 * @param input length of the input
 * @param kernel how many inputs a window sees
 * @param stride distance between two windows
 * @param dilation distance between two inputs of a window
 * @param padding how many positions before the input the first window begins
 * @param output how many windows there are
 * @param partial whether windows may lie partly outside the input
 */
public record WindowAxis(int input, int kernel, int stride, int dilation, int padding, int output, boolean partial) {
    /** An axis of length 1 that every window sees: what a sequence has in place of an image's height. */
    public static final WindowAxis ONE = new WindowAxis(1, 1, 1, 1, 0, 1, false);

    /** Windows that lie wholly inside the input; what remains at its end is not seen. */
    public static WindowAxis valid(int input, int kernel, int stride, int dilation) {
        int span = (kernel - 1) * dilation + 1;
        if (span > input) {
            throw new IllegalArgumentException(
                    "a window that spans " + span + " does not fit into an input of length " + input);
        }
        return new WindowAxis(input, kernel, stride, dilation, 0, (input - span) / stride + 1, false);
    }

    /**
     * As many windows as strides fit into the input, rounded up, with the padding that they need spread evenly on both
     * sides; the odd one lies at the end.
     */
    public static WindowAxis same(int input, int kernel, int stride, int dilation) {
        int output = (input + stride - 1) / stride;
        int needed = (output - 1) * stride + (kernel - 1) * dilation + 1;
        return new WindowAxis(input, kernel, stride, dilation, Math.max(needed - input, 0) / 2, output, true);
    }

    /**
     * How many of the windows belong to an input that ends early: those that begin before its end where windows may be
     * partly outside, otherwise those that lie wholly inside.
     *
     * @param length where it ends, from 0 to {@link #input}
     */
    public int windows(int length) {
        int last = partial ? length - 1 : length - (kernel - 1) * dilation - 1;
        return last < 0 ? 0 : last / stride + 1;
    }

    /** The windows over an input that ends early; everything behind its end is padding. */
    public WindowAxis endingAt(int length) {
        return new WindowAxis(length, kernel, stride, dilation, padding, windows(length), partial);
    }

    /** Place of the first input of a window; negative if that is padding. */
    public int first(int out) {
        return out * stride - padding;
    }

    /** The first place of a window, counted in the window, that is not padding before the input. */
    public int kernelFrom(int out) {
        int first = first(out);
        return first >= 0 ? 0 : (dilation - 1 - first) / dilation;
    }

    /** One past the last place of a window that is not padding after the input. */
    public int kernelTo(int out) {
        return Math.min(kernel, (input - first(out) + dilation - 1) / dilation);
    }

    /**
     * How many positions there are from the first input of the first window to the last one of the last window, padding
     * included.
     */
    public int padded() {
        return (output - 1) * stride + (kernel - 1) * dilation + 1;
    }
}
