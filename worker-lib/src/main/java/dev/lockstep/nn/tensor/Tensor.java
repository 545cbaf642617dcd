package dev.lockstep.nn.tensor;

/**
 * A view of rows of one shape in a {@code float[]}: row {@code r} lies at {@code offset + r * stride}, row-major. Rows
 * follow each other without gaps, but for those of {@link #part}. How many of its rows are in use is known to its user
 * (a pass, a batch), so that one allocation serves every step.
 *
 * @param array what holds the values; not copied
 * @param offset index of the first element of row 0
 * @param shape shape of one row
 * @param stride from a row's first element to the next row's
 */
public record Tensor(float[] array, int offset, Shape shape, int stride) {

    /** Rows without gaps. */
    public Tensor(float[] array, int offset, Shape shape) {
        this(array, offset, shape, shape.size());
    }

    /** A new tensor of {@code rows} rows, all zero. */
    public static Tensor allocate(int rows, Shape shape) {
        return new Tensor(new float[Math.multiplyExact(rows, shape.size())], 0, shape);
    }

    /** Index in {@link #array} of the first element of a row. */
    public int rowOffset(int row) {
        return offset + row * stride;
    }

    /** The same elements seen as rows of another shape of equal size. */
    public Tensor reshape(Shape other) {
        if (other.size() != shape.size()) {
            throw new IllegalArgumentException("cannot see rows of shape " + shape + " as " + other);
        }
        return new Tensor(array, offset, other, stride);
    }

    /**
     * A part of each row, for users that find rows by {@link #rowOffset}.
     *
     * @param from its first element in a row
     * @param part its shape
     */
    public Tensor part(int from, Shape part) {
        if (from < 0 || from + part.size() > shape.size()) {
            throw new IllegalArgumentException("rows of shape " + shape + " have no " + part + " from " + from + " on");
        }
        return new Tensor(array, offset + from, part, stride);
    }
}
