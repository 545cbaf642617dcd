package dev.lockstep.nn.onnx;

import dev.lockstep.nn.layer.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What depends on where rows end: hiding what lies behind, and pooling over the valid steps alone. */
final class OnnxMasks {
    private final OnnxGraph graph;

    OnnxMasks(OnnxGraph graph) {
        this.graph = graph;
    }

    /** The value with zeros behind the end of each row, if it has steps and rows end. */
    OnnxValue hide(OnnxValue x) {
        return x.lengths() == null ? x : x.with(select(x, x.lengths(), 0), x.shape());
    }

    /** The lengths behind a layer, from those before it; null if there are none any more. */
    @Nullable
    String after(Layer layer, OnnxValue x) {
        if (x.lengths() == null || layer.validSteps(0) == Layer.NO_STEPS) {
            return null;
        }
        int[] after = new int[x.shape().dimension(0) + 1];
        boolean changed = false;
        for (int length = 0; length < after.length; length++) {
            after[length] = layer.validSteps(length);
            changed |= after[length] != length;
        }
        return changed ? graph.node("Gather", List.of(graph.int32s("validSteps", after), x.lengths())) : x.lengths();
    }

    /** The values of valid steps, and another number elsewhere. */
    private String select(OnnxValue x, String lengths, double elsewhere) {
        return graph.node("Where", List.of(valid(x, lengths), x.name(), graph.scalar("elsewhere", elsewhere)));
    }

    /** Whether a step is valid, {@code [rows, steps, 1...]}. */
    private String valid(OnnxValue x, String lengths) {
        int[] steps = new int[x.shape().dimension(0)];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = t;
        }
        String before = graph.node("Less", List.of(graph.int32s("steps", steps), column(lengths)));
        if (x.shape().rank() == 1) {
            return before;
        }
        long[] axes = x.shape().rank() == 2 ? new long[] {2} : new long[] {2, 3};
        return graph.node("Unsqueeze", List.of(before, graph.integers("axes", axes)));
    }

    /** {@code [rows] -> [rows, 1]}. */
    private String column(String x) {
        return graph.node("Unsqueeze", List.of(x, graph.integers("axes", 1)));
    }

    private String toFloat(String x) {
        return graph.cast(x, OnnxGraph.Type.FLOAT);
    }

    /** 1 at valid steps, 0 elsewhere, in the shape of the value. */
    String share(OnnxValue x, String lengths) {
        String valid = toFloat(valid(x, lengths));
        return graph.node("Expand", List.of(valid, graph.node("Shape", List.of(x.name()))));
    }

    /** The value with the least number behind the end of each row. */
    String leastBehindEnd(OnnxValue x) {
        return x.lengths() == null ? x.name() : select(x, x.lengths(), -Float.MAX_VALUE);
    }

    /** The mean over all positions, or over those of the valid steps; 0 without any. */
    String mean(OnnxValue x) {
        int rank = x.shape().rank();
        if (x.lengths() == null) {
            return reduce("ReduceMean", x.name(), rank);
        }
        // What lies behind the end is 0 already.
        long[] axes = rank == 2 ? new long[] {1} : new long[] {1, 2};
        String sum = graph.node(
                "ReduceSum", List.of(x.name(), graph.integers("axes", axes)), OnnxGraph.number("keepdims", 0));
        int places = rank == 2 ? 1 : x.shape().dimension(1);
        String atLeastOne = graph.node("Max", List.of(x.lengths(), graph.int32s("one", 1)));
        String count = graph.node("Mul", List.of(toFloat(column(atLeastOne)), graph.scalar("places", places)));
        return graph.node("Div", List.of(sum, count));
    }

    /** How many numbers a mean over valid positions is of, {@code [rows, 1, 1, 1]} or a scalar; one without any. */
    String positions(OnnxValue x, int numbers) {
        int places = x.shape().size() / x.shape().last() * numbers;
        if (x.lengths() == null) {
            return graph.scalar("places", places);
        }
        String atLeastOne = graph.node("Max", List.of(x.lengths(), graph.int32s("one", 1)));
        String perStep = graph.scalar("places", (double) places / x.shape().dimension(0));
        String count = graph.node("Mul", List.of(toFloat(atLeastOne), perStep));
        return graph.node("Unsqueeze", List.of(count, graph.integers("axes", 1, 2, 3)));
    }

    /** The greatest over all positions, or over those of the valid steps; 0 without any. */
    String max(OnnxValue x) {
        String greatest = reduce("ReduceMax", leastBehindEnd(x), x.shape().rank());
        if (x.lengths() == null) {
            return greatest;
        }
        String any = graph.node("Less", List.of(graph.int32s("none", 0), column(x.lengths())));
        return graph.node("Where", List.of(any, greatest, graph.scalar("elsewhere", 0)));
    }

    private String reduce(String operator, String x, int rank) {
        long[] axes = new long[rank - 1];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i + 1L;
        }
        return graph.node(operator, List.of(x), OnnxGraph.integersOf("axes", axes), OnnxGraph.number("keepdims", 0));
    }

    /** Lengths of rows of tokens that end after their last token that is not 0. */
    String afterLastToken(OnnxValue x) {
        float[] ends = new float[x.shape().size()];
        for (int t = 0; t < ends.length; t++) {
            ends[t] = t + 1;
        }
        // The end of each step that holds a token, 0 elsewhere.
        String isPadding = graph.node("Equal", List.of(x.name(), graph.scalar("padding", 0)));
        String zero = graph.scalar("elsewhere", 0);
        String reached = graph.node("Where", List.of(isPadding, zero, graph.floats("ends", ends, ends.length)));
        String last = reduce("ReduceMax", reached, 2);
        return graph.cast(last, OnnxGraph.Type.INT32);
    }
}
