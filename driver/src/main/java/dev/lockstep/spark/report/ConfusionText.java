package dev.lockstep.spark.report;

import dev.lockstep.nn.spec.Excerpt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which classes the model confuses, as lines of at most {@value EpochTable#WIDTH} columns: the confusion matrix if it
 * fits, else the most frequent mistakes.
 */
public final class ConfusionText {
    private static final int LONGEST_NAME = 16;
    private static final int SHARE = 10;
    private static final int MOST_MISTAKES = 10;

    private final double[][] confusion;
    private final List<String> names;

    private ConfusionText(double[][] confusion, List<String> names) {
        this.confusion = confusion;
        this.names = names;
    }

    /**
     * The lines for some measures; none where no classes are predicted.
     *
     * @param classes the names of the classes; null: their numbers
     */
    public static List<String> lines(Measures measures, @Nullable List<String> classes) {
        if (!(measures.figures().get("confusion") instanceof double[][] confusion)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (int k = 0; k < confusion.length; k++) {
            names.add(classes == null ? String.valueOf(k) : shown(classes.get(k)));
        }
        return new ConfusionText(confusion, names).lines();
    }

    private static String shown(String name) {
        return Excerpt.visible(name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…");
    }

    private List<String> lines() {
        int first = Math.max("precision".length(), width(names));
        List<String> cells = new ArrayList<>(names);
        for (double[] row : confusion) {
            for (double weight : row) {
                cells.add(weight(weight));
            }
        }
        int width = Math.max(width(cells), "0.0000".length()) + 2;
        return first + width * names.size() + SHARE > EpochTable.WIDTH ? mistakes() : matrix(first, width);
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private List<String> matrix(int first, int width) {
        List<String> lines = new ArrayList<>();
        lines.add("rows: true class; columns: predicted class");
        lines.add(line(first, width, "", names, "recall"));
        List<String> precision = new ArrayList<>();
        for (int k = 0; k < names.size(); k++) {
            List<String> cells = new ArrayList<>();
            double taken = 0;
            for (int other = 0; other < names.size(); other++) {
                cells.add(weight(confusion[k][other]));
                taken += confusion[other][k];
            }
            lines.add(line(first, width, names.get(k), cells, share(confusion[k][k], total(k))));
            precision.add(share(confusion[k][k], taken));
        }
        lines.add(line(first, width, "precision", precision, ""));
        return lines;
    }

    private static String line(int first, int width, String name, List<String> cells, String last) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-" + first + "s", name));
        cells.forEach(cell -> line.append(String.format(Locale.ROOT, "%" + width + "s", cell)));
        return (line + String.format(Locale.ROOT, "%" + SHARE + "s", last)).stripTrailing();
    }

    private record Mistake(int label, int predicted, double weight) {}

    private List<String> mistakes() {
        List<Mistake> all = new ArrayList<>();
        for (int label = 0; label < names.size(); label++) {
            for (int predicted = 0; predicted < names.size(); predicted++) {
                if (label != predicted && confusion[label][predicted] > 0) {
                    all.add(new Mistake(label, predicted, confusion[label][predicted]));
                }
            }
        }
        if (all.isEmpty()) {
            return List.of("every row has the right class");
        }
        all.sort(Comparator.comparingDouble(Mistake::weight).reversed());
        List<String> lines = new ArrayList<>(List.of("most frequent mistakes:"));
        for (Mistake mistake : all.subList(0, Math.min(MOST_MISTAKES, all.size()))) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %s predicted as %s: %s of %s",
                    names.get(mistake.label()),
                    names.get(mistake.predicted()),
                    weight(mistake.weight()),
                    weight(total(mistake.label()))));
        }
        return lines;
    }

    private double total(int label) {
        double total = 0;
        for (double weight : confusion[label]) {
            total += weight;
        }
        return total;
    }

    private static String share(double part, double whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.4f", part / whole);
    }

    /** Rows are whole unless they have weights. */
    private static String weight(double weight) {
        return String.format(Locale.ROOT, weight == Math.rint(weight) ? "%,.0f" : "%,.1f", weight);
    }
}
