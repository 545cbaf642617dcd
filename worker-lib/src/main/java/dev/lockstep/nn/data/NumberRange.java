package dev.lockstep.nn.data;

import java.io.Serializable;

/**
 * The numbers that are valid in one place.
 *
 * @param least the least of them
 * @param most the greatest of them
 * @param whole whether they are whole numbers
 * @param expected what an error says was expected: {@code a count of at least 0}
 */
public record NumberRange(double least, double most, boolean whole, String expected) implements Serializable {
    /** All that are finite. */
    public static final NumberRange ANY =
            new NumberRange(-Double.MAX_VALUE, Double.MAX_VALUE, false, "a finite number");

    /** Whether a number is one of them. */
    public boolean holds(float value) {
        return value >= least && value <= most && (!whole || value == Math.rint(value));
    }

    /** The one of two ranges that ends first. */
    public NumberRange narrower(NumberRange other) {
        return other.most < most ? other : this;
    }
}
