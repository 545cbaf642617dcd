package dev.lockstep.spark.ingest;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Nearest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The columns of a source, found by name or by number from 0. A name that exists comes first.
 *
 * @param source what errors call the source
 * @param names names of the columns; where there are none, their numbers
 */
record Columns(String source, List<String> names) implements Serializable {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final String RANGE = "..";

    /** Columns without names. */
    static Columns numbered(String source, int count) {
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(Integer.toString(i));
        }
        return new Columns(source, names);
    }

    /** What an error calls a column. */
    static String called(String name) {
        return NUMBER.matcher(name).matches() ? "column " + name : "column " + Excerpt.quoted(name);
    }

    int count() {
        return names.size();
    }

    /**
     * The number of a column.
     *
     * @param role what the column is for, as an error says it
     */
    int find(String reference, String role) {
        int found = names.indexOf(reference);
        if (found < 0 && NUMBER.matcher(reference).matches() && Integer.parseInt(reference) < names.size()) {
            found = Integer.parseInt(reference);
        }
        if (found < 0) {
            String hint = names.isEmpty() || NUMBER.matcher(names.get(0)).matches()
                    ? "it has " + names.size() + " columns"
                    : Nearest.hint(reference, names, "columns");
            throw new IngestException(source + ": no " + called(reference) + " for the " + role + "; " + hint);
        }
        return found;
    }

    /** The numbers of columns given one by one and as inclusive ranges. */
    List<Integer> findAll(List<String> references, String role) {
        Set<Integer> found = new LinkedHashSet<>();
        for (String reference : references) {
            int dots = names.contains(reference) ? -1 : reference.indexOf(RANGE);
            int first = find(dots < 0 ? reference : reference.substring(0, dots).trim(), role);
            int last = dots < 0
                    ? first
                    : find(reference.substring(dots + RANGE.length()).trim(), role);
            if (last < first) {
                throw new IngestException(source + ": the " + role + " range " + reference + " ends before it begins");
            }
            for (int column = first; column <= last; column++) {
                if (!found.add(column)) {
                    throw new IngestException(
                            source + ": " + called(names.get(column)) + " is named twice for the " + role);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Checks that no other column has the name of one that is used: names are what a model and its output keep. */
    void checkNamedOnce(Set<Integer> used) {
        Map<String, Integer> seen = new HashMap<>();
        for (int column = 0; column < names.size(); column++) {
            Integer other = seen.putIfAbsent(names.get(column), column);
            if (other != null && (used.contains(other) || used.contains(column))) {
                throw new IngestException(source + ": columns " + other + " and " + column + " are both named "
                        + Excerpt.quoted(names.get(column)));
            }
        }
    }

    /** The names, those that come again with a number behind them: {@code x, x_2, x_3}. */
    List<String> uniqueNames() {
        Set<String> taken = new HashSet<>(names);
        Set<String> unique = new LinkedHashSet<>();
        Map<String, Integer> numbers = new HashMap<>();
        for (String name : names) {
            String free = name;
            while (unique.contains(free) || !free.equals(name) && taken.contains(free)) {
                free = name + "_" + numbers.merge(name, 2, (last, first) -> last + 1);
            }
            unique.add(free);
        }
        return List.copyOf(unique);
    }

    /** The numbers of all columns but some. */
    List<Integer> allBut(Set<Integer> others) {
        List<Integer> rest = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            if (!others.contains(column)) {
                rest.add(column);
            }
        }
        return rest;
    }

    /** The names of some columns. */
    List<String> names(List<Integer> columns) {
        return columns.stream().map(names::get).toList();
    }
}
