package dev.lockstep.nn.loss;

import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The steps of outputs that are compared step by step: an output {@code [steps, width]} has as many as the row is long,
 * any other shape one.
 */
final class Steps {
    private final int steps;
    private final int width;
    private final int @Nullable [] lengths;

    Steps(Pass pass, Shape output) {
        boolean sequence = output.rank() == 2;
        steps = sequence ? output.dimension(0) : 1;
        width = width(output);
        lengths = sequence ? pass.lengths() : null;
    }

    /** Outputs in a step. */
    static int width(Shape output) {
        return output.rank() == 2 ? output.last() : output.size();
    }

    /** Outputs in a step. */
    int width() {
        return width;
    }

    /** Valid steps of a row. */
    int of(int row) {
        return lengths == null ? steps : lengths[row];
    }

    /** Steps beyond a row's end have no gradient. */
    void clearMasked(int row, Tensor dOutput) {
        int at = dOutput.rowOffset(row);
        Arrays.fill(dOutput.array(), at + of(row) * width, at + steps * width, 0f);
    }
}
