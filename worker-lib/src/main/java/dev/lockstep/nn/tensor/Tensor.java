package dev.lockstep.nn.tensor;

/**
 * A view of rows of one shape in a {@code float[]}: row {@code r} lies at {@code offset + r * shape.size()}, row-major,
 * without gaps. How many of its rows are in use is known to its user (a pass, a batch), so that one allocation serves
 * every step.
 *
 * @param array what holds the values; not copied
 * @param offset index of the first element of row 0
 * @param shape shape of one row
 */
public record Tensor(float[] array, int offset, Shape shape) {

    /** A new tensor of {@code rows} rows, all zero. */
    public static Tensor allocate(int rows, Shape shape) {
        return new Tensor(new float[Math.multiplyExact(rows, shape.size())], 0, shape);
    }

    /** Index in {@link #array} of the first element of a row. */
    public int rowOffset(int row) {
        return offset + row * shape.size();
    }

    /** The same elements seen as rows of another shape of equal size. */
    public Tensor reshape(Shape other) {
        if (other.size() != shape.size()) {
            throw new IllegalArgumentException("cannot see rows of shape " + shape + " as " + other);
        }
        return new Tensor(array, offset, other);
    }
}
