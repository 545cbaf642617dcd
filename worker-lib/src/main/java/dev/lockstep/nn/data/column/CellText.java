package dev.lockstep.nn.data.column;

import java.math.BigDecimal;
import java.math.MathContext;

/** How cells are shown to a person who has only their features. */
final class CellText {
    /** A cell that was not there. */
    static final String MISSING = "(missing)";

    /** A category that has no feature. */
    static final String NONE = "(none)";

    /** A name that is not distinguished from others. */
    static final String OTHER = "(other)";

    /** A float has no more digits that could be relied on. */
    private static final MathContext DIGITS = new MathContext(6);

    private static final int MOST_EXPONENT = 15;

    private CellText() {}

    /** A number with the digits that survive a float. */
    static String number(double value) {
        if (value == 0 || Double.isNaN(value)) {
            return value == 0 ? "0" : "NaN";
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale();
        return Math.abs(exponent) > MOST_EXPONENT ? rounded.toString() : rounded.toPlainString();
    }

    /** Which of a hash's values it is. */
    static String hashed(int value) {
        return "#" + value;
    }
}
