package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.layer.Padding;
import java.util.Arrays;

/**
 * Windows over an image or a sequence, as an operator describes them.
 *
 * @param before padding before the input on each axis
 * @param after padding after it
 * @param up whether the last window may reach beyond the end
 * @param preferred the padding to take where either will do
 */
record Windows(int[] kernel, int[] stride, int[] dilation, int[] before, int[] after, boolean up, Padding preferred) {
    /**
     * Reads the attributes.
     *
     * @param kernel sizes of the windows
     * @param input sizes of what they move over
     */
    static Windows of(GraphNode node, int[] kernel, int[] input) {
        int axes = kernel.length;
        int[] stride = ints(node.numbers("strides", 1, axes));
        int[] dilation = ints(node.numbers("dilations", 1, axes));
        int[] pads = ints(node.numbers("pads", 0, 2 * axes));
        String auto = node.text("auto_pad", "NOTSET");
        if (stride.length != axes || dilation.length != axes || pads.length != 2 * axes) {
            throw new IllegalArgumentException("expected strides, dilations and pads for " + axes + " axes");
        }
        if (auto.equals("SAME_UPPER")) {
            for (int i = 0; i < axes; i++) {
                WindowAxis same = WindowAxis.same(input[i], kernel[i], stride[i], dilation[i]);
                pads[i] = same.padding();
                pads[axes + i] = Math.max(same.padded() - input[i] - same.padding(), 0);
            }
        } else if (auto.equals("SAME_LOWER")) {
            throw new IllegalArgumentException("auto_pad SAME_LOWER has no counterpart");
        }
        return new Windows(
                kernel,
                stride,
                dilation,
                Arrays.copyOf(pads, axes),
                Arrays.copyOfRange(pads, axes, 2 * axes),
                node.number("ceil_mode", 0) != 0,
                node.proto().getDocString().equals("padding same") ? Padding.SAME : Padding.VALID);
    }

    static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    int axes() {
        return kernel.length;
    }

    /** How many windows the operator has on an axis. */
    private int count(int axis, int input) {
        int span = (kernel[axis] - 1) * dilation[axis] + 1;
        int room = input + before[axis] + after[axis] - span;
        if (room < 0) {
            throw new IllegalArgumentException(
                    "a window that spans " + span + " does not fit into an input of length " + input);
        }
        int count = room / stride[axis] + 1;
        // A window more, unless it would begin behind the input.
        boolean more = up && room % stride[axis] != 0 && count * stride[axis] < input + before[axis];
        return more ? count + 1 : count;
    }

    /** Whether Lockstep's windows with some padding lie where the operator's do, if kernels are so much longer. */
    private boolean fits(Padding padding, int[] input, int[] longer) {
        for (int i = 0; i < axes(); i++) {
            int size = kernel[i] + longer[i];
            int span = (size - 1) * dilation[i] + 1;
            if (padding == Padding.VALID && span > input[i]) {
                return false;
            }
            WindowAxis axis = padding == Padding.SAME
                    ? WindowAxis.same(input[i], size, stride[i], dilation[i])
                    : WindowAxis.valid(input[i], size, stride[i], dilation[i]);
            if (axis.output() != count(i, input[i]) || axis.padding() != before[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The padding that places windows as the operator does.
     *
     * @throws IllegalArgumentException if neither does
     */
    Padding padding(int... input) {
        Padding[] either = {preferred, preferred == Padding.VALID ? Padding.SAME : Padding.VALID};
        for (Padding padding : either) {
            if (fits(padding, input, new int[axes()])) {
                return padding;
            }
        }
        throw unequal(input);
    }

    /** How many zeros behind a kernel make windows with padding {@code same} lie as the operator's do. */
    int[] zerosBehind(int... input) {
        int[] longer = new int[axes()];
        for (int i = 0; i < axes(); i++) {
            boolean found = false;
            for (int more = 0; more <= kernel[i] && !found; more++) {
                WindowAxis same = WindowAxis.same(input[i], kernel[i] + more, stride[i], dilation[i]);
                found = same.padding() == before[i] && same.output() == count(i, input[i]);
                longer[i] = more;
            }
            if (!found) {
                throw unequal(input);
            }
        }
        return longer;
    }

    boolean isAligned(int... input) {
        return fits(Padding.VALID, input, new int[axes()]) || fits(Padding.SAME, input, new int[axes()]);
    }

    private IllegalArgumentException unequal(int[] input) {
        return new IllegalArgumentException("pads " + Arrays.toString(before) + " before and " + Arrays.toString(after)
                + " after an input of " + Arrays.toString(input) + " are neither those of padding valid nor of same");
    }
}
