package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * How the elements of a row lie in a tensor of a graph, against their order in Lockstep. Transpositions and reshapes
 * change this and nothing else: no layer comes of them.
 *
 * @param axes the tensor's axes but that of the rows, each as runs through Lockstep's elements, the slowest first
 * @param rowsAxis where the axis of the rows stands among all
 */
record Layout(List<List<Factor>> axes, int rowsAxis) {
    /** In Lockstep's own order. */
    static Layout plain(int rowsAxis, int... sizes) {
        List<List<Factor>> axes = new ArrayList<>();
        int stride = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        for (int size : sizes) {
            stride /= size;
            axes.add(Factor.joined(List.of(new Factor(size, stride))));
        }
        return new Layout(List.copyOf(axes), rowsAxis);
    }

    static Layout plain(Shape shape) {
        return plain(0, shape.toArray());
    }

    /** {@code [channels, places...]} of Lockstep's {@code [places..., channels]}. */
    static Layout channelsFirst(Shape shape) {
        List<List<Factor>> axes = new ArrayList<>(plain(shape).axes);
        axes.add(0, axes.remove(axes.size() - 1));
        return new Layout(List.copyOf(axes), 0);
    }

    int size(int axis) {
        return Factor.product(axes.get(axis));
    }

    int[] sizes() {
        return axes.stream().mapToInt(Factor::product).toArray();
    }

    int rank() {
        return axes.size();
    }

    /** The place among {@link #axes} of an axis of the tensor, negative ones counted from the end; -1: the rows. */
    int place(long tensorAxis) {
        long axis = tensorAxis < 0 ? tensorAxis + rank() + 1 : tensorAxis;
        if (axis < 0 || axis > rank()) {
            throw new IllegalArgumentException("axis " + tensorAxis + " of a tensor with " + (rank() + 1) + " axes");
        }
        return axis == rowsAxis ? -1 : (int) (axis < rowsAxis ? axis : axis - 1);
    }

    /** Whether elements lie as in Lockstep, however axes divide them. */
    boolean inOrder() {
        List<Factor> all = Factor.joined(axes.stream().flatMap(List::stream).toList());
        return all.isEmpty() || all.size() == 1 && all.get(0).stride() == 1;
    }

    /** Whether an axis is the last one of a shape. */
    boolean isLast(int axis, Shape shape) {
        return axis >= 0
                && axes.get(axis).equals(plain(shape).axes.get(shape.rank() - 1))
                && size(axis) == shape.last();
    }

    /** The tensor with its axes in another order. */
    Layout transposed(long[] order) {
        List<List<Factor>> turned = new ArrayList<>();
        int rows = 0;
        for (int i = 0; i < order.length; i++) {
            int place = place(order[i]);
            if (place < 0) {
                rows = i;
            } else {
                turned.add(axes.get(place));
            }
        }
        return new Layout(List.copyOf(turned), rows);
    }

    /** Without axes of size 1, by their places in the tensor. */
    Layout without(List<Integer> places) {
        List<List<Factor>> rest = new ArrayList<>();
        int rows = rowsAxis;
        for (int i = 0; i < axes.size(); i++) {
            if (!places.contains(i)) {
                rest.add(axes.get(i));
            } else if (i < rowsAxis) {
                rows--;
            }
        }
        return new Layout(List.copyOf(rest), rows);
    }

    /** With an axis of size 1 at a place in the new tensor. */
    Layout withOne(int tensorAxis) {
        List<List<Factor>> more = new ArrayList<>(axes);
        boolean behind = tensorAxis > rowsAxis;
        more.add(behind ? tensorAxis - 1 : tensorAxis, List.of());
        return new Layout(List.copyOf(more), behind ? rowsAxis : rowsAxis + 1);
    }

    /**
     * The same elements cut into other axes; the rows come first.
     *
     * @throws IllegalArgumentException if axes do not cut them evenly
     */
    Layout reshaped(int... sizes) {
        Deque<Factor> rest = new ArrayDeque<>(
                Factor.joined(axes.stream().flatMap(List::stream).toList()));
        List<List<Factor>> cut = new ArrayList<>();
        for (int size : sizes) {
            List<Factor> axis = new ArrayList<>();
            int needed = size;
            while (needed > 1) {
                Factor next = rest.isEmpty() ? new Factor(1, 1) : rest.pop();
                if (next.size() > 1 && needed % next.size() == 0) {
                    axis.add(next);
                    needed /= next.size();
                } else if (next.size() > 1 && next.size() % needed == 0) {
                    int part = next.size() / needed;
                    axis.add(new Factor(needed, next.stride() * part));
                    rest.push(new Factor(part, next.stride()));
                    needed = 1;
                } else {
                    throw new IllegalArgumentException("cuts " + Arrays.toString(sizes()) + " into "
                            + Arrays.toString(sizes) + ", across the places of an image or sequence");
                }
            }
            cut.add(Factor.joined(axis));
        }
        return new Layout(List.copyOf(cut), 0);
    }

    /** The place in Lockstep's order of each element in the tensor's order. */
    int[] order() {
        int[] order = {0};
        for (Factor factor : axes.stream().flatMap(List::stream).toList()) {
            int[] finer = new int[order.length * factor.size()];
            for (int i = 0; i < order.length; i++) {
                for (int j = 0; j < factor.size(); j++) {
                    finer[i * factor.size() + j] = order[i] + j * factor.stride();
                }
            }
            order = finer;
        }
        return order;
    }
}
