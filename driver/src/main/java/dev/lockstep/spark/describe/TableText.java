package dev.lockstep.spark.describe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.ingest.TableProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table's columns, one a line for people, or as JSON for programs. */
public final class TableText {
    private static final int BINS = 10;
    private static final int SHOWN_NAMES = 3;
    private static final int SHOWN_CHARACTERS = 24;
    /** From no rows to most rows. */
    private static final String LEVELS = " .:-=+*#%@";

    private static final int QUARTERS = 4;

    private TableText() {}

    /** The lines, with a heading. */
    public static List<String> lines(TableProfile table) {
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {"column", "holds", "missing", "distinct", "mean", "std", "min", "median", "max", "rows"});
        for (int i = 0; i < table.columns().size(); i++) {
            rows.add(row(table.columns().get(i), table.column(i)));
        }
        int[] widths = new int[rows.get(0).length];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d rows, %d columns",
                table.rows(),
                table.columns().size()));
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean left = i < 2 || i == widths.length - 1;
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : "  ").append(left ? row[i] + padding : padding + row[i]);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String[] row(String name, ColumnProfile column) {
        boolean numbers = column.isNumbers();
        return new String[] {
            Excerpt.of(name),
            holds(column),
            Long.toString(column.missing()),
            column.distinct() == null ? ">" + ColumnProfile.MOST_DISTINCT : Integer.toString(column.distinct()),
            numbers ? shown(column.mean()) : "",
            numbers ? shown(column.deviation()) : "",
            numbers ? shown(column.least()) : "",
            numbers ? shown(column.quantile(1, 2)) : "",
            numbers ? shown(column.greatest()) : "",
            numbers ? histogram(column) : names(column)
        };
    }

    private static String holds(ColumnProfile column) {
        if (column.present() == 0) {
            return "nothing";
        }
        if (column.isNumbers()) {
            return "numbers";
        }
        return column.isNames() ? "names" : "times";
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Expect.show(value)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    private static String histogram(ColumnProfile column) {
        long[] counts = column.histogram(BINS);
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        StringBuilder bars = new StringBuilder("|");
        for (long count : counts) {
            long level = (count * (LEVELS.length() - 1) + most - 1) / most;
            bars.append(LEVELS.charAt((int) level));
        }
        return bars.append('|').toString();
    }

    private static String names(ColumnProfile column) {
        return column.mostFrequent(SHOWN_NAMES).entrySet().stream()
                .map(entry -> Excerpt.of(shortened(entry.getKey())) + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String shortened(String name) {
        return name.length() <= SHOWN_CHARACTERS ? name : name.substring(0, SHOWN_CHARACTERS) + "...";
    }

    /** The same as JSON, with quartiles, histograms, the most frequent names and suggested types. */
    public static JsonNode json(TableProfile table) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("rows", table.rows());
        ArrayNode columns = root.putArray("columns");
        for (int i = 0; i < table.columns().size(); i++) {
            ColumnProfile column = table.column(i);
            ObjectNode node = columns.addObject();
            node.put("name", table.columns().get(i));
            node.put("holds", holds(column));
            node.put("missing", column.missing());
            if (column.distinct() != null) {
                node.put("distinct", column.distinct());
            }
            if (column.isNumbers()) {
                numbers(node, column);
            } else {
                ObjectNode frequent = node.putObject("mostFrequent");
                column.mostFrequent(BINS).forEach(frequent::put);
            }
            ColumnProfile.Suggestion suggestion = column.suggestion();
            @Nullable ColumnSpec type = suggestion.type();
            if (type != null) {
                node.set("type", SpecMapper.brief(type));
            }
            if (!suggestion.reason().isEmpty()) {
                node.put("note", suggestion.reason());
            }
        }
        return root;
    }

    private static void numbers(ObjectNode node, ColumnProfile column) {
        node.put("mean", column.mean());
        node.put("std", column.deviation());
        ArrayNode quartiles = node.putArray("quartiles");
        quartiles.add(column.least());
        for (int quarter = 1; quarter < QUARTERS; quarter++) {
            quartiles.add(column.quantile(quarter, QUARTERS));
        }
        quartiles.add(column.greatest());
        ArrayNode histogram = node.putArray("histogram");
        for (long count : column.histogram(BINS)) {
            histogram.add(count);
        }
    }
}
