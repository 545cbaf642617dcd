package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.ColumnImportance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The importance of each column for a model, the most important one first, for a person and for a program.
 *
 * @param columns sorted by what the loss gains
 * @param score the figure that belongs to the loss
 * @param repeats permutations a column
 * @param classes names of the classes; null: their numbers
 * @param sha256 of the model
 */
public record ImportanceText(
        List<ColumnImportance> columns,
        Score score,
        int repeats,
        @Nullable List<String> classes,
        String sha256) {
    /** The file beside a model that holds {@link #json}. */
    public static final String NAME = "importance.json";

    /** Rows of the table for a person. */
    private static final int MOST_LINES = 50;

    private static final int LONGEST_NAME = 28;

    /** Sorts. */
    public ImportanceText {
        columns = columns.stream()
                .sorted(Comparator.comparingDouble(
                        (ColumnImportance column) -> -column.loss().mean()))
                .toList();
        classes = classes == null ? null : List.copyOf(classes);
    }

    /** Of a model's columns. */
    public static ImportanceText of(List<ColumnImportance> columns, SavedModel model, int repeats) {
        return new ImportanceText(
                columns,
                model.network().likelihood().score(),
                repeats,
                model.description().classes(),
                model.description().sha256());
    }

    /** What the loss or the score becomes, as a key of JSON. */
    private String scoreName() {
        return score.label() + (score.moreIsBetter() ? "Drop" : "Increase");
    }

    /** For a person: a line a column. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        int width =
                columns.stream().mapToInt(column -> name(column).length()).max().orElse(0);
        width = Math.max(width, "column".length());
        String format = "%-" + width + "s  %12s %10s  %14s %10s";
        lines.add(String.format(
                Locale.ROOT,
                format,
                "column",
                "loss grows",
                "deviation",
                score.label() + (score.moreIsBetter() ? " falls" : " grows"),
                "deviation"));
        for (ColumnImportance column : columns.subList(0, Math.min(MOST_LINES, columns.size()))) {
            lines.add(String.format(
                    Locale.ROOT,
                    format,
                    name(column),
                    number(column.loss().mean()),
                    number(column.loss().deviation()),
                    number(column.score().mean()),
                    number(column.score().deviation())));
        }
        if (columns.size() > MOST_LINES) {
            lines.add("and " + (columns.size() - MOST_LINES) + " more; --json and " + NAME + " have all");
        }
        return lines;
    }

    private static String name(ColumnImportance column) {
        String name = column.column();
        return Excerpt.visible(name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** For a program, with every digit. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sha256", sha256)
                .put("score", score.label())
                .put("scoreChange", scoreName())
                .put("repeats", repeats);
        ArrayNode list = json.putArray("columns");
        for (ColumnImportance column : columns) {
            ObjectNode node = list.addObject();
            node.put("column", column.column())
                    .put("lossIncrease", column.loss().mean())
                    .put("lossIncreaseDeviation", column.loss().deviation())
                    .put(scoreName(), column.score().mean())
                    .put(scoreName() + "Deviation", column.score().deviation());
            if (!column.classes().isEmpty()) {
                ObjectNode byClass = node.putObject("classes");
                for (int k = 0; k < column.classes().size(); k++) {
                    byClass.put(
                            classes == null ? String.valueOf(k) : classes.get(k),
                            column.classes().get(k).mean());
                }
            }
        }
        return JsonNumbers.finite(json);
    }

    /** Leaves them beside a model. */
    public void write(FileDirectory directory) throws IOException {
        byte[] bytes = (json() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(NAME, out -> out.write(bytes));
    }
}
