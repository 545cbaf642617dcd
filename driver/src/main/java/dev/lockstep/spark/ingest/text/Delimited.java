package dev.lockstep.spark.ingest.text;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RowException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Divides a line of text into fields: RFC 4180 with any one character between fields (a field in double quotes may hold
 * it, doubled quotes and, in formats with rows of several lines, line breaks), or runs of blanks between fields.
 */
public final class Delimited {
    /** What a job file calls blanks between fields. */
    public static final String WHITESPACE = "whitespace";

    private static final char QUOTE = '"';

    private final boolean whitespace;
    private final char delimiter;
    private final boolean decimalComma;
    private final boolean multiLine;
    private String line = "";
    private int[] start = new int[16];
    private int[] end = new int[16];
    private int fields;

    private Delimited(DelimitedFormat format, boolean whitespace, char delimiter) {
        this.whitespace = whitespace;
        this.delimiter = delimiter;
        this.decimalComma = format.decimalComma();
        this.multiLine = format.multiLine();
    }

    /**
     * Fields of a format. What is between them is one character, or {@code whitespace} (or a pattern for blanks,
     * {@code \s+}).
     */
    static Delimited by(DelimitedFormat format) {
        String delimiter = format.delimiter();
        if (delimiter.equals(WHITESPACE) || delimiter.equals("\\s+")) {
            return new Delimited(format, true, ' ');
        }
        String character = delimiter.equals("\\t") ? "\t" : delimiter;
        if (character.length() != 1 || character.charAt(0) == QUOTE) {
            throw new IngestException("delimiter: expected one character other than a quote, or whitespace, got "
                    + Excerpt.quoted(delimiter));
        }
        return new Delimited(format, false, character.charAt(0));
    }

    /** Divides a line; the fields are valid until the next one. */
    void split(String newLine) throws RowException {
        line = newLine;
        fields = 0;
        if (whitespace) {
            splitAtBlanks();
        } else {
            splitAtDelimiters();
        }
    }

    private void splitAtBlanks() {
        int i = 0;
        while (true) {
            while (i < line.length() && line.charAt(i) <= ' ') {
                i++;
            }
            if (i == line.length()) {
                return;
            }
            int from = i;
            while (i < line.length() && line.charAt(i) > ' ') {
                i++;
            }
            add(from, i);
        }
    }

    private void splitAtDelimiters() throws RowException {
        int i = 0;
        while (true) {
            int from = i;
            if (i < line.length() && line.charAt(i) == QUOTE) {
                i = quotedEnd(i);
                if (i < line.length() && line.charAt(i) != delimiter) {
                    throw new RowException(
                            null,
                            "expected \"" + delimiter + "\" after the quoted field " + fields + ", got \""
                                    + line.charAt(i) + "\"");
                }
            } else {
                int found = line.indexOf(delimiter, i);
                i = found < 0 ? line.length() : found;
            }
            add(from, i);
            if (i == line.length()) {
                return;
            }
            i++;
        }
    }

    /** Where the field ends whose opening quote is at {@code from}. */
    private int quotedEnd(int from) throws RowException {
        for (int i = from + 1; i < line.length(); i++) {
            if (line.charAt(i) == QUOTE) {
                if (i + 1 == line.length() || line.charAt(i + 1) != QUOTE) {
                    return i + 1;
                }
                i++;
            }
        }
        throw new RowException(
                null,
                "the quoted field " + fields + " does not end on its line"
                        + (multiLine ? "" : "; multiLine: true allows line breaks in quoted fields"));
    }

    /**
     * Whether a field in quotes is open at the end of a line.
     *
     * @param from where in the line to begin
     * @param open whether one is open there; if not, a field begins there
     */
    boolean endsInQuotes(String text, int from, boolean open) {
        boolean inside = open;
        int i = from;
        while (!whitespace && i < text.length()) {
            if (!inside && text.charAt(i) == QUOTE) {
                inside = true;
                i++;
            }
            if (inside) {
                int quote = text.indexOf(QUOTE, i);
                if (quote < 0) {
                    return true;
                }
                i = quote + 1;
                if (i < text.length() && text.charAt(i) == QUOTE) {
                    i++;
                    continue;
                }
                inside = false;
            }
            int next = text.indexOf(delimiter, i);
            i = next < 0 ? text.length() : next + 1;
        }
        return inside;
    }

    private void add(int from, int to) {
        if (fields == start.length) {
            start = Arrays.copyOf(start, 2 * fields);
            end = Arrays.copyOf(end, 2 * fields);
        }
        start[fields] = from;
        end[fields] = to;
        fields++;
    }

    /** How many fields there are. */
    public int fields() {
        return fields;
    }

    /** The text of a field, its quotes resolved. */
    public String text(int field) {
        int from = start[field];
        int to = end[field];
        if (!whitespace && to - from >= 2 && line.charAt(from) == QUOTE) {
            return line.substring(from + 1, to - 1).replace("\"\"", "\"");
        }
        return line.substring(from, to);
    }

    /**
     * The number in a field.
     *
     * @throws NumberFormatException if it is none
     */
    public double number(int field) {
        if (decimalComma) {
            return NumberText.parse(DecimalComma.number(text(field)));
        }
        int from = start[field];
        int to = end[field];
        boolean quoted = !whitespace && to - from >= 2 && line.charAt(from) == QUOTE;
        return quoted ? NumberText.parse(line, from + 1, to - 1) : NumberText.parse(line, from, to);
    }

    /** All fields of the line. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>(fields);
        for (int field = 0; field < fields; field++) {
            texts.add(text(field));
        }
        return texts;
    }
}
