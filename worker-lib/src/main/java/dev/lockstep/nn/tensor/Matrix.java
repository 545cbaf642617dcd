package dev.lockstep.nn.tensor;

/**
 * A view of a matrix in a {@code float[]}, its rows {@code stride} elements apart: element {@code (i, j)} lies at
 * {@code offset + i stride + j}, or, in a transposed view, at {@code offset + j stride + i}.
 *
 * <p>The view is mutable, so that a step allocates nothing: code that multiplies keeps its views and points them at
 * other elements. A view belongs to one thread, and what receives one must not keep it.
 */
public final class Matrix {
    private static final float[] NOTHING = {};

    private float[] array = NOTHING;
    private int offset;
    private int rows;
    private int columns;
    private int stride;
    private boolean transposed;

    /** A view of nothing, to be pointed somewhere. */
    public Matrix() {}

    /** Points the view at rows without gaps between them; see {@link #at(float[], int, int, int, int)}. */
    public Matrix at(float[] newArray, int newOffset, int newRows, int newColumns) {
        return at(newArray, newOffset, newRows, newColumns, newColumns);
    }

    /**
     * Points the view at other elements.
     *
     * @param newArray what holds them; not copied
     * @param newOffset index of element (0, 0)
     * @param newRows rows of the matrix
     * @param newColumns columns of the matrix
     * @param newStride elements from the beginning of a row to that of the next, at least {@code newColumns}
     * @return this view
     * @throws IndexOutOfBoundsException if the elements do not lie within the array
     */
    public Matrix at(float[] newArray, int newOffset, int newRows, int newColumns, int newStride) {
        check(newArray, newOffset, newRows, newColumns, newStride);
        array = newArray;
        offset = newOffset;
        rows = newRows;
        columns = newColumns;
        stride = newStride;
        transposed = false;
        return this;
    }

    /** Points the view at the transpose of {@code [rows, columns]} without gaps between its rows. */
    public Matrix transposedAt(float[] newArray, int newOffset, int storedRows, int storedColumns) {
        return transposedAt(newArray, newOffset, storedRows, storedColumns, storedColumns);
    }

    /**
     * Points the view at the transpose of what is stored.
     *
     * @param newArray what holds the elements; not copied
     * @param newOffset index of element (0, 0)
     * @param storedRows rows as stored: columns of the view
     * @param storedColumns columns as stored: rows of the view
     * @param newStride elements from the beginning of a stored row to that of the next
     * @return this view
     * @throws IndexOutOfBoundsException if the elements do not lie within the array
     */
    public Matrix transposedAt(float[] newArray, int newOffset, int storedRows, int storedColumns, int newStride) {
        at(newArray, newOffset, storedRows, storedColumns, newStride);
        rows = storedColumns;
        columns = storedRows;
        transposed = true;
        return this;
    }

    private static void check(float[] array, int offset, int rows, int columns, int stride) {
        boolean sizes = rows >= 0 && columns >= 0 && stride >= columns && offset >= 0;
        long end = rows == 0 || columns == 0 ? 0 : offset + (rows - 1L) * stride + columns;
        if (!sizes || end > array.length) {
            throw new IndexOutOfBoundsException("a matrix [" + rows + ", " + columns + "] with rows " + stride
                    + " apart from " + offset + " on does not lie within an array of " + array.length);
        }
    }

    /** Index in {@link #array} of element (i, j). */
    public int index(int i, int j) {
        return offset + (transposed ? j * stride + i : i * stride + j);
    }

    /** What holds the elements. */
    public float[] array() {
        return array;
    }

    /** Index in {@link #array} of element (0, 0). */
    public int offset() {
        return offset;
    }

    /** Rows of the matrix that the view shows. */
    public int rows() {
        return rows;
    }

    /** Columns of the matrix that the view shows. */
    public int columns() {
        return columns;
    }

    /** Elements from the beginning of a stored row to that of the next. */
    public int stride() {
        return stride;
    }

    /** Whether the matrix is stored column by column: the view shows the transpose of what is stored. */
    public boolean transposed() {
        return transposed;
    }
}
