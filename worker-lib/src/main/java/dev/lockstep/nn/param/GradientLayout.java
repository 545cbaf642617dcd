package dev.lockstep.nn.param;

import java.util.List;

/**
 * The division of a gradient into parts that are numbers in one array, and parts that are stored by rows.
 *
 * @param parameters how many parameters there are
 * @param tensors what is kept by rows, in the order of the offsets
 */
public record GradientLayout(int parameters, List<RowTensor> tensors) {

    /** Numbers for all parameters. */
    public static GradientLayout whole(int parameters) {
        return new GradientLayout(parameters, List.of());
    }

    /** A node for some shards of a pass. */
    public Gradient.Node node(int from, int to, int moments) {
        return new Gradient.Node(from, to, this, new float[parameters - lengthBefore(parameters)], new double[moments]);
    }

    /** Parameters kept by rows before a parameter. */
    private int lengthBefore(int parameter) {
        int length = 0;
        // Counted: an iterator would be an object a layer and step.
        for (int i = 0; i < tensors.size() && tensors.get(i).offset() < parameter; i++) {
            length += tensors.get(i).length();
        }
        return length;
    }

    /** Where the gradient of a parameter that is not kept by rows lies among the numbers. */
    int index(int parameter) {
        return parameter - lengthBefore(parameter);
    }

    /** The place among {@link #tensors} of the one that begins at a parameter; -1 if it is not kept by rows. */
    int tensorAt(int parameter) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).offset() == parameter) {
                return i;
            }
        }
        return -1;
    }
}
