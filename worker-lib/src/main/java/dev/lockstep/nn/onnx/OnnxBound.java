package dev.lockstep.nn.onnx;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A layer and the numbers that it reserved.
 *
 * @param tensors its trainable tensors
 * @param statistics its running statistics
 * @param parameters the numbers of the whole network
 */
record OnnxBound(Layer layer, List<ParameterRange> tensors, List<StatisticsRange> statistics, Parameters parameters) {
    /** Binds a layer behind those that the layout has. */
    static OnnxBound bind(LayerSpec spec, Shape input, ParameterLayout layout, Parameters parameters) {
        int tensors = layout.parameters().size();
        int statistics = layout.buffers().size();
        Layer layer = spec.bind(input, layout);
        List<ParameterRange> allTensors = layout.parameters();
        List<StatisticsRange> allStatistics = layout.buffers();
        return new OnnxBound(
                layer,
                allTensors.subList(tensors, allTensors.size()),
                allStatistics.subList(statistics, allStatistics.size()),
                parameters);
    }

    /** The same without the widths of distributions over weights, the means in the places of the weights. */
    OnnxBound atMeans() {
        List<ParameterRange> plain = tensors.stream()
                .filter(range -> !range.name().matches(".*(rho|Rho)"))
                .map(range -> new ParameterRange(
                        range.name().replaceFirst("\\.mean$", ".weight"),
                        range.offset(),
                        range.shape(),
                        range.role(),
                        range.initialValues()))
                .toList();
        return new OnnxBound(layer, plain, statistics, parameters);
    }

    String name() {
        return layer.name();
    }

    Shape output() {
        return layer.output();
    }

    float[] values(ParameterRange range) {
        return Arrays.copyOfRange(parameters.theta(), range.offset(), range.end());
    }

    boolean has(String tensor) {
        return tensors.stream().anyMatch(range -> range.name().endsWith("." + tensor));
    }

    float[] values(String tensor) {
        return values(tensors.stream()
                .filter(range -> range.name().endsWith("." + tensor))
                .findFirst()
                .orElseThrow());
    }

    /** All tensors in order. */
    List<float[]> values() {
        return tensors.stream().map(this::values).toList();
    }
}
