package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts that a file does not contain.
 *
 * @param output the output that is the network's; null: the only one
 * @param loss what the outputs mean; null: classes after a softmax, two classes after a sigmoid, otherwise numbers
 * @param shape of one row of the input, in the file's order; null: from the file
 * @param classes names of the classes; empty: they have none
 */
public record ImportOptions(
        @Nullable String output,
        @Nullable Loss loss,
        @Nullable Shape shape,
        List<String> classes) {
    /** The file says it all. */
    public static final ImportOptions NONE = new ImportOptions(null, null, null, List.of());

    /** Copies the list. */
    public ImportOptions {
        classes = List.copyOf(classes);
    }
}
