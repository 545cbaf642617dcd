package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activated;
import dev.lockstep.nn.layer.Activation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Activations; behind a layer that can have one they become its own. */
final class ActivationOperators {
    private final GraphReader reader;

    ActivationOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        Map<String, Function<GraphNode, Flow>> operators = new HashMap<>();
        Map<String, Activation> plain = Map.of(
                "Relu", new Activation.Relu(),
                "Sigmoid", new Activation.Sigmoid(),
                "Tanh", new Activation.Tanh(),
                "Softplus", new Activation.Softplus(),
                "Softsign", new Activation.Softsign(),
                "Exp", new Activation.Exponential());
        plain.forEach((name, activation) -> operators.put(name, node -> apply(node, reader.x(node), 0, activation)));
        operators.put("LeakyRelu", node -> {
            Activation leaky = new Activation.LeakyRelu(node.real("alpha", 0.01));
            return apply(node, reader.x(node), 0, leaky);
        });
        operators.put("Elu", node -> apply(node, reader.x(node), 0, new Activation.Elu(node.real("alpha", 1))));
        operators.put("Gelu", this::gelu);
        operators.put("Softmax", this::softmax);
        return operators;
    }

    private Flow gelu(GraphNode node) {
        if (!node.text("approximate", "none").equals("none")) {
            throw node.refusal("expected approximate none: the exact form");
        }
        return apply(node, reader.x(node), 0, new Activation.Gelu());
    }

    private Flow softmax(GraphNode node) {
        Flow x = reader.x(node);
        // Before version 13 all axes from the given one on were one.
        long axis = node.number("axis", reader.file().opset() < 13 ? 1 : -1);
        int place = x.layout().place(axis);
        boolean vector = place == 0 && x.layout().size(0) == x.shape().size();
        if (!vector && !x.layout().isLast(place, x.shape())) {
            throw node.refusal("expected one over the last axis, got axis " + axis);
        }
        return apply(node, vector ? x.flat() : x, 0, new Activation.Softmax());
    }

    /**
     * The value behind an activation.
     *
     * @param input which of the operator's inputs the value is
     */
    Flow apply(GraphNode node, Flow x, int input, Activation activation) {
        Step last = x.last();
        if (last != null
                && last.layer() instanceof Activated activated
                && activated.activation() instanceof Activation.Linear
                && reader.mayChange(node, input, x)) {
            return x.with(last.with(activated.withActivation(activation), last.tensors()));
        }
        return x.then(activation);
    }
}
