package dev.lockstep.nn.spec;

import java.util.List;

/**
 * Checks for the compact constructors of description records. A message begins with the component's name, so that the
 * binder can put the path of the record before it: {@code model.layers.0.dense.units: expected at least 1, got 0}.
 */
public final class Expect {
    private Expect() {}

    /** Throws unless {@code value >= least}; returns the value. */
    public static int atLeast(String component, int value, int least) {
        if (value < least) {
            throw failure(component, "at least " + least, value);
        }
        return value;
    }

    /** Throws unless {@code value >= least}; returns the value. */
    public static long atLeast(String component, long value, long least) {
        if (value < least) {
            throw failure(component, "at least " + least, value);
        }
        return value;
    }

    /** Throws unless {@code least <= value <= most}; returns the value. */
    public static int between(String component, int value, int least, int most) {
        if (value < least || value > most) {
            throw failure(component, "a number from " + least + " to " + most, value);
        }
        return value;
    }

    /** Throws unless the value is finite and greater than 0; returns it. */
    public static double positive(String component, double value) {
        if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
            throw failure(component, "a number above 0", value);
        }
        return value;
    }

    /** Throws unless the value is finite and at least 0; returns it. */
    public static double notNegative(String component, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
            throw failure(component, "a number of at least 0", value);
        }
        return value;
    }

    /** Throws unless {@code from <= value < below}; returns the value. */
    public static double inRange(String component, double value, double from, double below) {
        if (!(value >= from && value < below)) {
            throw failure(component, "a number from " + show(from) + " to below " + show(below), value);
        }
        return value;
    }

    /** {@link #positive} of the float that a value is rounded to where it is used; returns the value. */
    public static double positiveFloat(String component, double value) {
        positive(component, value);
        float rounded = (float) value;
        if (rounded == 0 || Float.isInfinite(rounded)) {
            throw floatFailure(component, "a number above 0", value);
        }
        return value;
    }

    /** {@link #notNegative} of the float that a value is rounded to where it is used; returns the value. */
    public static double notNegativeFloat(String component, double value) {
        notNegative(component, value);
        if (Float.isInfinite((float) value)) {
            throw floatFailure(component, "a number of at least 0", value);
        }
        return value;
    }

    /**
     * {@link #inRange} from 0 to below 1 of the float that a value is rounded to where it is used; returns the value.
     */
    public static double fractionFloat(String component, double value) {
        inRange(component, value, 0, 1);
        if ((float) value == 1) {
            throw floatFailure(component, "a number from 0 to below 1", value);
        }
        return value;
    }

    private static IllegalArgumentException floatFailure(String component, String expected, double value) {
        return failure(component, expected, show(value) + ", which is " + show((float) value) + " as a float");
    }

    /** Throws if the value is absent; returns it. */
    public static <T> T present(String component, T value) {
        if (value == null) {
            throw new IllegalArgumentException(component + ": missing");
        }
        return value;
    }

    /** Throws if the list is absent or empty; returns an immutable copy. */
    public static <T> List<T> notEmpty(String component, List<T> values) {
        if (values == null || values.isEmpty()) {
            throw new IllegalArgumentException(
                    component + (values == null ? ": missing" : ": expected at least one entry, got none"));
        }
        return List.copyOf(values);
    }

    /** The exception of a component that is not what was expected. */
    public static IllegalArgumentException failure(String component, String expected, Object got) {
        String shown = got instanceof Double number ? show(number) : Excerpt.of(String.valueOf(got));
        return new IllegalArgumentException(component + ": expected " + expected + ", got " + shown);
    }

    /** A number as a person writes it: 1, not 1.0. */
    public static String show(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
