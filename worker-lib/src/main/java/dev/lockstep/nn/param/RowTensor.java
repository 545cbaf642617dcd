package dev.lockstep.nn.param;

/**
 * A parameter tensor of which a step uses few rows, so that its gradient may be kept as {@link GradientRows}.
 *
 * @param offset index of its first parameter
 * @param rows how many rows it has: inputs, or tokens
 * @param columns parameters of a row
 */
public record RowTensor(int offset, int rows, int columns) {

    /** How many parameters it has. */
    public int length() {
        return rows * columns;
    }

    /** After its last parameter. */
    public int end() {
        return offset + length();
    }
}
