package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.LayerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Pooling over all places, and the sum of two directions. */
final class PoolOperators {
    private final GraphReader reader;

    PoolOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of(
                "GlobalAveragePool", node -> global(node, new GlobalAveragePool()),
                "GlobalMaxPool", node -> global(node, new GlobalMaxPool()),
                "ReduceMean", node -> reduced(node, new GlobalAveragePool()),
                "ReduceMax", node -> reduced(node, new GlobalMaxPool()),
                "ReduceSum", this::sum);
    }

    private Flow global(GraphNode node, LayerSpec layer) {
        Flow x = reader.x(node);
        return pooled(node, x, IntStream.range(1, x.layout().rank()).boxed().toList(), true, layer);
    }

    /** The mean or the greatest over some axes. */
    Flow reduced(GraphNode node, LayerSpec layer) {
        long[] axes = reader.axes(node);
        if (axes == null) {
            throw node.refusal("mixes the rows");
        }
        Flow x = reader.x(node);
        return pooled(node, x, reader.places(node, x.layout(), axes), node.number("keepdims", 1) != 0, layer);
    }

    private Flow pooled(GraphNode node, Flow given, List<Integer> places, boolean keep, LayerSpec layer) {
        Flow x = places.contains(0) || given.layout().rank() < 2
                ? given
                : reader.image(given, given.layout().rank() - 1);
        List<Integer> rest =
                new ArrayList<>(IntStream.range(0, x.layout().rank()).boxed().toList());
        rest.removeAll(places);
        if (x.shape().rank() < 2 || rest.size() != 1 || !x.layout().isLast(rest.get(0), x.shape())) {
            throw node.refusal("expected one over all places of an image or sequence, and the channels left, got "
                    + Arrays.toString(x.layout().sizes()) + " without the axes " + places);
        }
        int[] sizes = new int[keep ? x.layout().rank() : 1];
        Arrays.fill(sizes, 1);
        sizes[keep ? rest.get(0) : 0] = x.shape().last();
        return x.then(layer, List.of(), Flow.NONE, Layout.plain(0, sizes));
    }

    /** Both directions of a recurrent layer together. */
    private Flow sum(GraphNode node) {
        long[] axes = reader.axes(node);
        Flow x = reader.x(node);
        Step last = x.last();
        if (last == null
                || !(last.layer() instanceof Bidirectional both)
                || axes == null
                || axes.length != 1
                || x.layout().place(axes[0]) < 0
                || x.layout().size(x.layout().place(axes[0])) != 2
                || node.number("keepdims", 1) != 0) {
            throw node.refusal("only the sum of the two directions of a recurrent layer has a counterpart");
        }
        int units = both.layer().units();
        Step merged = last.with(new Bidirectional(both.layer(), Bidirectional.Merge.SUM), last.tensors());
        // [steps, 2, rows, units] or [2, rows, units]
        Layout layout = both.layer().returnSequences()
                ? Layout.plain(1, merged.output().dimension(0), units)
                : Layout.plain(0, units);
        return new Flow(merged, merged.output(), layout);
    }
}
