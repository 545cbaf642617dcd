package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How often names occur, exactly. */
final class NameCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, Long> counts = new HashMap<>();

    void add(String name) {
        counts.merge(name, 1L, Long::sum);
    }

    void merge(NameCounts other) {
        other.counts.forEach((name, count) -> counts.merge(name, count, Math::addExact));
    }

    void clear() {
        counts.clear();
    }

    /** @throws IllegalArgumentException if there are more names than a column may have */
    void check() {
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
        return sorted().filter(entry -> entry.getValue() >= least)
                .limit(most == null ? Long.MAX_VALUE : most)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The most frequent names with their counts, in the same order. */
    Map<String, Long> counts(int most) {
        Map<String, Long> found = new LinkedHashMap<>();
        sorted().limit(most).forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    /** How many of the names are such. */
    int count(Predicate<String> such) {
        return (int) counts.keySet().stream().filter(such).count();
    }

    private Stream<Map.Entry<String, Long>> sorted() {
        return counts.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Long> entry) -> -entry.getValue())
                        .thenComparing(Map.Entry::getKey, NameCounts::compareCodePoints));
    }

    private static int compareCodePoints(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }
}
