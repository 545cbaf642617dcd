package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How often names occur, exactly. */
final class NameCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, Long> counts = new HashMap<>();

    /** @throws IllegalArgumentException if there are more names than can be kept */
    void add(String name) {
        counts.merge(name, 1L, Long::sum);
        check();
    }

    void merge(NameCounts other) {
        other.counts.forEach((name, count) -> counts.merge(name, count, Math::addExact));
        check();
    }

    private void check() {
        if (counts.size() > Categorical.MOST_NAMES) {
            throw new IllegalArgumentException("expected at most " + Categorical.MOST_NAMES
                    + " distinct values among the training rows, got more; hash: takes any number of them");
        }
    }

    int distinct() {
        return counts.size();
    }

    /**
     * The most frequent names, in the order of their counts, then of their code points.
     *
     * @param most how many; null: all
     * @param least with at least this count
     */
    List<String> mostFrequent(@Nullable Integer most, int least) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= least)
                .sorted(Comparator.comparingLong((Map.Entry<String, Long> entry) -> -entry.getValue())
                        .thenComparing(Map.Entry::getKey, NameCounts::compareCodePoints))
                .limit(most == null ? Long.MAX_VALUE : most)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int compareCodePoints(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }
}
