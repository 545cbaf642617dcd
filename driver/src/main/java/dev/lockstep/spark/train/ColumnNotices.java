package dev.lockstep.spark.train;

import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.shard.JobData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a person should know of the columns of the training rows before a day is spent on them. */
final class ColumnNotices {
    /** More columns than this are not measured but for scaling. */
    private static final int MOST_COLUMNS = 10_000;

    private static final int SHOWN = 5;
    /** From here on a float no longer tells whole numbers apart. */
    private static final double MOST_EXACT = 1 << 24;
    /** A column of fewer steps between two floats than this, as its standard deviation, has lost its information. */
    private static final int LEAST_STEPS = 16;

    private final JobData data;
    private @Nullable Moments moments;

    ColumnNotices(JobData data) {
        this.data = data;
    }

    /** The moments of the training rows' features, measured when first asked for. */
    Moments moments() {
        if (moments == null) {
            moments = data.training().moments();
        }
        return moments;
    }

    /** A line each. */
    List<String> notices() {
        RowEncoding encoding = data.encoding();
        return encoding == null ? ofNumbers() : ofTypes(encoding);
    }

    private static List<String> ofTypes(RowEncoding encoding) {
        List<String> constant = encoding.columns().stream()
                .filter(column -> column.encoding().isConstant())
                .map(RowEncoding.Column::name)
                .toList();
        return constant.isEmpty() ? List.of() : List.of(constant(constant));
    }

    private List<String> ofNumbers() {
        List<String> columns = data.schema().featureColumns();
        int features = data.training().layout().features().size();
        boolean sequences = data.training().layout().sequences();
        if (sequences || columns.size() != features || features > MOST_COLUMNS) {
            return List.of();
        }
        List<String> notices = new ArrayList<>();
        if (hasNoName(columns.get(0))) {
            notices.add("column " + Excerpt.quoted(columns.get(0)) + " is a feature without a name, like the row"
                    + " numbers that pandas writes; leave it out with data.train.features");
        }
        Moments measured = moments();
        List<String> large = named(columns, i -> isTooLarge(measured.mean(i), measured.variance(i)));
        List<String> constant = named(columns, i -> measured.variance(i) == 0);
        constant.removeAll(large);
        if (!large.isEmpty()) {
            notices.add(list(large) + ": these numbers are so far from 0 that floats can hardly distinguish them;"
                    + " the type number in data.columns standardises them before they are rounded");
        }
        if (!constant.isEmpty()) {
            notices.add(constant(constant));
        }
        List<String> answers = answers(columns);
        answers.removeAll(constant);
        boolean[] counting = new RowNotices(data).counting(features);
        List<String> counters = named(columns, i -> counting[i]);
        counters.removeAll(answers);
        counters.removeIf(ColumnNotices::hasNoName);
        if (!counters.isEmpty()) {
            notices.add(list(counters) + ": numbers the rows, as a key does, so it cannot help with new rows; leave"
                    + " it out with data.train.features");
        }
        if (!answers.isEmpty()) {
            notices.add(list(answers) + ": equal to the label in all training rows; if it is not known when you"
                    + " predict, leave it out with data.train.features");
        }
        return notices;
    }

    private static boolean hasNoName(String column) {
        return column.isBlank() || column.startsWith("Unnamed:");
    }

    private static boolean isTooLarge(double mean, double variance) {
        double steps = Math.sqrt(variance) / Math.ulp((float) Math.abs(mean));
        return Math.abs(mean) >= MOST_EXACT && steps < LEAST_STEPS;
    }

    private List<String> answers(List<String> columns) {
        List<String> labels = data.schema().labelColumns();
        // An autoencoder's features are its labels.
        if (labels.size() != 1 || columns.containsAll(labels)) {
            return new ArrayList<>();
        }
        boolean[] equal = data.training().equalToTarget();
        return named(columns, i -> equal[i]);
    }

    private static List<String> named(List<String> columns, IntPredicate which) {
        return IntStream.range(0, columns.size())
                .filter(which)
                .mapToObj(columns::get)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static String constant(List<String> columns) {
        return list(columns) + ": the same in all training rows, so there is nothing to learn from it";
    }

    private static String list(List<String> columns) {
        String shown = columns.stream().limit(SHOWN).map(Excerpt::quoted).collect(Collectors.joining(", "));
        int more = columns.size() - SHOWN;
        return (columns.size() == 1 ? "column " : "columns ") + shown + (more > 0 ? " and " + more + " more" : "");
    }
}
