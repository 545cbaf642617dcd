package dev.lockstep.nn.onnx.read;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a normalisation that is composed of simpler operators. */
final class ComposedNorm {
    private final GraphReader reader;

    ComposedNorm(GraphReader reader) {
        this.reader = reader;
    }

    /** The normalised value that a division makes; null: it is another division. */
    @Nullable
    Flow of(GraphNode division) {
        GraphFile file = reader.file();
        GraphNode root = file.maker(division.input(1), "Sqrt");
        GraphNode floored = root == null ? null : file.maker(root.input(0), "Add");
        String centred = division.input(0);
        GraphNode masked = file.maker(centred, "Mul");
        if (masked != null && reader.masks().contains(masked.input(1))) {
            centred = masked.input(0);
        }
        GraphNode difference = file.maker(centred, "Sub");
        if (floored == null || difference == null) {
            return null;
        }
        Constant epsilon = file.constant(floored.input(1));
        String variance = floored.input(0);
        if (epsilon == null) {
            epsilon = file.constant(floored.input(0));
            variance = floored.input(1);
        }
        Reduced mean = mean(difference.input(1));
        Reduced squares = mean(variance);
        if (epsilon == null
                || epsilon.count() != 1
                || mean == null
                || squares == null
                || !mean.of.equals(difference.input(0))
                || !isSquare(squares.of, division.input(0))) {
            return null;
        }
        Flow base = base(mean.of);
        List<Integer> reduced = mean.places(reader, base.layout());
        if (!reduced.equals(squares.places(reader, base.layout()))) {
            return null;
        }
        return new NormOperators(reader).normalised(division, base, reduced, GraphNode.decimal(epsilon.floats()[0]));
    }

    /** What is cut into groups alone needs no layer. */
    private Flow base(String name) {
        GraphNode reshape = reader.file().maker(name, "Reshape");
        return reshape == null ? reader.value(name) : new ShapeOperators(reader).cut(reshape);
    }

    /** A mean over some axes. */
    private record Reduced(String of, GraphNode node) {
        List<Integer> places(GraphReader reader, Layout layout) {
            long[] axes = reader.axes(node);
            if (axes == null) {
                throw node.refusal("mixes the rows");
            }
            List<Integer> places = new ArrayList<>(reader.places(node, layout, axes));
            Collections.sort(places);
            return List.copyOf(places);
        }
    }

    /** ReduceMean, or a sum over the count where rows end. */
    private @Nullable Reduced mean(String value) {
        GraphFile file = reader.file();
        GraphNode mean = file.maker(value, "ReduceMean");
        if (mean != null) {
            return new Reduced(mean.input(0), mean);
        }
        GraphNode division = file.maker(value, "Div");
        if (division == null) {
            return null;
        }
        GraphNode sum = file.maker(division.input(0), "ReduceSum");
        String count = division.input(1);
        boolean counts = reader.masks().contains(count) || file.constant(count) != null;
        return sum == null || !counts ? null : new Reduced(sum.input(0), sum);
    }

    private boolean isSquare(String value, String of) {
        GraphNode product = reader.file().maker(value, "Mul");
        if (product != null) {
            return product.input(0).equals(of) && product.input(1).equals(of);
        }
        GraphNode power = reader.file().maker(value, "Pow");
        Constant exponent = power == null ? null : reader.file().constant(power.input(1));
        return power != null && power.input(0).equals(of) && exponent != null && exponent.isOne(2);
    }
}
