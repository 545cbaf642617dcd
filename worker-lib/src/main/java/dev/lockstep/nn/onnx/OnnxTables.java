package dev.lockstep.nn.onnx;

import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Layers that look up vectors, and those that take some of the features. */
final class OnnxTables {
    private final OnnxGraph graph;
    private final OnnxMasks masks;

    OnnxTables(OnnxGraph graph) {
        this.graph = graph;
        masks = new OnnxMasks(graph);
    }

    OnnxValue embedding(Embedding spec, OnnxBound bound, OnnxValue x) {
        String table = graph.floats(bound.name() + ".weight", bound.values("weight"), spec.vocabulary(), spec.units());
        String lengths = spec.maskZero() ? masks.afterLastToken(x) : x.lengths();
        String y = graph.node("Gather", List.of(table, toInteger(x.name())), OnnxGraph.number("axis", 0));
        return new OnnxValue(y, bound.output(), lengths);
    }

    OnnxValue columnEmbeddings(ColumnEmbeddings spec, OnnxBound bound, OnnxValue x) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < spec.columns().size(); i++) {
            ColumnEmbeddings.Column column = spec.columns().get(i);
            if (column.at() > from) {
                parts.add(graph.columns(x.name(), from, column.at()));
            }
            // Category 0 stands for none: a first line of zeros.
            float[] vectors = bound.values(bound.tensors().get(i));
            float[] table = new float[column.units() + vectors.length];
            System.arraycopy(vectors, 0, table, column.units(), vectors.length);
            String lines = graph.floats(bound.tensors().get(i).name(), table, column.categories() + 1L, column.units());
            String category = graph.node(
                    "Squeeze",
                    List.of(graph.columns(x.name(), column.at(), column.at() + 1), graph.integers("axes", 1)));
            parts.add(graph.node("Gather", List.of(lines, toInteger(category)), OnnxGraph.number("axis", 0)));
            from = column.at() + 1;
        }
        if (from < x.shape().size()) {
            parts.add(graph.columns(x.name(), from, x.shape().size()));
        }
        return x.with(graph.node("Concat", parts, OnnxGraph.number("axis", -1)), bound.output());
    }

    OnnxValue columns(Columns spec, OnnxValue x, Shape output) {
        List<String> parts = new ArrayList<>();
        for (Columns.Part part : spec.parts() == null ? List.<Columns.Part>of() : spec.parts()) {
            parts.add(graph.columns(x.name(), part.at(), part.at() + part.size()));
        }
        String y = parts.size() == 1 ? parts.get(0) : graph.node("Concat", parts, OnnxGraph.number("axis", -1));
        return x.with(output.rank() == 1 ? y : graph.reshape(y, output), output);
    }

    private String toInteger(String x) {
        return graph.cast(x, OnnxGraph.Type.INT64);
    }
}
