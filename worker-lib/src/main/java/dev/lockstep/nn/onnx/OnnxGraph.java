package dev.lockstep.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.lockstep.nn.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph under construction: operators in the order in which they are computed, and constants. */
final class OnnxGraph {
    /** Where the operators of machine learning beside networks are. */
    static final String ML_DOMAIN = "ai.onnx.ml";

    /** The dimension of the rows, which any number may take. */
    private static final String ROWS = "rows";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<String, Integer> bases = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    /** An element type. */
    enum Type {
        FLOAT(TensorProto.DataType.FLOAT),
        DOUBLE(TensorProto.DataType.DOUBLE),
        INT32(TensorProto.DataType.INT32),
        INT64(TensorProto.DataType.INT64),
        STRING(TensorProto.DataType.STRING);

        private final TensorProto.DataType code;

        Type(TensorProto.DataType code) {
            this.code = code;
        }

        /** The number in attributes. */
        long number() {
            return code.getNumber();
        }
    }

    private String unique(String base) {
        String name = base;
        while (!used.add(name)) {
            name = base + "_" + bases.merge(base, 1, (count, one) -> count + one);
        }
        return name;
    }

    /** An operator with one output, which bears its name. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return node(operator, 0, inputs, attributes);
    }

    /**
     * An operator of whose outputs one is used.
     *
     * @param output which
     * @param inputs values; empty: an optional input that is left out
     */
    String node(String operator, int output, List<String> inputs, AttributeProto... attributes) {
        String name = unique(operator);
        NodeProto.Builder node = NodeProto.newBuilder().setName(name).setOpType(operator);
        node.addAllInput(inputs).addAllAttribute(Arrays.asList(attributes));
        for (int i = 0; i < output; i++) {
            node.addOutput("");
        }
        graph.addNode(node.addOutput(name));
        return name;
    }

    /** Says something about the operator that was added last, which runtimes do not read. */
    void describe(String text) {
        graph.getNodeBuilder(graph.getNodeCount() - 1).setDocString(text);
    }

    /** The value in another type. */
    String cast(String x, Type type) {
        return node("Cast", List.of(x), number("to", type.number()));
    }

    /**
     * Whole numbers for texts.
     *
     * @param numbers the number of each text
     * @param others the number of all other texts
     */
    String labels(String x, Map<String, Integer> numbers, int others) {
        String name = unique("LabelEncoder");
        long[] values = numbers.values().stream().mapToLong(number -> number).toArray();
        graph.addNode(NodeProto.newBuilder()
                .setName(name)
                .setDomain(ML_DOMAIN)
                .setOpType("LabelEncoder")
                .addInput(x)
                .addOutput(name)
                .addAttribute(texts("keys_strings", List.copyOf(numbers.keySet())))
                .addAttribute(integersOf("values_int64s", values))
                .addAttribute(number("default_int64", others)));
        return name;
    }

    /** Elements {@code from} to {@code to - 1} of the last axis. */
    String columns(String x, int from, int to) {
        return node("Slice", List.of(x, integers("starts", from), integers("ends", to), integers("axes", -1)));
    }

    /** A transposition, by the axes of the input in the order of the output. */
    String transpose(String x, long... order) {
        return node("Transpose", List.of(x), integersOf("perm", order));
    }

    /** {@code [rows, places..., channels]} as {@code [rows, channels, places...]}, if there are places. */
    String channelsFirst(String x, int rank) {
        return rank == 3 ? transpose(x, 0, 3, 1, 2) : rank == 2 ? transpose(x, 0, 2, 1) : x;
    }

    /** The way back. */
    String channelsLast(String x, int rank) {
        return rank == 3 ? transpose(x, 0, 2, 3, 1) : rank == 2 ? transpose(x, 0, 2, 1) : x;
    }

    /** The same numbers as {@code [rows, shape...]}. */
    String reshape(String x, Shape shape) {
        int[] dimensions = shape.toArray();
        long[] target = new long[dimensions.length + 1];
        target[0] = -1;
        for (int i = 0; i < dimensions.length; i++) {
            target[i + 1] = dimensions[i];
        }
        return node("Reshape", List.of(x, integers("shape", target)));
    }

    /** An attribute of several whole numbers. */
    static AttributeProto integersOf(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto real(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto texts(String name, List<String> values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
        values.forEach(value -> attribute.addStrings(ByteString.copyFromUtf8(value)));
        return attribute.build();
    }

    /** A constant tensor of floats. */
    String floats(String name, float[] values, long... dimensions) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, Type.FLOAT, dimensions, TensorProto.newBuilder().setRawData(ByteString.copyFrom(bytes)));
    }

    /** A constant vector of doubles. */
    String doubles(String name, double... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder();
        for (double value : values) {
            tensor.addDoubleData(value);
        }
        return constant(name, Type.DOUBLE, new long[] {values.length}, tensor);
    }

    /** A constant number, which goes with a tensor of any shape. */
    String scalar(String name, double value) {
        return floats(name, new float[] {(float) value});
    }

    /** A constant vector of int64. */
    String integers(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder();
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return constant(name, Type.INT64, new long[] {values.length}, tensor);
    }

    /** A constant vector of int32. */
    String int32s(String name, int... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder();
        for (int value : values) {
            tensor.addInt32Data(value);
        }
        return constant(name, Type.INT32, new long[] {values.length}, tensor);
    }

    /** A constant vector of texts. */
    String strings(String name, List<String> values) {
        TensorProto.Builder tensor = TensorProto.newBuilder();
        values.forEach(value -> tensor.addStringData(ByteString.copyFromUtf8(value)));
        return constant(name, Type.STRING, new long[] {values.size()}, tensor);
    }

    private String constant(String base, Type type, long[] dimensions, TensorProto.Builder tensor) {
        String name = unique(base);
        for (long dimension : dimensions) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor.setName(name).setDataType(type.code.getNumber()));
        return name;
    }

    /** An input {@code [rows, shape...]}. */
    String input(String name, Type type, Shape shape) {
        graph.addInput(info(unique(name), type, dimensions(shape)));
        return name;
    }

    /** An input {@code [rows, 1]} with a name of the user's. */
    String columnInput(String name, Type type) {
        return input(name, type, Shape.of(1));
    }

    /** An input {@code [rows]}. */
    String input(String name, Type type) {
        graph.addInput(info(unique(name), type, List.of()));
        return name;
    }

    /** Gives a value its name among the outputs, {@code [rows, shape...]}. */
    void output(String name, String value, Type type, Shape shape) {
        addOutput(name, value, type, dimensions(shape));
    }

    /** Gives a value its name among the outputs, {@code [rows]}. */
    void output(String name, String value, Type type) {
        addOutput(name, value, type, List.of());
    }

    private void addOutput(String name, String value, Type type, List<Integer> dimensions) {
        graph.addNode(NodeProto.newBuilder()
                .setName(unique("Output"))
                .setOpType("Identity")
                .addInput(value)
                .addOutput(unique(name)));
        graph.addOutput(info(name, type, dimensions));
    }

    private static List<Integer> dimensions(Shape shape) {
        List<Integer> dimensions = new ArrayList<>();
        for (int dimension : shape.toArray()) {
            dimensions.add(dimension);
        }
        return dimensions;
    }

    private static ValueInfoProto info(String name, Type type, List<Integer> dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(ROWS));
        dimensions.forEach(dimension ->
                shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dimension)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.code.getNumber())
                                .setShape(shape)))
                .build();
    }

    GraphProto build(String name) {
        return graph.setName(name).build();
    }
}
