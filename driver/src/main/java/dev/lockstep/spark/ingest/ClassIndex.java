package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
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
import java.util.Set;
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

    /** What often stands for a label that is missing; in lower case. */
    private static final Set<String> WORDS_FOR_NOTHING = Set.of("na", "n/a", "nan", "null", "none", "?");

    private static final int SHOWN = 20;

    private final int count;
    /** Names in the order of their indexes; none: classes are called by their index. */
    private final @Nullable List<String> names;

    private final HashMap<String, Integer> byName = new HashMap<>();
    private final HashMap<Double, Integer> byNumber = new HashMap<>();
    private final HashMap<String, Integer> byLabel = new HashMap<>();

    private ClassIndex(int count, @Nullable List<String> names) {
        this.count = count;
        this.names = names;
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

    /**
     * The classes of a source's labels: those that the model knows, or that the job file gives, or that there are.
     *
     * @param labels the distinct labels and where each stands first
     * @throws IngestException if one of them is none of the classes
     */
    public static ClassIndex of(SourceRequest request, Map<String, String> labels) {
        DataSchema known = request.known();
        ClassIndex index = known == null
                ? training(request.spec().classes(), labels)
                : new ClassIndex(known.classes(), known.classNames());
        return index.with(labels);
    }

    /** @param given how many there are, or their names; none: to be discovered */
    private static ClassIndex training(@Nullable Names given, Map<String, String> labels) {
        if (given == null) {
            return discover(labels);
        }
        if (given.values().size() == 1 && wholeNumber(given.values().get(0)) > 0) {
            return new ClassIndex(classCount(wholeNumber(given.values().get(0))), null);
        }
        return new ClassIndex(given.values().size(), given.values());
    }

    private static ClassIndex discover(Map<String, String> labels) {
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
            throw new IngestException(labels.get(notAnIndex) + ", label: expected a class index of at least 0, got "
                    + Excerpt.of(notAnIndex) + "; classes with other names are listed under classes");
        }
        String[] names = labels.keySet().toArray(String[]::new);
        Arrays.sort(names, ClassIndex::compareCodePoints);
        return new ClassIndex(names.length, List.of(names));
    }

    private static int classCount(long count) {
        if (count > MOST_CLASSES) {
            throw new IngestException("expected at most " + MOST_CLASSES + " classes, got " + count);
        }
        return (int) count;
    }

    private ClassIndex with(Map<String, String> labels) {
        labels.forEach((label, place) -> byLabel.put(label, find(label, place)));
        return this;
    }

    private int find(String label, String place) {
        if (names == null) {
            long index = TRUTH.contains(label) ? TRUTH.indexOf(label) : wholeNumber(label);
            if (index < 0 || index >= count) {
                throw new IngestException(place + ", label: expected a class index from 0 to " + (count - 1) + ", got "
                        + Excerpt.of(label));
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
        if (found != null) {
            return found;
        }
        String known = count <= 20
                ? Excerpt.list(names)
                : count + " classes from " + Excerpt.of(names.get(0)) + " to " + Excerpt.of(names.get(count - 1));
        throw new IngestException(place + ", label: expected one of " + known + ", got " + Excerpt.of(label));
    }

    /**
     * What a person should know of classes that were discovered.
     *
     * @param request what was asked for
     * @param labels the distinct labels
     */
    public List<String> notices(SourceRequest request, Set<String> labels) {
        List<String> notices = new ArrayList<>();
        if (request.known() != null || request.spec().classes() != null) {
            return notices;
        }
        if (names == null && labels.size() < count && labels.size() <= SHOWN) {
            List<String> sorted = labels.stream()
                    .sorted(Comparator.comparingDouble(ClassIndex::number))
                    .toList();
            notices.add("label: classes are the numbers from 0 to " + (count - 1) + ", of which the rows have "
                    + labels.size() + ": " + String.join(", ", sorted) + "; classes: " + sorted
                    + " makes these the only ones");
        }
        for (String name : names == null ? List.<String>of() : names) {
            if (WORDS_FOR_NOTHING.contains(name.toLowerCase(Locale.ROOT))) {
                notices.add("label: " + Excerpt.quoted(name) + " is taken for the name of a class; rows without a"
                        + " label are to be left out");
            }
        }
        return notices;
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
        return names;
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
