package dev.lockstep.nn.param;

/**
 * The gradients of consecutive parameters, somewhere in an array.
 *
 * @param values holds them
 * @param offset where the gradient of parameter {@code from} lies
 * @param from first parameter, an index of the flat vector
 * @param to after the last parameter
 */
public record GradientSlice(float[] values, int offset, int from, int to) implements GradientPiece {

    /** The gradients of all parameters, each at its parameter's index. */
    public static GradientSlice whole(float[] values) {
        return new GradientSlice(values, 0, 0, values.length);
    }

    /** Where the gradient of a parameter lies. */
    public int index(int parameter) {
        return parameter - from + offset;
    }

    @Override
    public GradientSlice part(int partFrom, int partTo) {
        return new GradientSlice(values, index(partFrom), partFrom, partTo);
    }
}
