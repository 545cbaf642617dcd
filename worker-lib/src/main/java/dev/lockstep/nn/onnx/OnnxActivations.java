package dev.lockstep.nn.onnx;

import dev.lockstep.nn.layer.Activation;
import java.util.List;

/** Activations in ONNX operators. */
final class OnnxActivations {
    private final OnnxGraph graph;

    OnnxActivations(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * The value after the activation.
     *
     * @param width size of the last axis
     */
    String apply(Activation activation, String x, int width) {
        if (activation instanceof Activation.Linear) {
            return x;
        }
        if (activation instanceof Activation.LeakyRelu leaky) {
            return graph.node("LeakyRelu", List.of(x), OnnxGraph.real("alpha", leaky.alpha()));
        }
        if (activation instanceof Activation.Elu elu) {
            return graph.node("Elu", List.of(x), OnnxGraph.real("alpha", elu.alpha()));
        }
        if (activation instanceof Activation.Softmax) {
            return graph.node("Softmax", List.of(x), OnnxGraph.number("axis", -1));
        }
        if (activation instanceof Activation.Gelu) {
            return gelu(x);
        }
        if (activation instanceof Activation.Silu) {
            return graph.node("Mul", List.of(x, graph.node("Sigmoid", List.of(x))));
        }
        if (activation instanceof Activation.MeanAndVariance) {
            return meanAndVariance(x, width);
        }
        return graph.node(operator(activation), List.of(x));
    }

    /** Those that are one operator without attributes. */
    private static String operator(Activation activation) {
        if (activation instanceof Activation.Relu) {
            return "Relu";
        }
        if (activation instanceof Activation.Sigmoid) {
            return "Sigmoid";
        }
        if (activation instanceof Activation.Tanh) {
            return "Tanh";
        }
        if (activation instanceof Activation.Softplus) {
            return "Softplus";
        }
        if (activation instanceof Activation.Softsign) {
            return "Softsign";
        }
        if (activation instanceof Activation.Exponential) {
            return "Exp";
        }
        throw new IllegalArgumentException("ONNX: no operators are known for the activation " + activation.label());
    }

    /** {@code x/2 (1 + erf(x / sqrt 2))}: Gelu itself is an operator since opset 20. */
    private String gelu(String x) {
        String scaled = graph.node("Mul", List.of(x, graph.scalar("rootHalf", Math.sqrt(0.5))));
        String error = graph.node("Erf", List.of(scaled));
        String sum = graph.node("Add", List.of(error, graph.scalar("one", 1)));
        String half = graph.node("Mul", List.of(x, graph.scalar("half", 0.5)));
        return graph.node("Mul", List.of(half, sum));
    }

    private String meanAndVariance(String x, int width) {
        String variance = graph.node("Softplus", List.of(graph.columns(x, width / 2, width)));
        String floored = graph.node("Add", List.of(variance, graph.scalar("floor", Activation.MeanAndVariance.FLOOR)));
        return graph.node("Concat", List.of(graph.columns(x, 0, width / 2), floored), OnnxGraph.number("axis", -1));
    }
}
