package dev.lockstep.nn.data;

import java.util.Locale;
import java.util.Set;

/** Reads numbers exactly: the double nearest to what is written, as {@link Double#parseDouble} does, but faster. */
public final class NumberText {
    /** A double holds these exactly, so one multiplication or division by them is rounded once. */
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private static final long MOST_EXACT = 1L << 53;
    private static final Set<String> NOT_A_NUMBER = Set.of("nan", "+nan", "-nan");
    private static final Set<String> INFINITE = Set.of("inf", "+inf", "infinity", "+infinity", "-inf", "-infinity");

    private NumberText() {}

    /**
     * Reads a decimal number, with an exponent or without; {@code nan} and {@code inf} in any case are read too. Spaces
     * around it are ignored.
     *
     * @throws NumberFormatException if it is none
     */
    public static double parse(String text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && text.charAt(start) <= ' ') {
            start++;
        }
        while (start < end && text.charAt(end - 1) <= ' ') {
            end--;
        }
        int i = start;
        boolean negative = i < end && text.charAt(i) == '-';
        if (negative) {
            i++;
        }
        long digits = 0;
        int count = 0;
        int fraction = -1;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9' && count < 18) {
                digits = 10 * digits + (c - '0');
                count++;
                fraction += fraction >= 0 ? 1 : 0;
            } else if (c == '.' && fraction < 0) {
                fraction = 0;
            } else {
                return parseSlowly(text.substring(start, end));
            }
        }
        int scale = Math.max(0, fraction);
        if (count == 0 || digits > MOST_EXACT || scale >= POWERS_OF_TEN.length) {
            return parseSlowly(text.substring(start, end));
        }
        double value = digits / POWERS_OF_TEN[scale];
        return negative ? -value : value;
    }

    public static double parse(String text) {
        return parse(text, 0, text.length());
    }

    private static double parseSlowly(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (NOT_A_NUMBER.contains(lower)) {
            return Double.NaN;
        }
        if (INFINITE.contains(lower)) {
            return lower.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        // parseDouble also takes 1d, 1f and hexadecimal numbers, which no data file means.
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (!(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.' || c == 'e')) {
                throw new NumberFormatException(text);
            }
        }
        return Double.parseDouble(text);
    }
}
