package dev.lockstep.spark.report;

import dev.lockstep.nn.spec.Excerpt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which classes the model confuses, as lines of at most {@value EpochTable#WIDTH} columns: the confusion matrix if it
 * fits, else one whose columns have numbers in place of names, else the most frequent mistakes.
 */
public final class ConfusionText {
    private static final String TITLE = "rows: true class; columns: predicted class";
    private static final String TITLE_OF_NUMBERS = "rows: true class; columns: number of the predicted class";
    private static final int LONGEST_NAME = 16;
    private static final int LONGEST_OF_A_MISTAKE = 32;
    private static final int SHARE = 10;
    private static final int MOST_MISTAKES = 10;

    private final double[][] confusion;
    private final List<String> classes;

    private ConfusionText(double[][] confusion, List<String> classes) {
        this.confusion = confusion;
        this.classes = classes;
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
            names.add(classes == null ? String.valueOf(k) : classes.get(k));
        }
        return new ConfusionText(confusion, names).lines();
    }

    /** Names of at most so many characters; those that would look the same keep their ends too. */
    private List<String> names(int longest) {
        List<String> names = classes.stream().map(name -> begin(name, longest)).toList();
        return new HashSet<>(names).size() == names.size()
                ? names
                : classes.stream().map(name -> ends(name, longest)).toList();
    }

    private static String begin(String name, int longest) {
        return Excerpt.visible(name.length() <= longest ? name : name.substring(0, longest - 1) + "…");
    }

    private static String ends(String name, int longest) {
        int half = (longest - 1) / 2;
        return Excerpt.visible(
                name.length() <= longest ? name : name.substring(0, half) + "…" + name.substring(name.length() - half));
    }

    private List<String> lines() {
        List<String> names = names(LONGEST_NAME);
        List<String> weights = new ArrayList<>();
        for (double[] row : confusion) {
            for (double weight : row) {
                weights.add(weight(weight));
            }
        }
        int first = Math.max("precision".length(), width(names));
        int width = Math.max(Math.max(width(names), width(weights)), "0.0000".length()) + 2;
        if (first + width * names.size() + SHARE <= EpochTable.WIDTH) {
            return matrix(TITLE, names, names, first, width, 4);
        }
        width = Math.max(width(weights), "0.000".length()) + 1;
        String title = TITLE;
        List<String> rows = names;
        List<String> heads = names;
        if (width(names) >= width) {
            title = TITLE_OF_NUMBERS;
            rows = new ArrayList<>();
            heads = new ArrayList<>();
            int digits = String.valueOf(names.size()).length();
            for (int k = 1; k <= names.size(); k++) {
                rows.add(String.format(Locale.ROOT, "%" + digits + "d %s", k, names.get(k - 1)));
                heads.add(String.valueOf(k));
            }
        }
        first = Math.max("precision".length(), width(rows));
        return first + width * names.size() + SHARE <= EpochTable.WIDTH
                ? matrix(title, rows, heads, first, width, 3)
                : mistakes();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private List<String> matrix(
            String title, List<String> names, List<String> heads, int first, int width, int decimals) {
        List<String> lines = new ArrayList<>();
        lines.add(title);
        lines.add(line(first, width, "", heads, "recall"));
        List<String> precision = new ArrayList<>();
        for (int k = 0; k < names.size(); k++) {
            List<String> cells = new ArrayList<>();
            double taken = 0;
            for (int other = 0; other < names.size(); other++) {
                cells.add(weight(confusion[k][other]));
                taken += confusion[other][k];
            }
            lines.add(line(first, width, names.get(k), cells, share(confusion[k][k], total(k), decimals)));
            precision.add(share(confusion[k][k], taken, decimals));
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
        List<String> names = names(LONGEST_OF_A_MISTAKE);
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

    private static String share(double part, double whole, int decimals) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", part / whole);
    }

    /** Rows are whole unless they have weights. */
    private static String weight(double weight) {
        return String.format(Locale.ROOT, weight == Math.rint(weight) ? "%,.0f" : "%,.1f", weight);
    }
}
