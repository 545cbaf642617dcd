package dev.lockstep.nn.tensor;

import java.util.Objects;

/**
 * A view of consecutive segments of the rows of a matrix, for example of the shards of a batch: segment {@code s} of
 * the view covers rows {@code start(s)} to {@code start(s + 1) - 1}, which may be none.
 *
 * <p>The view is mutable, so that a step allocates nothing; see {@link Matrix}.
 */
public final class Segments {
    private static final int[] NOTHING = {0};

    private int[] rowStart = NOTHING;
    private int from;
    private int count;
    private int scale = 1;

    /** A view of no segment, to be pointed somewhere. */
    public Segments() {}

    /** Points the view at segments of rows; see {@link #at(int[], int, int, int)}. */
    public Segments at(int[] newRowStart, int newFrom, int newTo) {
        return at(newRowStart, newFrom, newTo, 1);
    }

    /**
     * Points the view at other segments.
     *
     * @param newRowStart segment s of all begins at {@code newRowStart[s]} and ends before {@code newRowStart[s + 1]};
     *     not copied
     * @param newFrom the first segment of the view
     * @param newTo one past the last segment
     * @param linesPerRow how many rows of the matrix stand for each one that {@code newRowStart} counts: the steps of a
     *     sequence or the positions of an image
     * @return this view
     * @throws IndexOutOfBoundsException if there are no such segments
     */
    public Segments at(int[] newRowStart, int newFrom, int newTo, int linesPerRow) {
        Objects.checkFromToIndex(newFrom, newTo, newRowStart.length - 1);
        rowStart = newRowStart;
        from = newFrom;
        count = newTo - newFrom;
        scale = linesPerRow;
        return this;
    }

    /** How many segments, those without rows included. */
    public int count() {
        return count;
    }

    /** First row of a segment; of segment {@link #count()} the end of the last one. */
    public int start(int segment) {
        return rowStart[from + segment] * scale;
    }
}
