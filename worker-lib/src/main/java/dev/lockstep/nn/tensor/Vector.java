package dev.lockstep.nn.tensor;

import java.util.Objects;

/**
 * A view of consecutive elements of a {@code float[]}: element {@code i} lies at {@code offset + i}.
 *
 * <p>The view is mutable, so that a step allocates nothing: code that works with vectors keeps its views and points
 * them at other elements. A view belongs to one thread, and what receives one must not keep it.
 */
public final class Vector {
    private static final float[] NOTHING = {};

    private float[] array = NOTHING;
    private int offset;
    private int length;

    /** A view of nothing, to be pointed somewhere. */
    public Vector() {}

    /** A view of a whole array. */
    public static Vector of(float[] array) {
        return new Vector().at(array, 0, array.length);
    }

    /**
     * Points the view at other elements.
     *
     * @param newArray what holds them; not copied
     * @param newOffset index of the first
     * @param newLength how many
     * @return this view
     * @throws IndexOutOfBoundsException if they do not lie within the array
     */
    public Vector at(float[] newArray, int newOffset, int newLength) {
        Objects.checkFromIndexSize(newOffset, newLength, newArray.length);
        array = newArray;
        offset = newOffset;
        length = newLength;
        return this;
    }

    /** What holds the elements. */
    public float[] array() {
        return array;
    }

    /** Index in {@link #array} of the first element. */
    public int offset() {
        return offset;
    }

    /** How many elements. */
    public int length() {
        return length;
    }
}
