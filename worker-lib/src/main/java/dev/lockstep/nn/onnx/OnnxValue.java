package dev.lockstep.nn.onnx;

import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in a graph, {@code [rows, shape...]}.
 *
 * @param name of the value
 * @param shape of one row
 * @param lengths value {@code [rows]} of int32 with the number of valid steps of each row; null: all steps are valid
 */
record OnnxValue(String name, Shape shape, @Nullable String lengths) {
    OnnxValue with(String otherName, Shape otherShape) {
        return new OnnxValue(otherName, otherShape, lengths);
    }

    OnnxValue endingAt(@Nullable String otherLengths) {
        return new OnnxValue(name, shape, otherLengths);
    }
}
