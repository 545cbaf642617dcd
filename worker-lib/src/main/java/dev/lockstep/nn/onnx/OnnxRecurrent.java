package dev.lockstep.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.SimpleRnn;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Recurrent layers as the operators RNN, LSTM and GRU, whose sequences are {@code [steps, rows, features]} and whose
 * gates stand in another order: i, o, f, c in LSTM, where Lockstep has i, f, g, o; z, r, h in GRU, where Lockstep has
 * r, z, n.
 */
final class OnnxRecurrent {
    private final OnnxGraph graph;

    OnnxRecurrent(OnnxGraph graph) {
        this.graph = graph;
    }

    /** What differs between the kinds: the operator, Lockstep's gate for each of its gates, and its attributes. */
    private record Operator(String name, int[] gates, List<AttributeProto> attributes) {}

    private static Operator operator(RecurrentSpec spec, int directions) {
        if (spec instanceof Lstm) {
            return new Operator("LSTM", new int[] {0, 3, 1, 2}, List.of());
        }
        if (spec instanceof Gru) {
            return new Operator("GRU", new int[] {1, 0, 2}, List.of(OnnxGraph.number("linear_before_reset", 1)));
        }
        boolean relu = ((SimpleRnn) spec).activation() instanceof Activation.Relu;
        List<String> activations = List.of(relu ? "Relu" : "Tanh", relu ? "Relu" : "Tanh");
        return new Operator(
                "RNN", new int[] {0}, List.of(OnnxGraph.texts("activations", activations.subList(0, directions))));
    }

    /** A layer that reads forwards; its tensors as it reserved them. */
    OnnxValue oneWay(RecurrentSpec spec, List<float[]> tensors, OnnxValue x) {
        String y = run(spec, List.of(tensors), x);
        if (!spec.returnSequences()) {
            // [1, rows, units]
            return new OnnxValue(squeeze(y, 0), Shape.of(spec.units()), x.lengths());
        }
        // [steps, 1, rows, units]
        String steps = graph.transpose(squeeze(y, 1), 1, 0, 2);
        return x.with(steps, Shape.of(x.shape().dimension(0), spec.units()));
    }

    /** Two layers, one of which reads backwards; the tensors of the first, then those of the second. */
    OnnxValue bothWays(Bidirectional spec, List<float[]> tensors, OnnxValue x) {
        RecurrentSpec layer = spec.layer();
        int half = tensors.size() / 2;
        String y = run(layer, List.of(tensors.subList(0, half), tensors.subList(half, tensors.size())), x);
        boolean sum = spec.merge() == Bidirectional.Merge.SUM;
        int width = sum ? layer.units() : 2 * layer.units();
        int steps = x.shape().dimension(0);
        boolean sequences = layer.returnSequences();
        Shape output = sequences ? Shape.of(steps, width) : Shape.of(width);
        int directions = sequences ? 1 : 0;
        if (sum) {
            // [steps, 2, rows, units] or [2, rows, units]
            String added = graph.node(
                    "ReduceSum", List.of(y, graph.integers("axes", directions)), OnnxGraph.number("keepdims", 0));
            return x.with(sequences ? graph.transpose(added, 1, 0, 2) : added, output);
        }
        String together = sequences ? graph.transpose(y, 2, 0, 1, 3) : graph.transpose(y, 1, 0, 2);
        long[] shape = sequences ? new long[] {0, steps, width} : new long[] {0, width};
        return x.with(graph.node("Reshape", List.of(together, graph.integers("shape", shape))), output);
    }

    private String squeeze(String x, int axis) {
        return graph.node("Squeeze", List.of(x, graph.integers("axes", axis)));
    }

    /** All states {@code [steps, directions, rows, units]}, or the last ones {@code [directions, rows, units]}. */
    private String run(RecurrentSpec spec, List<List<float[]>> directions, OnnxValue x) {
        Operator operator = operator(spec, directions.size());
        int units = spec.units();
        int in = x.shape().last();
        int gates = operator.gates().length;
        List<float[]> weights = new ArrayList<>();
        List<float[]> recurrentWeights = new ArrayList<>();
        List<float[]> biases = new ArrayList<>();
        for (List<float[]> tensors : directions) {
            weights.add(gateRows(tensors.get(0), in, units, operator.gates()));
            recurrentWeights.add(gateRows(tensors.get(1), units, units, operator.gates()));
            biases.add(gateRows(tensors.get(2), 1, units, operator.gates()));
            float[] recurrentBias = new float[gates * units];
            if (tensors.size() > 3) {
                // Of the new state alone, the last gate.
                System.arraycopy(tensors.get(3), 0, recurrentBias, (gates - 1) * units, units);
            }
            biases.add(recurrentBias);
        }
        int count = directions.size();
        String kind = spec.kind();
        List<String> inputs = new ArrayList<>(List.of(
                graph.transpose(x.name(), 1, 0, 2),
                graph.floats(kind + ".weight", join(weights), count, (long) gates * units, in),
                graph.floats(kind + ".recurrentWeight", join(recurrentWeights), count, (long) gates * units, units),
                graph.floats(kind + ".bias", join(biases), count, 2L * gates * units)));
        if (x.lengths() != null) {
            inputs.add(x.lengths());
        }
        List<AttributeProto> attributes = new ArrayList<>(operator.attributes());
        attributes.add(OnnxGraph.number("hidden_size", units));
        attributes.add(OnnxGraph.text("direction", count == 2 ? "bidirectional" : "forward"));
        return graph.node(
                operator.name(), spec.returnSequences() ? 0 : 1, inputs, attributes.toArray(AttributeProto[]::new));
    }

    /** {@code [rows, gates units] -> [gates units, rows]}, with the gates in the operator's order. */
    private static float[] gateRows(float[] values, int rows, int units, int[] gates) {
        float[] turned = new float[values.length];
        int width = gates.length * units;
        for (int gate = 0; gate < gates.length; gate++) {
            for (int unit = 0; unit < units; unit++) {
                for (int row = 0; row < rows; row++) {
                    turned[(gate * units + unit) * rows + row] = values[row * width + gates[gate] * units + unit];
                }
            }
        }
        return turned;
    }

    private static float[] join(List<float[]> parts) {
        int length = parts.stream().mapToInt(part -> part.length).sum();
        float[] all = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
