package dev.lockstep.spark.ingest;

/** The one rounding of every number that is read. */
final class Rounding {
    private Rounding() {}

    /** The nearest float, +0 for -0. */
    static float toFloat(double value, String column) throws RowException {
        float result = (float) value + 0f;
        if (!Float.isFinite(result)) {
            throw notFinite(value, column);
        }
        return result;
    }

    /** A number of valid steps, at most {@code steps}. */
    static float toLength(double value, int steps) throws RowException {
        if (!(value >= 0 && value <= steps) || value != Math.rint(value)) {
            throw new RowException("length", "expected a whole number from 0 to " + steps + ", got " + value);
        }
        return (float) value + 0f;
    }

    /** The complaint about a number that no float can be. */
    static RowException notFinite(double value, String column) {
        String expected = Double.isFinite(value) ? "a number that fits a float" : "a finite number";
        return new RowException(column, "expected " + expected + ", got " + value);
    }
}
