package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** MatMul and Gemm: dense layers. A bias that is added behind them becomes theirs ({@link ArithmeticOperators}). */
final class DenseOperators {
    private final GraphReader reader;

    DenseOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of("MatMul", this::matMul, "Gemm", this::gemm);
    }

    private Flow matMul(GraphNode node) {
        Constant weights = reader.constant(node, 1, "weights");
        if (weights.rank() != 2) {
            throw node.refusal("expected weights [inputs, units], got " + Arrays.toString(weights.sizes()));
        }
        return dense(node, weights, null);
    }

    private Flow gemm(GraphNode node) {
        if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1 && node.has(2)) {
            throw node.refusal("expected alpha and beta 1");
        }
        if (node.number("transA", 0) != 0) {
            throw node.refusal("expected transA 0");
        }
        Constant weights = reader.constant(node, 1, "weights");
        if (node.number("transB", 0) != 0) {
            weights = weights.transposed(new long[] {1, 0});
        }
        int units = weights.sizes()[1];
        if (!node.has(2)) {
            return dense(node, weights, null);
        }
        float[] given = reader.constant(node, 2, "biases").floats();
        if (given.length != units && given.length != 1) {
            throw node.refusal("expected a bias for each of " + units + " units, got " + given.length);
        }
        float[] bias = given.length == units ? given : filled(given[0], units);
        return dense(node, weights, bias);
    }

    private static float[] filled(float value, int length) {
        float[] all = new float[length];
        Arrays.fill(all, value);
        return all;
    }

    /** Of a vector, or of each step of a sequence. */
    private Flow dense(GraphNode node, Constant weights, float @org.jspecify.annotations.Nullable [] bias) {
        Flow x = reader.x(node);
        int inputs = weights.sizes()[0];
        int units = weights.sizes()[1];
        if (x.layout().rowsAxis() != 0
                || x.layout().rank() == 0
                || x.layout().size(x.layout().rank() - 1) != inputs) {
            throw node.refusal("expected rows of " + inputs + " features, got "
                    + Arrays.toString(x.layout().sizes()));
        }
        float[] values = weights.floats();
        if (x.layout().rank() == 1) {
            values = inLockstepOrder(values, x.layout().order(), units);
            x = x.flat();
        } else if (x.layout().rank() != 2 || x.shape().rank() != 2 || !x.isPlain()) {
            throw node.refusal("expected a vector or a sequence [steps, features] for each row, got "
                    + Arrays.toString(x.layout().sizes()));
        }
        Dense layer = spec(units, bias != null);
        List<float[]> tensors = bias == null ? List.of(values) : List.of(values, bias);
        Shape output =
                x.shape().rank() == 1 ? Shape.of(units) : Shape.of(x.shape().dimension(0), units);
        return x.then(layer, tensors, Flow.NONE, Layout.plain(output));
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    private static Dense spec(int units, boolean bias) {
        return new Dense(units, new Activation.Linear(), bias, null);
    }

    /** Rows of weights in the order of the features as Lockstep has them. */
    private static float[] inLockstepOrder(float[] weights, int[] order, int units) {
        float[] sorted = new float[weights.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(weights, i * units, sorted, order[i] * units, units);
        }
        return sorted;
    }
}
