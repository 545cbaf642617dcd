package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.loss.Loss.TargetColumn;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.Names;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The index of each class. A label is a class by its name; by its number, if both name and label are numbers; else by
 * its index, if names are not numbers and the label is a whole number in range.
 */
public final class ClassIndex implements Serializable {
    private static final long serialVersionUID = 1L;

    /** More classes than this are a mistake; every index is exact as a float. */
    public static final int MOST_CLASSES = 1 << 20;

    /** Truth values, which are the numbers 0 and 1 where classes have no names. */
    private static final List<String> TRUTH = List.of("false", "true");

    /** What stands for a label that is missing; in lower case. */
    private static final Set<String> WORDS_FOR_NOTHING = Set.of("na", "n/a", "#n/a", "<na>", "nan", "null", "?");

    /** What may stand for one, and may be a class. */
    private static final Set<String> WORDS_IN_DOUBT = Set.of("none", "nil", "-", "unknown");

    /** What errors call the column. */
    private static final String LABEL = "label";

    private static final int SHOWN = 20;

    private final int count;
    /** Names in the order of their indexes; none: classes are called by their index. */
    private final @Nullable ArrayList<String> names;

    private final HashMap<String, Integer> byName = new HashMap<>();
    private final HashMap<Double, Integer> byNumber = new HashMap<>();
    private final HashMap<String, Integer> byLabel = new HashMap<>();

    /**
     * The first row with a label, and the number of rows with it.
     *
     * @param place of the first row that has it
     * @param rows how many rows have it
     */
    public record LabelUse(String place, long rows) {}

    private ClassIndex(int count, @Nullable List<String> names) {
        this.count = count;
        this.names = names == null ? null : new ArrayList<>(names);
        for (int i = 0; names != null && i < count; i++) {
            if (byName.put(names.get(i), i) != null) {
                throw new IngestException("classes: " + Excerpt.quoted(names.get(i)) + " is named twice");
            }
            double number = number(names.get(i));
            if (!Double.isNaN(number)) {
                byNumber.putIfAbsent(number, i);
            }
        }
    }

    /** The classes that a model knows or a job file gives; null: they are to be discovered. */
    public static @Nullable ClassIndex known(SourceRequest request) {
        DataSchema known = request.known();
        Names given = request.spec().classes();
        if (known != null) {
            return new ClassIndex(known.classes(), known.classNames());
        }
        return given == null ? null : given(given);
    }

    /** The classes that a job file gives: their names, or how many there are. */
    static ClassIndex given(Names given) {
        if (given.values().size() == 1 && wholeNumber(given.values().get(0)) > 0) {
            return new ClassIndex(classCount(wholeNumber(given.values().get(0))), null);
        }
        return new ClassIndex(given.values().size(), given.values());
    }

    /** The classes of a column of the target; null where it holds a number. */
    static @Nullable ClassIndex of(TargetColumn column) {
        return column.classes() == 0 ? null : new ClassIndex(column.classes(), column.classNames());
    }

    /**
     * The classes of a source's labels.
     *
     * @param known those that are known; null: to be discovered
     * @param labels the distinct labels
     * @throws IngestException if one of them is none of the classes
     */
    public static ClassIndex of(@Nullable ClassIndex known, Map<String, LabelUse> labels) {
        ClassIndex index = known == null ? discover(labels) : known;
        labels.forEach((label, use) -> {
            try {
                index.byLabel.put(label, index.find(label));
            } catch (RowException e) {
                throw new IngestException(use.place() + ", " + e.getMessage());
            }
        });
        return index;
    }

    /**
     * Refuses a label that stands for a missing one where classes are to be discovered.
     *
     * @throws RowException if it does
     */
    public static void checkGiven(String label) throws RowException {
        if (WORDS_FOR_NOTHING.contains(label.toLowerCase(Locale.ROOT))) {
            throw new RowException(
                    LABEL,
                    "expected a class, got " + Excerpt.quoted(label) + ", which stands for a missing label;"
                            + " data.onError: skip leaves such rows out; if it is a class, list it in classes");
        }
    }

    private static ClassIndex discover(Map<String, LabelUse> labels) {
        if (!labels.isEmpty() && TRUTH.containsAll(labels.keySet())) {
            return new ClassIndex(TRUTH.size(), TRUTH);
        }
        long largest = -1;
        boolean numbers = true;
        String notAnIndex = null;
        for (String label : labels.keySet()) {
            long index = wholeNumber(label);
            largest = Math.max(largest, index);
            numbers &= isNumber(label);
            notAnIndex = index < 0 && notAnIndex == null ? label : notAnIndex;
        }
        if (notAnIndex == null) {
            return new ClassIndex(classCount(largest + 1), null);
        }
        if (numbers) {
            throw new IngestException(Objects.requireNonNull(labels.get(notAnIndex))
                            .place() + ", label: expected a class index of at least 0, got " + Excerpt.of(notAnIndex)
                    + "; classes with other names are listed under classes");
        }
        String[] names = labels.keySet().toArray(String[]::new);
        Arrays.sort(names, ClassIndex::compareCodePoints);
        return new ClassIndex(classCount(names.length), List.of(names));
    }

    private static int classCount(long count) {
        if (count > MOST_CLASSES) {
            throw new IngestException("expected at most " + MOST_CLASSES + " classes, got " + count);
        }
        return (int) count;
    }

    /**
     * The index of the class that a label means.
     *
     * @throws RowException if it means none
     */
    public int find(String label) throws RowException {
        return find(label, LABEL);
    }

    /** The same in a column that errors call so. */
    int find(String label, String column) throws RowException {
        String truth = label.toLowerCase(Locale.ROOT);
        if (names == null) {
            long index = TRUTH.contains(truth) ? TRUTH.indexOf(truth) : wholeNumber(label);
            if (index < 0 || index >= count) {
                throw new RowException(
                        column, "expected a class index from 0 to " + (count - 1) + ", got " + Excerpt.of(label));
            }
            return (int) index;
        }
        Integer found = byName.get(label);
        if (found == null) {
            found = byNumber.get(number(label));
        }
        if (found == null && byNumber.isEmpty() && wholeNumber(label) >= 0 && wholeNumber(label) < count) {
            found = (int) wholeNumber(label);
        }
        // Python writes True, Java true.
        for (int i = 0; found == null && TRUTH.contains(truth) && i < count; i++) {
            found = names.get(i).equalsIgnoreCase(truth) ? i : null;
        }
        if (found != null) {
            return found;
        }
        String known = count <= 20
                ? Excerpt.list(names)
                : count + " classes from " + Excerpt.of(names.get(0)) + " to " + Excerpt.of(names.get(count - 1));
        throw new RowException(column, "expected one of " + known + ", got " + Excerpt.of(label));
    }

    /**
     * What a person should know of classes that were discovered.
     *
     * @param labels the distinct labels
     */
    public List<String> notices(Map<String, LabelUse> labels) {
        List<String> notices = new ArrayList<>();
        if (labels.size() == 1) {
            notices.add("all training rows have the same label, " + listed(labels) + ", so there is nothing to learn");
        } else if (names == null && labels.size() < count && labels.size() <= SHOWN) {
            notices.add("label: classes are the numbers from 0 to " + (count - 1) + ", of which the rows have "
                    + labels.size() + ": " + listed(labels) + "; classes: "
                    + sorted(labels).map(Map.Entry::getKey).toList() + " makes these the only ones");
        }
        for (String name : names == null ? List.<String>of() : names) {
            if (WORDS_IN_DOUBT.contains(name.toLowerCase(Locale.ROOT))) {
                notices.add("label: " + Excerpt.quoted(name) + " becomes the name of a class, in addition to "
                        + listed(labels) + "; leave out rows without a label");
            }
        }
        return notices;
    }

    private static Stream<Map.Entry<String, LabelUse>> sorted(Map<String, LabelUse> labels) {
        return labels.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, LabelUse>>comparingDouble(entry -> number(entry.getKey()))
                        .thenComparing(Map.Entry::getKey));
    }

    /** Labels and how many rows have each: {@code 1 (50 rows), 2 (50 rows)}. */
    private static String listed(Map<String, LabelUse> labels) {
        List<String> each = sorted(labels)
                .map(entry ->
                        Excerpt.of(entry.getKey()) + " (" + entry.getValue().rows() + " rows)")
                .toList();
        int more = each.size() - SHOWN;
        return each.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** The index of a label that was among those given. */
    public int index(String label) {
        Integer index = byLabel.get(label);
        if (index == null) {
            throw new IngestException(
                    "label " + Excerpt.of(label) + " was not there at first; the source changed while it was read");
        }
        return index;
    }

    /** How many classes there are. */
    public int count() {
        return count;
    }

    /** Their names in the order of their indexes; null if they are called by their index. */
    public @Nullable List<String> names() {
        return names == null ? null : List.copyOf(names);
    }

    /** A whole number of at least 0, or -1. */
    private static long wholeNumber(String label) {
        double value = number(label);
        return value >= 0 && value <= 1L << 53 && value == Math.rint(value) ? (long) value : -1;
    }

    /** Whether a label is written as a number; NaN, which stands for a missing one, is. */
    private static boolean isNumber(String label) {
        try {
            NumberText.parse(label);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static double number(String label) {
        return isNumber(label) ? NumberText.parse(label) : Double.NaN;
    }

    private static int compareCodePoints(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }
}
