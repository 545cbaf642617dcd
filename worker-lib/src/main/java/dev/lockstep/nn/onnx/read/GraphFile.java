package dev.lockstep.nn.onnx.read;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A file's graph: who makes a value, who uses it, and which values are constant. */
final class GraphFile {
    private static final int MAX_DEPTH = 64;

    private final ModelProto model;
    private final GraphProto graph;
    private final Map<String, GraphNode> makers = new HashMap<>();
    private final Map<String, TensorProto> initializers = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Constant> constants = new HashMap<>();

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is none, or has no graph
     */
    GraphFile(byte[] onnx) {
        try {
            model = ModelProto.parseFrom(onnx);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an ONNX file: " + e.getMessage(), e);
        }
        graph = model.getGraph();
        if (graph.getNodeCount() == 0 || graph.getOutputCount() == 0) {
            throw new IllegalArgumentException("not an ONNX file: it has no graph");
        }
        graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            node.getOutputList().forEach(output -> makers.put(output, new GraphNode(node)));
            node.getInputList().forEach(input -> uses.merge(input, 1, Integer::sum));
        }
        graph.getOutputList().forEach(output -> uses.merge(output.getName(), 1, Integer::sum));
    }

    /** Version of the standard operators. */
    long opset() {
        return model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(1);
    }

    /** A text of the metadata; null: there is none. */
    @Nullable
    String metadata(String key) {
        return model.getMetadataPropsList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(entry -> entry.getValue())
                .findFirst()
                .orElse(null);
    }

    /** Inputs that rows are given by. */
    List<ValueInfoProto> inputs() {
        return graph.getInputList().stream()
                .filter(input -> !initializers.containsKey(input.getName()))
                .toList();
    }

    List<ValueInfoProto> outputs() {
        return graph.getOutputList();
    }

    /** The operator that makes a value; null: it is an input or a constant. */
    @Nullable
    GraphNode maker(String value) {
        return makers.get(value);
    }

    /** The same where it is a certain operator. */
    @Nullable
    GraphNode maker(String value, String operator) {
        GraphNode node = makers.get(value);
        return node != null && node.operator().equals(operator) ? node : null;
    }

    /** The operators that use a value. */
    List<GraphNode> users(String value) {
        return graph.getNodeList().stream()
                .filter(node -> node.getInputList().contains(value))
                .map(GraphNode::new)
                .toList();
    }

    boolean isUsed(String value) {
        return uses.containsKey(value);
    }

    /** Whether nothing else sees a value. */
    boolean usedOnce(String value) {
        return uses.getOrDefault(value, 0) == 1;
    }

    /** A value that does not depend on the rows; null: it does, or nobody knows. */
    @Nullable
    Constant constant(String value) {
        return constant(value, 0);
    }

    private @Nullable Constant constant(String value, int depth) {
        Constant known = constants.get(value);
        if (known != null || depth > MAX_DEPTH) {
            return known;
        }
        TensorProto tensor = initializers.get(value);
        GraphNode node = makers.get(value);
        Constant constant;
        try {
            constant = tensor != null ? Constant.of(tensor) : node == null ? null : folded(node, depth);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException("tensor \"" + value + "\": " + e.getMessage(), e);
        }
        if (constant != null) {
            constants.put(value, constant);
        }
        return constant;
    }

    private @Nullable Constant folded(GraphNode node, int depth) {
        if (node.operator().equals("Constant")) {
            return given(node);
        }
        Constant x = node.has(0) ? constant(node.input(0), depth + 1) : null;
        if (x == null) {
            return null;
        }
        switch (node.operator()) {
            case "Identity":
            case "Cast":
                return x;
            case "Transpose": {
                long[] order = node.numbers("perm");
                return x.transposed(order == null ? reversed(x.rank()) : order);
            }
            case "Squeeze":
            case "Unsqueeze":
            case "Reshape":
                return reshaped(node, x, depth);
            default:
                return null;
        }
    }

    private static @Nullable Constant given(GraphNode node) {
        AttributeProto value = node.tensor();
        if (value != null) {
            return Constant.of(value.getT());
        }
        if (node.hasAttribute("value_float")) {
            return Constant.of(new float[] {(float) node.real("value_float", 0)});
        }
        if (node.hasAttribute("value_int")) {
            return Constant.of(new long[] {node.number("value_int", 0)});
        }
        long[] values = node.numbers("value_ints");
        return values == null ? null : Constant.of(values, values.length);
    }

    private static long[] reversed(int rank) {
        long[] order = new long[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = rank - 1L - i;
        }
        return order;
    }

    /** With axes of size 1 taken out or put in. */
    private @Nullable Constant withOnes(GraphNode node, Constant x, int depth) {
        long[] axes = node.numbers("axes");
        Constant given = node.has(1) ? constant(node.input(1), depth + 1) : null;
        axes = given == null ? axes : given.integers();
        boolean out = node.operator().equals("Squeeze");
        if (axes == null && !out) {
            return null;
        }
        int rank = out || axes == null ? x.rank() : x.rank() + axes.length;
        Set<Integer> ones = new TreeSet<>();
        for (int i = 0; axes != null && i < axes.length; i++) {
            ones.add((int) (axes[i] < 0 ? axes[i] + rank : axes[i]));
        }
        List<Integer> sizes = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < rank; i++) {
            boolean one = axes == null ? x.sizes()[i] == 1 : ones.contains(i);
            if (!out) {
                sizes.add(one ? 1 : x.sizes()[at++]);
            } else if (!one) {
                sizes.add(x.sizes()[i]);
            }
        }
        return x.reshaped(sizes.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Constants in another shape; only what weights go through. */
    private @Nullable Constant reshaped(GraphNode node, Constant x, int depth) {
        if (!node.operator().equals("Reshape")) {
            return withOnes(node, x, depth);
        }
        Constant target = constant(node.input(1), depth + 1);
        if (target == null) {
            return null;
        }
        int[] sizes = new int[target.count()];
        int known = 1;
        for (int i = 0; i < sizes.length; i++) {
            long size = target.integers()[i];
            sizes[i] = (int) (size == 0 && i < x.rank() ? x.sizes()[i] : size);
            known *= sizes[i] > 0 ? sizes[i] : 1;
        }
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] < 0 ? x.count() / Math.max(known, 1) : sizes[i];
        }
        return x.reshaped(sizes);
    }
}
