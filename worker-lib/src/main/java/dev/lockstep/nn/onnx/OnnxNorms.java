package dev.lockstep.nn.onnx;

import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;

/** Layers that normalise. */
final class OnnxNorms {
    private final OnnxGraph graph;
    private final OnnxActivations activations;
    private final OnnxMasks masks;
    private final boolean hasLayerNormalization;

    /**
     * Over a graph.
     *
     * @param opset version of the operators
     */
    OnnxNorms(OnnxGraph graph, int opset) {
        this.graph = graph;
        activations = new OnnxActivations(graph);
        masks = new OnnxMasks(graph);
        hasLayerNormalization = opset >= 17;
    }

    /** With the running statistics. */
    OnnxValue batchNorm(BatchNorm spec, OnnxBound bound, OnnxValue x) {
        int channels = x.shape().last();
        StatisticsRange running = bound.statistics().get(0);
        float[] mean = new float[channels];
        float[] variance = new float[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = running.mean(bound.parameters().buffers(), c);
            variance[c] = running.variance(bound.parameters().buffers(), c);
        }
        String name = bound.name();
        int rank = x.shape().rank();
        String y = graph.node(
                "BatchNormalization",
                List.of(
                        graph.channelsFirst(x.name(), rank),
                        graph.floats(name + ".gain", bound.values("gain"), channels),
                        graph.floats(name + ".shift", bound.values("shift"), channels),
                        graph.floats(name + ".mean", mean, channels),
                        graph.floats(name + ".variance", variance, channels)),
                OnnxGraph.real("epsilon", spec.epsilon()),
                OnnxGraph.real("momentum", spec.momentum()));
        return x.with(activations.apply(spec.activation(), graph.channelsLast(y, rank), channels), x.shape());
    }

    OnnxValue layerNorm(LayerNorm spec, OnnxBound bound, OnnxValue x) {
        int features = x.shape().last();
        String name = bound.name();
        String gain = graph.floats(name + ".gain", bound.values("gain"), features);
        String shift = graph.floats(name + ".shift", bound.values("shift"), features);
        if (hasLayerNormalization) {
            String y = graph.node(
                    "LayerNormalization",
                    List.of(x.name(), gain, shift),
                    OnnxGraph.number("axis", -1),
                    OnnxGraph.real("epsilon", spec.epsilon()));
            return x.with(y, x.shape());
        }
        String centred = graph.node("Sub", List.of(x.name(), lastAxisMean(x.name())));
        String variance = lastAxisMean(graph.node("Mul", List.of(centred, centred)));
        String floored = graph.node("Add", List.of(variance, graph.scalar("epsilon", spec.epsilon())));
        String normal = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(floored))));
        String y = graph.node("Add", List.of(graph.node("Mul", List.of(normal, gain)), shift));
        return x.with(y, x.shape());
    }

    /** {@code [rows, positions, groups, channels of a group]}: means are over the second and the last axis. */
    OnnxValue groupNorm(GroupNorm spec, OnnxBound bound, OnnxValue x) {
        int channels = x.shape().last();
        int groupChannels = channels / spec.groups();
        Shape grouped = Shape.of(x.shape().size() / channels, spec.groups(), groupChannels);
        String count = masks.positions(x, groupChannels);
        String groups = graph.reshape(x.name(), grouped);
        String centred = graph.node("Sub", List.of(groups, groupMean(groups, count)));
        if (x.lengths() != null) {
            String share = graph.reshape(masks.share(x, x.lengths()), grouped);
            centred = graph.node("Mul", List.of(centred, share));
        }
        String variance = groupMean(graph.node("Mul", List.of(centred, centred)), count);
        String floored = graph.node("Add", List.of(variance, graph.scalar("epsilon", spec.epsilon())));
        String normal = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(floored))));
        String name = bound.name();
        String scaled = graph.node(
                "Mul",
                List.of(
                        graph.reshape(normal, x.shape()),
                        graph.floats(name + ".gain", bound.values("gain"), channels)));
        String y = graph.node("Add", List.of(scaled, graph.floats(name + ".shift", bound.values("shift"), channels)));
        return x.with(y, x.shape());
    }

    private String groupMean(String x, String count) {
        return graph.node("Div", List.of(graph.node("ReduceSum", List.of(x, graph.integers("axes", 1, 3))), count));
    }

    private String lastAxisMean(String x) {
        return graph.node("ReduceMean", List.of(x), OnnxGraph.integersOf("axes", -1));
    }
}
