package dev.lockstep.nn.param;

import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;

/** How a tensor begins. */
@FunctionalInterface
public interface InitialValues {

    /**
     * Fills a tensor.
     *
     * @param key the tensor's random stream
     * @param shape its shape
     * @param values overwritten from {@code offset} on
     * @param offset where the tensor lies
     */
    void fill(long key, Shape shape, float[] values, int offset);

    /**
     * For a matrix {@code [in, gates units]} that holds the matrices of several gates side by side: each gate's
     * {@code [in, units]} begins by itself, with fans and a stream of its own.
     */
    static InitialValues gates(int gates, InitialValues each) {
        return (key, shape, values, offset) -> {
            int rows = shape.size() / shape.last();
            int units = shape.last() / gates;
            float[] gate = new float[rows * units];
            for (int g = 0; g < gates; g++) {
                each.fill(StreamKey.fold(key, g), Shape.of(rows, units), gate, 0);
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(gate, row * units, values, offset + row * shape.last() + g * units, units);
                }
            }
        };
    }

    /** The same value everywhere. */
    static InitialValues constant(float value) {
        return (key, shape, values, offset) -> Arrays.fill(values, offset, offset + shape.size(), value);
    }

    /** 0, but one value in the part of a bias that belongs to one gate. */
    static InitialValues gateBias(int gates, int gate, double value) {
        return (key, shape, values, offset) -> {
            int units = shape.last() / gates;
            Arrays.fill(values, offset, offset + shape.size(), 0f);
            Arrays.fill(values, offset + gate * units, offset + (gate + 1) * units, (float) value);
        };
    }

    /** Each row of a table begins as a matrix {@code [1, units]} by itself, as a table's input has one 1. */
    static InitialValues rows(InitialValues each) {
        return (key, shape, values, offset) -> {
            Shape row = Shape.of(1, shape.last());
            for (int i = 0; i < shape.dimension(0); i++) {
                each.fill(StreamKey.fold(key, i), row, values, offset + i * row.size());
            }
        };
    }
}
