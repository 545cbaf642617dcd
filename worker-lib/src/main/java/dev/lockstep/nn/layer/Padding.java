package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.WindowAxis;

/** What lies beyond the edges of an image or a sequence that a window slides over. */
public enum Padding {
    /** Enough padding, spread evenly, for {@code ceil(input / stride)} windows. */
    SAME {
        @Override
        WindowAxis axis(int input, int kernel, int stride, int dilation) {
            return WindowAxis.same(input, kernel, stride, dilation);
        }
    },
    /** Nothing: windows lie inside the input, {@code floor((input - span) / stride) + 1} of them. */
    VALID {
        @Override
        WindowAxis axis(int input, int kernel, int stride, int dilation) {
            return WindowAxis.valid(input, kernel, stride, dilation);
        }
    };

    /** How windows slide along an axis. */
    abstract WindowAxis axis(int input, int kernel, int stride, int dilation);

    /** The same, naming the layer and its input if they do not fit. */
    WindowAxis axis(String layer, Object input, int length, int kernel, int stride, int dilation) {
        try {
            return axis(length, kernel, stride, dilation);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    layer + ": " + e.getMessage() + " (input " + input + ", padding "
                            + name().toLowerCase(java.util.Locale.ROOT) + ")",
                    e);
        }
    }
}
