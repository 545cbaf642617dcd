package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.Residual;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Add, Sub, Mul, Div and Where: residuals, biases, scaling by constants, activations and normalisations that are
 * composed of them, and masks.
 */
final class ArithmeticOperators {
    private final GraphReader reader;
    private final Affine affine;
    private final ComposedNorm norm;

    ArithmeticOperators(GraphReader reader) {
        this.reader = reader;
        affine = new Affine(reader);
        norm = new ComposedNorm(reader);
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of(
                "Add",
                this::add,
                "Sub",
                this::subtract,
                "Mul",
                this::multiply,
                "Div",
                this::divide,
                "Where",
                this::where);
    }

    private @Nullable Constant constant(GraphNode node, int i) {
        return reader.file().constant(node.input(i));
    }

    private Flow add(GraphNode node) {
        for (int i = 0; i < 2; i++) {
            Constant constant = constant(node, i);
            if (constant != null) {
                return affine.add(node, 1 - i, constant, 1);
            }
        }
        return residual(node);
    }

    private Flow residual(GraphNode node) {
        Flow left = reader.value(node.input(0));
        Flow right = reader.value(node.input(1));
        if (!left.shape().equals(right.shape()) || !left.layout().equals(right.layout())) {
            throw node.refusal("expected two values of the same shape, got " + left.shape() + " and " + right.shape());
        }
        Step fork = Step.fork(List.of(left, right));
        List<Step> main = Step.path(fork, left.last());
        List<Step> side = Step.path(fork, right.last());
        if (main.isEmpty()) {
            main = side;
            side = List.of();
        }
        if (main.isEmpty()) {
            throw node.refusal("adds a value to itself");
        }
        List<Step> all = new java.util.ArrayList<>(main);
        all.addAll(side);
        Flow from = new Flow(fork, fork == null ? reader.inputShape() : fork.output(), left.layout());
        return from.then(
                new Residual(Step.layers(main), Step.layers(side)),
                Step.tensors(all),
                Step.statistics(all),
                left.layout());
    }

    private Flow subtract(GraphNode node) {
        Constant right = constant(node, 1);
        if (right != null) {
            return affine.add(node, 0, right, -1);
        }
        Constant left = constant(node, 0);
        if (left == null) {
            throw node.refusal("the difference of two values has no counterpart");
        }
        return affine.add(node, left, affine.multiply(node, 1, Constant.of(new float[] {-1}), false));
    }

    private Flow multiply(GraphNode node) {
        Flow gelu = gelu(node);
        if (gelu != null) {
            return gelu;
        }
        for (int i = 0; i < 2; i++) {
            if (reader.masks().contains(node.input(i))) {
                return reader.value(node.input(1 - i));
            }
            Constant constant = constant(node, i);
            if (constant != null) {
                return affine.multiply(node, 1 - i, constant, false);
            }
            GraphNode sigmoid = reader.file().maker(node.input(i), "Sigmoid");
            if (sigmoid != null && sigmoid.input(0).equals(node.input(1 - i))) {
                return reader.value(sigmoid.input(0)).then(new Activation.Silu());
            }
        }
        throw node.refusal("the product of two values has no counterpart");
    }

    /** {@code x/2 (1 + erf(x / sqrt 2))}, with its factors in any order. */
    private @Nullable Flow gelu(GraphNode node) {
        java.util.List<String> factors = new java.util.ArrayList<>();
        factors(node.input(0), factors);
        factors(node.input(1), factors);
        String of = null;
        boolean half = false;
        String other = null;
        for (String factor : factors) {
            Constant constant = reader.file().constant(factor);
            String error = errorFunction(factor);
            if (constant != null) {
                half = constant.isOne(0.5);
            } else if (error != null) {
                of = error;
            } else {
                other = factor;
            }
        }
        boolean complete = factors.size() == 3 && half && of != null && of.equals(other);
        return complete && of != null ? reader.value(of).then(new Activation.Gelu()) : null;
    }

    private void factors(String value, List<String> all) {
        GraphNode product = reader.file().maker(value, "Mul");
        if (product == null) {
            all.add(value);
        } else {
            all.add(product.input(0));
            all.add(product.input(1));
        }
    }

    /** What {@code 1 + erf(x / sqrt 2)} is of; null: the value is something else. */
    private @Nullable String errorFunction(String value) {
        GraphFile file = reader.file();
        GraphNode sum = file.maker(value, "Add");
        for (int i = 0; sum != null && i < 2; i++) {
            GraphNode error = file.maker(sum.input(i), "Erf");
            Constant one = file.constant(sum.input(1 - i));
            GraphNode scaled = error == null ? null : file.maker(error.input(0));
            if (scaled == null || one == null || !one.isOne(1)) {
                continue;
            }
            Constant by = file.constant(scaled.input(1));
            boolean root = by != null
                    && (scaled.operator().equals("Div") && by.isOne(Math.sqrt(2))
                            || scaled.operator().equals("Mul") && by.isOne(Math.sqrt(0.5)));
            if (root) {
                return scaled.input(0);
            }
        }
        return null;
    }

    private Flow divide(GraphNode node) {
        if (reader.masks().contains(node.input(1))) {
            GraphNode sum = reader.file().maker(node.input(0), "ReduceSum");
            return sum == null
                    ? reader.value(node.input(0))
                    : new PoolOperators(reader).reduced(sum, new GlobalAveragePool());
        }
        Flow normalised = norm.of(node);
        if (normalised != null) {
            return normalised;
        }
        Constant constant = constant(node, 1);
        if (constant == null) {
            throw node.refusal("a quotient of two values has no counterpart, but those in layer and group norm");
        }
        return affine.multiply(node, 0, constant, true);
    }

    /** Zeros behind the ends of rows, which layers write themselves. */
    private Flow where(GraphNode node) {
        if (!reader.masks().contains(node.input(0))) {
            throw node.refusal("Lockstep has no layer for it");
        }
        Flow x = reader.value(node.input(1));
        Step last = x.last();
        if (last != null
                && last.layer() instanceof Embedding embedding
                && reader.masks().root(node.input(0)) != null) {
            return x.with(last.with(
                    TableOperators.embedding(embedding.vocabulary(), embedding.units(), true), last.tensors()));
        }
        return x;
    }
}
