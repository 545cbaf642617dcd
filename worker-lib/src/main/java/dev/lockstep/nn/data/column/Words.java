package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column of texts, each a bag of its words: an input a word. Words are runs of letters, digits and marks, in lower
 * case. A missing text has none.
 *
 * @param most how many words are inputs, those that most training rows have; 1,000 unless given
 * @param least in how many training rows a word must be; 1 unless given
 * @param hash how many inputs words are hashed to, for texts whose words nobody can list; not unless given
 * @param weight what a word's input is; its count unless given
 * @param sequence how many words of a text are kept, in their order, as tokens for an {@code embedding}: 0 behind the
 *     last word, 1 for words that are not distinguished, the others from 2; hashed words from 1. Unless given: a bag
 */
@SpecName("words")
public record Words(
        @Nullable Integer most,
        Integer least,
        @Nullable Integer hash,
        WordWeight weight,
        @Nullable Integer sequence) implements ColumnSpec {
    private static final int MOST_WORDS = 1000;

    public Words {
        Categorical.check(most, least, hash);
        most = most == null && hash == null ? Integer.valueOf(MOST_WORDS) : most;
        least = least == null ? 1 : least;
        if (sequence != null) {
            Expect.atLeast("sequence", sequence, 1);
            if (weight != null && weight != WordWeight.COUNT) {
                throw new IllegalArgumentException(
                        "weight: words in a sequence are not weighted; expected one of the two");
            }
        }
        weight = weight == null ? WordWeight.COUNT : weight;
    }

    /** The counts of the most usual words. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Words() {
        this(null, null, null, null, null);
    }

    /** The input of a word. */
    public enum WordWeight {
        /** How often the word is in the text. */
        COUNT,
        /** 1 if it is. */
        PRESENT,
        /** {@code log(1 + n)} for {@code n} times. */
        LOG1P;

        float of(int count) {
            return switch (this) {
                case COUNT -> count;
                case PRESENT -> Math.min(1, count);
                case LOG1P -> (float) StrictMath.log1p(count);
            };
        }
    }

    @Override
    public Object read(Object raw) throws CellException {
        if (raw instanceof CharSequence text) {
            return text.toString();
        }
        throw new CellException("expected a text, got " + ColumnSpec.shown(raw));
    }

    /** The words of a text, in order. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        int from = -1;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            boolean inWord = Character.isLetterOrDigit(point) || isMark(point);
            if (inWord && from < 0) {
                from = at;
            } else if (!inWord && from >= 0) {
                words.add(text.substring(from, at).toLowerCase(Locale.ROOT));
                from = -1;
            }
            at += Character.charCount(point);
        }
        if (from >= 0) {
            words.add(text.substring(from).toLowerCase(Locale.ROOT));
        }
        return words;
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    @Override
    public boolean takesWordsForMissing() {
        return false;
    }

    @Override
    public boolean dropsRows() {
        return false;
    }

    @Override
    public ColumnSummary summary() {
        return new WordsSummary(this);
    }
}
