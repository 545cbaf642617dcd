package dev.lockstep.nn.onnx;

import dev.lockstep.nn.data.column.CategoryEncoding;
import dev.lockstep.nn.data.column.ColumnEncoding;
import dev.lockstep.nn.data.column.ImageEncoding;
import dev.lockstep.nn.data.column.Missing;
import dev.lockstep.nn.data.column.NumberScale;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.data.column.NumericEncoding;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.data.column.WordsEncoding;
import dev.lockstep.nn.spec.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of columns in ONNX operators: one input a column, {@code [rows, 1]}. Numbers are doubles, NaN where they
 * are missing, and are clipped, filled in and scaled in double as Lockstep does. Categories are texts, empty where they
 * are missing, without blanks around them and whole numbers without a point: no operator brings them into that form.
 */
final class OnnxColumns {
    private final OnnxGraph graph;

    OnnxColumns(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * Why columns cannot be encoded by ONNX operators, in one line; null: they can.
     *
     * @param taken names that inputs cannot have
     */
    static @Nullable String obstacle(RowEncoding encoding, Set<String> taken) {
        for (RowEncoding.Column column : encoding.columns()) {
            String why = taken.contains(column.name()) ? "an output has that name" : obstacle(column.encoding());
            if (why != null) {
                return "column " + Excerpt.quoted(column.name()) + ": " + why;
            }
        }
        return null;
    }

    private static @Nullable String obstacle(ColumnEncoding encoding) {
        if (encoding instanceof NumericEncoding number) {
            boolean plain = number.spec().pieces() == null && number.spec().periodic() == null;
            return plain ? null : "pieces and waves of a number are not exported";
        }
        if (encoding instanceof ImageEncoding) {
            return "ONNX has no operator that decodes images as Lockstep does";
        }
        if (encoding instanceof CategoryEncoding category) {
            return category.values() == null ? "ONNX has no operator that hashes texts as Lockstep does" : null;
        }
        return encoding instanceof WordsEncoding
                ? "ONNX has no operator that divides texts into words"
                : "ONNX has no operator that reads dates and times";
    }

    /** Adds the inputs and what makes features {@code [rows, width]} of them. */
    String features(RowEncoding encoding) {
        List<String> inputs = new ArrayList<>();
        for (RowEncoding.Column column : encoding.columns()) {
            OnnxGraph.Type type =
                    column.encoding() instanceof NumericEncoding ? OnnxGraph.Type.DOUBLE : OnnxGraph.Type.STRING;
            inputs.add(graph.columnInput(column.name(), type));
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            ColumnEncoding column = encoding.columns().get(i).encoding();
            if (column instanceof NumericEncoding number) {
                parts.addAll(number(number, inputs.get(i)));
            } else {
                List<String> nulls = encoding.nulls() == null ? List.of() : encoding.nulls();
                parts.add(category((CategoryEncoding) column, nulls, inputs.get(i)));
            }
        }
        return graph.node("Concat", parts, OnnxGraph.number("axis", 1));
    }

    private List<String> number(NumericEncoding encoding, String x) {
        Numeric spec = encoding.spec();
        String missing = graph.node("IsNaN", List.of(x));
        String value = x;
        if (encoding.fill() != null) {
            value = graph.node("Where", List.of(missing, graph.doubles("fill", encoding.fill()), value));
        }
        List<Double> clip = spec.clip();
        if (clip != null) {
            value = graph.node("Min", List.of(value, graph.doubles("greatest", clip.get(1))));
            value = graph.node("Max", List.of(value, graph.doubles("least", clip.get(0))));
        }
        List<String> features = new ArrayList<>();
        features.add(spec.bins() == null ? scaled(encoding, value) : bins(encoding, value));
        if (spec.missing() == Missing.Named.INDICATOR) {
            features.add(graph.cast(missing, OnnxGraph.Type.FLOAT));
        }
        return features;
    }

    /** {@code (f(x) - shift) / divide}, rounded once. */
    private String scaled(NumericEncoding encoding, String x) {
        String value = x;
        if (encoding.spec().scale() == NumberScale.LOG1P) {
            value = graph.node("Log", List.of(graph.node("Add", List.of(value, graph.doubles("one", 1)))));
        }
        value = graph.node("Sub", List.of(value, graph.doubles("shift", encoding.shift())));
        value = graph.node("Div", List.of(value, graph.doubles("divide", encoding.divide())));
        return graph.cast(value, OnnxGraph.Type.FLOAT);
    }

    /** 1 in the bin of x: what lies at or above its least number, without what lies at or above the next bin's. */
    private String bins(NumericEncoding encoding, String x) {
        double[] edges = encoding.edges().stream().mapToDouble(edge -> edge).toArray();
        String one = graph.cast(graph.node("Equal", List.of(x, x)), OnnxGraph.Type.FLOAT);
        if (edges.length == 0) {
            return one;
        }
        String below = graph.node("Less", List.of(x, graph.doubles("edges", edges)));
        String above = graph.cast(graph.node("Not", List.of(below)), OnnxGraph.Type.FLOAT);
        String zero = graph.node("Sub", List.of(one, one));
        String from = graph.node("Concat", List.of(one, above), OnnxGraph.number("axis", 1));
        String to = graph.node("Concat", List.of(above, zero), OnnxGraph.number("axis", 1));
        return graph.node("Sub", List.of(from, to));
    }

    /** The category's number from 1, and 0 for none, or a feature a category. */
    private String category(CategoryEncoding encoding, List<String> nulls, String x) {
        List<String> names = encoding.values() == null ? List.of() : encoding.values();
        int categories = names.size() + (encoding.others() ? 1 : 0) + (encoding.absent() ? 1 : 0);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        int absent = encoding.absent() ? categories : 0;
        numbers.put("", absent);
        nulls.forEach(word -> numbers.put(word, absent));
        for (int i = 0; i < names.size(); i++) {
            numbers.putIfAbsent(names.get(i), i + 1);
        }
        String number = graph.labels(x, numbers, encoding.others() ? names.size() + 1 : 0);
        if (encoding.vector() != null) {
            return graph.cast(number, OnnxGraph.Type.FLOAT);
        }
        long[] each = new long[categories];
        for (int i = 0; i < categories; i++) {
            each[i] = i + 1L;
        }
        return graph.cast(
                graph.node("Equal", List.of(number, graph.integers("categories", each))), OnnxGraph.Type.FLOAT);
    }
}
