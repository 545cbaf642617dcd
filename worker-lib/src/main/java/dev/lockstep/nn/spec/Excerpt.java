package dev.lockstep.nn.spec;

import java.util.List;
import java.util.Locale;

/**
 * The excerpt of foreign text in a message; such text can have any length and any characters: those that a terminal
 * would obey instead of showing them are written as Java writes them.
 */
public final class Excerpt {
    /** Code units of a value in a message. */
    private static final int VALUE = 80;

    private static final int MOST_LISTED = 100;

    private Excerpt() {}

    /** The text, or its first 80 characters and how long it is. */
    public static String of(String text) {
        return of(text, VALUE);
    }

    /** The text, or its first characters and how long it is. */
    public static String of(String text, int most) {
        return text.length() <= most ? visible(text) : visible(head(text, most)) + "..." + length(text);
    }

    /** The text in quotes, or its first 80 characters in quotes and how long it is. */
    public static String quoted(String text) {
        return text.length() <= VALUE
                ? "\"" + visible(text) + "\""
                : "\"" + visible(head(text, VALUE)) + "...\"" + length(text);
    }

    /**
     * The text with control characters, line breaks and marks of the writing direction as escapes: {@code \n},
     * {@code \t}, {@code \u001b}.
     */
    public static String visible(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            switch (Character.getType(character)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    shown.append(escape(character));
                default -> shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", character);
        };
    }

    private static String head(String text, int most) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    private static String length(String text) {
        return " (" + text.length() + " characters)";
    }

    /** Names one after the other, with commas; of many the first ones and how many follow. */
    public static String list(List<String> names) {
        List<String> shown = names.stream().limit(MOST_LISTED).map(Excerpt::of).toList();
        String more = names.size() > MOST_LISTED ? " and " + (names.size() - MOST_LISTED) + " more" : "";
        return String.join(", ", shown) + more;
    }
}
