package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.param.StatisticsRange;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** BatchNormalization, LayerNormalization and InstanceNormalization (group norm). */
final class NormOperators {
    private final GraphReader reader;

    NormOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of(
                "BatchNormalization", this::batchNorm,
                "LayerNormalization", this::layerNorm,
                "InstanceNormalization", this::instanceNorm);
    }

    private Flow batchNorm(GraphNode node) {
        if (node.number("training_mode", 0) != 0) {
            throw node.refusal("expected one with running statistics, got training_mode 1");
        }
        Flow x = reader.x(node);
        x = x.layout().rank() > 1 ? reader.image(x, x.layout().rank() - 1) : x.flat();
        float[][] vectors = new float[4][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = reader.constant(node, i + 1, "numbers").floats();
        }
        int channels = vectors[0].length;
        if (x.layout().rank() == 1 && x.shape().size() == channels) {
            int[] order = x.layout().order();
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = sorted(vectors[i], order);
            }
        } else if (x.layout().rowsAxis() != 0
                || x.layout().rank() == 0
                || !x.layout().isLast(0, x.shape())) {
            throw node.refusal("expected rows of a shape [channels, places], got "
                    + Arrays.toString(x.layout().sizes()));
        }
        double momentum = node.real("momentum", 0.9);
        BatchNorm layer = spec(momentum, node.real("epsilon", 1e-5));
        return x.then(layer, List.of(vectors[0], vectors[1]), statistics(vectors[2], vectors[3]), x.layout());
    }

    /** In Lockstep's order. */
    static float[] sorted(float[] values, int[] order) {
        float[] sorted = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            sorted[order[i]] = values[i];
        }
        return sorted;
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    static BatchNorm spec(double momentum, double epsilon) {
        return new BatchNorm(momentum, epsilon, null, null);
    }

    static float[] statistics(float[] mean, float[] variance) {
        float[] both = new float[mean.length * StatisticsRange.WIDTH];
        for (int i = 0; i < mean.length; i++) {
            both[i * StatisticsRange.WIDTH] = mean[i];
            both[i * StatisticsRange.WIDTH + 1] = variance[i];
        }
        return both;
    }

    private Flow layerNorm(GraphNode node) {
        Flow x = reader.x(node);
        int place = x.layout().place(node.number("axis", -1));
        if (place != x.layout().rank() - 1) {
            throw node.refusal("expected the last axis alone");
        }
        float[] gain = reader.constant(node, 1, "numbers").floats();
        float[] shift = node.has(2) ? reader.constant(node, 2, "numbers").floats() : new float[gain.length];
        return layerNorm(node, x, place, node.real("epsilon", 1e-5))
                .with(gain, shift)
                .flow();
    }

    /** A normalised value whose gains and shifts are still to come. */
    private record Normal(Flow x, LayerSpec layer, int channels) {
        Normal with(float[] gain, float[] shift) {
            return new Normal(x.then(layer, List.of(gain, shift), Flow.NONE, x.layout()), layer, channels);
        }

        Flow flow() {
            return x;
        }
    }

    private Normal layerNorm(GraphNode node, Flow x, int place, double epsilon) {
        Flow vector = x;
        if (x.layout().rank() == 1 && x.shape().rank() > 1) {
            vector = x.flat();
        }
        if (!vector.layout().isLast(place, vector.shape())) {
            throw node.refusal("expected the mean over the features of each step or row, got an axis of "
                    + Arrays.toString(x.layout().sizes()));
        }
        return new Normal(vector, new LayerNorm(epsilon), vector.shape().last());
    }

    /** Each group of channels over all places, where groups are an axis of their own, the first. */
    private Flow instanceNorm(GraphNode node) {
        Flow x = reader.x(node);
        x = x.layout().rank() > 1 && x.last() == null
                ? reader.image(x, x.layout().rank() - 1)
                : x;
        int channels = x.shape().last();
        float[] gain = reader.constant(node, 1, "numbers").floats();
        float[] shift = reader.constant(node, 2, "numbers").floats();
        int groups = gain.length;
        boolean fits =
                x.layout().rowsAxis() == 0 && channels % groups == 0 && isGroups(x.layout(), 0, groups, channels);
        if (!fits) {
            throw node.refusal("expected rows of a shape [groups of channels, places], got "
                    + Arrays.toString(x.layout().sizes()));
        }
        int each = channels / groups;
        return new Normal(x, new GroupNorm(groups, node.real("epsilon", 1e-5)), channels)
                .with(repeated(gain, each), repeated(shift, each))
                .flow();
    }

    private static boolean isGroups(Layout layout, int axis, int groups, int channels) {
        List<Factor> expected = Factor.joined(List.of(new Factor(groups, channels / groups)));
        return layout.axes().get(axis).equals(expected);
    }

    private static float[] repeated(float[] values, int times) {
        float[] all = new float[values.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i / times];
        }
        return all;
    }

    /**
     * {@code (x - mean) / sqrt(variance + epsilon)}, with the gain and the shift still to come.
     *
     * @param base {@code x}
     * @param reduced places over which the mean is
     */
    Flow normalised(GraphNode node, Flow base, List<Integer> reduced, double epsilon) {
        Normal normal;
        Layout layout = base.layout();
        int last = layout.rank() - 1;
        if (reduced.equals(List.of(last))) {
            normal = layerNorm(node, base, last, epsilon);
        } else if (layout.rank() == 3
                && reduced.equals(List.of(0, 2))
                && base.shape().last() == layout.size(1) * layout.size(2)
                && isGroups(layout, 1, layout.size(1), base.shape().last())) {
            normal = new Normal(
                    base, new GroupNorm(layout.size(1), epsilon), base.shape().last());
        } else {
            throw node.refusal(
                    "expected a mean over the last axis, got one over others of " + Arrays.toString(layout.sizes()));
        }
        float[] ones = new float[normal.channels()];
        Arrays.fill(ones, 1);
        return normal.with(ones, new float[normal.channels()]).flow();
    }
}
