package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer with its numbers, behind others.
 *
 * @param before the layer before; null: the input
 * @param input shape of a row before it
 * @param output shape of a row behind it
 * @param tensors its trainable numbers, tensor by tensor in the order in which it reserves them
 * @param statistics its running statistics
 */
record Step(
        @Nullable Step before, LayerSpec layer, Shape input, Shape output, List<float[]> tensors, float[] statistics) {
    /**
     * Puts a layer behind a value.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    static Step after(Flow x, LayerSpec layer, List<float[]> tensors, float[] statistics) {
        return bind(x.last(), layer, x.shape(), tensors, statistics);
    }

    private static Step bind(
            @Nullable Step before, LayerSpec layer, Shape input, List<float[]> tensors, float[] statistics) {
        ParameterLayout layout = new ParameterLayout();
        Shape output = layer.bind(input, layout).output();
        int given = tensors.stream().mapToInt(tensor -> tensor.length).sum();
        if (given != layout.parameterCount() || statistics.length != layout.bufferCount()) {
            throw new IllegalArgumentException(
                    "expected " + layout.parameterCount() + " numbers for an input of " + input + ", got " + given);
        }
        return new Step(before, layer, input, output, List.copyOf(tensors), statistics);
    }

    /** Another layer in this one's place. */
    Step with(LayerSpec other, List<float[]> otherTensors) {
        return bind(before, other, input, otherTensors, statistics);
    }

    /** The steps from behind one to the last, in order. */
    static List<Step> path(@Nullable Step from, @Nullable Step last) {
        List<Step> path = new ArrayList<>();
        for (Step step = last; step != null && step != from; step = step.before) {
            path.add(step);
        }
        Collections.reverse(path);
        return path;
    }

    /** The last step that all of some values have behind them; null: only the input. */
    static @Nullable Step fork(List<Flow> values) {
        for (Step step = values.get(0).last(); step != null; step = step.before) {
            Step candidate = step;
            if (values.stream().allMatch(value -> candidate.isBefore(value.last()))) {
                return step;
            }
        }
        return null;
    }

    private boolean isBefore(@Nullable Step last) {
        for (Step step = last; step != null; step = step.before) {
            if (step == this) {
                return true;
            }
        }
        return false;
    }

    static List<LayerSpec> layers(List<Step> path) {
        return path.stream().map(Step::layer).toList();
    }

    static List<float[]> tensors(List<Step> path) {
        return path.stream().flatMap(step -> step.tensors.stream()).toList();
    }

    static float[] statistics(List<Step> path) {
        int length = path.stream().mapToInt(step -> step.statistics.length).sum();
        float[] all = new float[length];
        int at = 0;
        for (Step step : path) {
            System.arraycopy(step.statistics, 0, all, at, step.statistics.length);
            at += step.statistics.length;
        }
        return all;
    }
}
