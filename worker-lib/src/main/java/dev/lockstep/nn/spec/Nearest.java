package dev.lockstep.nn.spec;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Finds the known word a mistyped one was probably meant to be. */
public final class Nearest {
    /** A longer word is no mistyped one, and comparing it would take time and memory. */
    private static final int MAX_LENGTH = 100;

    private Nearest() {}

    /**
     * What to add to a complaint about an unknown word: {@code did you mean "units"?} if a known word is near, else
     * {@code known <what>: ...} with all of them in the order given.
     *
     * @param word what was written
     * @param known what could have been written
     * @param what plural of what the words are, such as {@code keys}
     */
    public static String hint(String word, Collection<String> known, String what) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : word.length() > MAX_LENGTH ? List.<String>of() : known) {
            int distance = distance(fold(word), fold(candidate));
            int near = Math.max(1, Math.max(word.length(), candidate.length()) / 3);
            if (distance <= near && distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        if (nearest != null) {
            return "did you mean " + Excerpt.quoted(nearest) + "?";
        }
        return known.isEmpty()
                ? "no " + what + " are known here"
                : "known " + what + ": " + Excerpt.list(List.copyOf(known));
    }

    /** Spellings that differ only in case, hyphens and underscores are the same to a person. */
    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
    static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int replaced = steps[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    best = Math.min(best, steps[i - 2][j - 2] + 1);
                }
                steps[i][j] = best;
            }
        }
        return steps[from.length()][to.length()];
    }
}
