package dev.lockstep.spark.ingest.text;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers as many countries write them: {@code 1.234,5} or {@code 1234,5}. */
public final class DecimalComma {
    private static final Pattern NUMBER =
            Pattern.compile("\\s*[+-]?(\\d{1,3}(\\.\\d{3})+|\\d+)?(,\\d*)?([eE][+-]?\\d+)?\\s*");

    private DecimalComma() {}

    /** The same number with a point; null: the text is none, with or without points between groups of three digits. */
    public static @Nullable String withPoint(String text) {
        return NUMBER.matcher(text).matches() ? text.replace(".", "").replace(',', '.') : null;
    }

    /**
     * The number with a point; a text that has no digit stays as it is, since it may stand for a missing number.
     *
     * @throws NumberFormatException if a text with digits is no number so written
     */
    public static String number(String text) {
        String number = withPoint(text);
        if (number == null && text.chars().anyMatch(Character::isDigit)) {
            throw new NumberFormatException(text);
        }
        return number == null ? text : number;
    }
}
