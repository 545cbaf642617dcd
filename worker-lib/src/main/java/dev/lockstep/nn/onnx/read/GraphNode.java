package dev.lockstep.nn.onnx.read;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator in a file. */
record GraphNode(NodeProto proto) {
    String operator() {
        return proto.getOpType();
    }

    /** The name of an input; empty where it is left out. */
    String input(int i) {
        return i < proto.getInputCount() ? proto.getInput(i) : "";
    }

    boolean has(int i) {
        return !input(i).isEmpty();
    }

    int inputs() {
        return proto.getInputCount();
    }

    private @Nullable AttributeProto attribute(String name) {
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (attribute.getName().equals(name)) {
                return attribute;
            }
        }
        return null;
    }

    long number(String name, long otherwise) {
        AttributeProto attribute = attribute(name);
        return attribute == null ? otherwise : attribute.getI();
    }

    /** As the shortest decimal number that is the attribute's float. */
    double real(String name, double otherwise) {
        AttributeProto attribute = attribute(name);
        return attribute == null ? otherwise : decimal(attribute.getF());
    }

    /** The shortest decimal number that is a float. */
    static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    String text(String name, String otherwise) {
        AttributeProto attribute = attribute(name);
        return attribute == null ? otherwise : attribute.getS().toStringUtf8();
    }

    List<String> texts(String name) {
        AttributeProto attribute = attribute(name);
        return attribute == null
                ? List.of()
                : attribute.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList();
    }

    boolean hasAttribute(String name) {
        return attribute(name) != null;
    }

    long @Nullable [] numbers(String name) {
        AttributeProto attribute = attribute(name);
        return attribute == null
                ? null
                : attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
    }

    long[] numbers(String name, long otherwise, int count) {
        long[] given = numbers(name);
        if (given != null) {
            return given;
        }
        long[] same = new long[count];
        Arrays.fill(same, otherwise);
        return same;
    }

    @Nullable
    AttributeProto tensor() {
        return attribute("value");
    }

    /** Its name, or that of its first output. */
    String name() {
        return proto.getName().isEmpty() && proto.getOutputCount() > 0 ? proto.getOutput(0) : proto.getName();
    }

    /** Why it cannot be a layer. */
    IllegalArgumentException refusal(@Nullable String why) {
        return new IllegalArgumentException("operator " + operator() + " (node \"" + name() + "\"): " + why);
    }
}
