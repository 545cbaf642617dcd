package dev.lockstep.nn.tensor;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The dimensions of one row of a tensor (the batch dimension is never part of it), for example {@code [784]} or
 * {@code [28, 28, 1]} (height, width, channels). Row-major: the last dimension is contiguous. Immutable.
 */
public final class Shape implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] dimensions;
    private final int size;

    private Shape(int[] dimensions) {
        long product = 1;
        for (int dimension : dimensions) {
            if (dimension < 1) {
                throw new IllegalArgumentException("shape " + Arrays.toString(dimensions) + ": every dimension must be"
                        + " at least 1, got " + dimension);
            }
            product = Math.multiplyExact(product, dimension);
        }
        if (product > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("shape " + Arrays.toString(dimensions) + " has " + product
                    + " elements, more than the " + Integer.MAX_VALUE + " that an array can hold");
        }
        this.dimensions = dimensions;
        this.size = (int) product;
    }

    /** A shape of the given dimensions, each at least 1. */
    public static Shape of(int... dimensions) {
        return new Shape(dimensions.clone());
    }

    /** How many dimensions there are. */
    public int rank() {
        return dimensions.length;
    }

    /** Dimension {@code axis}, from 0. */
    public int dimension(int axis) {
        return dimensions[axis];
    }

    /** The last dimension: channels of an image, features of a sequence, units of a vector. */
    public int last() {
        return dimensions[dimensions.length - 1];
    }

    /** The number of elements: the product of all dimensions. */
    public int size() {
        return size;
    }

    /** A copy of the dimensions. */
    public int[] toArray() {
        return dimensions.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    @Override
    public String toString() {
        return Arrays.toString(dimensions);
    }
}
