package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values times constants and plus constants: the scaling of the input, the bias of the layer before, the gain and the
 * shift of the norm before, otherwise a batch norm whose running statistics change nothing.
 */
final class Affine {
    /** What a running variance of {@code 1 - EPSILON} and this make together is 1 exactly. */
    private static final double EPSILON = 0x1p-20;

    private final GraphReader reader;

    Affine(GraphReader reader) {
        this.reader = reader;
    }

    /** {@code x + sign c}, where x is an input of an operator. */
    Flow add(GraphNode node, int input, Constant constant, int sign) {
        Flow x = channels(reader.value(node.input(input)), constant);
        float[] values = perChannel(node, x, constant);
        if (sign < 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] = -values[i];
            }
        }
        if (x.last() == null) {
            checkOnly(node, input);
            reader.inputScale().add(doubles(values));
            return x;
        }
        float[] addends = filled(values, x.shape().last());
        Flow folded = reader.mayChange(node, input, x) ? withShift(x, x.last(), addends) : null;
        return folded != null ? folded : appended(x, ones(addends.length), addends);
    }

    /** {@code c + x}, where x was made on the way. */
    Flow add(GraphNode node, Constant constant, Flow x) {
        Step last = x.last();
        if (last == null) {
            reader.inputScale().add(doubles(perChannel(node, x, constant)));
            return x;
        }
        float[] addends = filled(perChannel(node, x, constant), x.shape().last());
        Flow folded = withShift(x, last, addends);
        return folded != null ? folded : appended(x, ones(addends.length), addends);
    }

    /** {@code x c}, or {@code x / c}. */
    Flow multiply(GraphNode node, int input, Constant constant, boolean inverse) {
        Flow x = channels(reader.value(node.input(input)), constant);
        float[] values = perChannel(node, x, constant);
        if (x.last() == null) {
            checkOnly(node, input);
            double[] factors = doubles(values);
            if (inverse) {
                Arrays.setAll(factors, i -> 1 / factors[i]);
            }
            reader.inputScale().multiply(factors);
            return x;
        }
        if (inverse) {
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 / values[i];
            }
        }
        float[] factors = filled(values, x.shape().last());
        Step last = x.last();
        if (reader.mayChange(node, input, x) && isNorm(last.layer())) {
            float[] gain = last.tensors().get(0).clone();
            float[] shift = last.tensors().get(1).clone();
            for (int i = 0; i < gain.length; i++) {
                gain[i] *= factors[i];
                shift[i] *= factors[i];
            }
            return x.with(last.with(last.layer(), List.of(gain, shift)));
        }
        return appended(x, factors, new float[factors.length]);
    }

    private void checkOnly(GraphNode node, int input) {
        if (!reader.file().usedOnce(node.input(input))) {
            throw node.refusal("the input is used as it is, too");
        }
    }

    /** The value as an image, where the constant has a number for each of its first axis. */
    private Flow channels(Flow x, Constant constant) {
        int places = x.layout().rank() - 1;
        if (places == 0 && x.shape().rank() > 1 && x.last() != null && constant.count() > 1) {
            return x.flat();
        }
        boolean first = places > 0
                && constant.rank() > places
                && constant.count() > 1
                && constant.count() == x.layout().size(0)
                && constant.sizes()[constant.rank() - 1 - places] == constant.count();
        return first ? reader.image(x, places) : x;
    }

    /** One number, one for each channel in the order of channels, or, of an input, one for each feature. */
    private static float[] perChannel(GraphNode node, Flow x, Constant constant) {
        if (constant.count() == 1) {
            return constant.floats().clone();
        }
        if (x.layout().rank() == 1
                && x.shape().rank() == 1
                && constant.count() == x.shape().size()) {
            return NormOperators.sorted(constant.floats(), x.layout().order());
        }
        int[] sizes = constant.sizes();
        int tensorRank = x.layout().rank() + 1;
        int varying = -1;
        int count = 0;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] > 1) {
                varying = i;
                count++;
            }
        }
        int axis = varying + tensorRank - sizes.length;
        int place = count == 1 && axis >= 0 ? x.layout().place(axis) : -1;
        if (place >= 0
                && constant.count() == x.layout().size(place)
                && (x.layout().isLast(place, x.shape()))) {
            return constant.floats().clone();
        }
        if (x.last() == null
                && x.layout().inOrder()
                && constant.count() == x.shape().size()) {
            return constant.floats().clone();
        }
        throw node.refusal("expected one constant, or one for each of the "
                + x.shape().last() + " channels, got a shape " + Arrays.toString(sizes));
    }

    private static @Nullable Flow withShift(Flow x, Step last, float[] addends) {
        List<float[]> tensors = new ArrayList<>(last.tensors());
        if (isNorm(last.layer()) || hasBias(last.layer())) {
            tensors.set(1, sum(tensors.get(1), addends));
            return x.with(last.with(last.layer(), tensors));
        }
        LayerSpec biased = withBias(last.layer());
        if (biased == null) {
            return null;
        }
        tensors.add(addends);
        return x.with(last.with(biased, tensors));
    }

    /** Zeros leave the other number as it is, its sign included. */
    private static float[] sum(float[] left, float[] right) {
        float[] sum = new float[left.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = left[i] == 0 ? right[i] : left[i] + right[i];
        }
        return sum;
    }

    private static boolean isNorm(LayerSpec layer) {
        return layer instanceof LayerNorm
                || layer instanceof GroupNorm
                || layer instanceof BatchNorm norm && norm.activation() instanceof Activation.Linear;
    }

    private static boolean hasBias(LayerSpec layer) {
        return layer instanceof Dense dense && dense.bias() && isLinear(dense.activation())
                || layer instanceof Conv1d conv && conv.bias() && isLinear(conv.activation())
                || layer instanceof Conv2d image && image.bias() && isLinear(image.activation());
    }

    private static boolean isLinear(Activation activation) {
        return activation instanceof Activation.Linear;
    }

    /** A layer with the bias that it lacks; null: it cannot have one. */
    private static @Nullable LayerSpec withBias(LayerSpec layer) {
        if (layer instanceof Dense dense && isLinear(dense.activation())) {
            return new Dense(dense.units(), dense.activation(), true, dense.initializer());
        }
        if (layer instanceof Conv1d conv && isLinear(conv.activation())) {
            return new Conv1d(
                    conv.filters(),
                    conv.kernel(),
                    conv.stride(),
                    conv.padding(),
                    conv.dilation(),
                    conv.groups(),
                    conv.activation(),
                    true,
                    conv.initializer());
        }
        if (layer instanceof Conv2d conv && isLinear(conv.activation())) {
            return new Conv2d(
                    conv.filters(),
                    conv.kernel(),
                    conv.stride(),
                    conv.padding(),
                    conv.dilation(),
                    conv.groups(),
                    conv.activation(),
                    true,
                    conv.initializer());
        }
        return null;
    }

    private static Flow appended(Flow x, float[] factors, float[] addends) {
        float[] variance = new float[factors.length];
        Arrays.fill(variance, (float) (1 - EPSILON));
        float[] statistics = NormOperators.statistics(new float[factors.length], variance);
        return x.then(NormOperators.spec(0.9, EPSILON), List.of(factors, addends), statistics, x.layout());
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static float[] filled(float[] values, int count) {
        if (values.length == count) {
            return values;
        }
        float[] all = new float[count];
        Arrays.fill(all, values[0]);
        return all;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }
}
