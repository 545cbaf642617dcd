package dev.lockstep.nn.onnx;

import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.AveragePool1d;
import dev.lockstep.nn.layer.AveragePool2d;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Layers that move a window over images or sequences. */
final class OnnxWindows {
    private static final String PADDING_SAME = "padding same";

    private final OnnxGraph graph;
    private final OnnxActivations activations;
    private final OnnxMasks masks;

    OnnxWindows(OnnxGraph graph) {
        this.graph = graph;
        activations = new OnnxActivations(graph);
        masks = new OnnxMasks(graph);
    }

    /** A window along one axis. */
    private static WindowAxis axis(Padding padding, int input, int kernel, int stride, int dilation) {
        return padding == Padding.SAME
                ? WindowAxis.same(input, kernel, stride, dilation)
                : WindowAxis.valid(input, kernel, stride, dilation);
    }

    private static List<WindowAxis> axes(Padding padding, Shape input, Extent kernel, Extent stride, Extent dilation) {
        return List.of(
                axis(padding, input.dimension(0), kernel.height(), stride.height(), dilation.height()),
                axis(padding, input.dimension(1), kernel.width(), stride.width(), dilation.width()));
    }

    OnnxValue convolution(LayerSpec spec, OnnxBound bound, OnnxValue x) {
        if (spec instanceof Conv1d conv) {
            WindowAxis axis =
                    axis(conv.padding(), x.shape().dimension(0), conv.kernel(), conv.stride(), conv.dilation());
            return convolution(bound, List.of(axis), conv.groups(), conv.activation(), x);
        }
        Conv2d conv = (Conv2d) spec;
        List<WindowAxis> axes = axes(conv.padding(), x.shape(), conv.kernel(), conv.stride(), conv.dilation());
        return convolution(bound, axes, conv.groups(), conv.activation(), x);
    }

    private OnnxValue convolution(
            OnnxBound bound, List<WindowAxis> axes, int groups, Activation activation, OnnxValue x) {
        Shape output = bound.output();
        String name = bound.name();
        int filters = output.last();
        int channels = x.shape().last() / groups;
        int places = axes.stream().mapToInt(WindowAxis::kernel).reduce(1, Math::multiplyExact);
        // [places, channels, filters] -> [filters, channels, places]
        float[] from = bound.values("weight");
        float[] to = new float[from.length];
        for (int place = 0; place < places; place++) {
            for (int channel = 0; channel < channels; channel++) {
                for (int filter = 0; filter < filters; filter++) {
                    to[(filter * channels + channel) * places + place] =
                            from[(place * channels + channel) * filters + filter];
                }
            }
        }
        long[] dimensions = new long[2 + axes.size()];
        dimensions[0] = filters;
        dimensions[1] = channels;
        for (int i = 0; i < axes.size(); i++) {
            dimensions[2 + i] = axes.get(i).kernel();
        }
        List<String> inputs = new ArrayList<>(List.of(
                graph.channelsFirst(x.name(), x.shape().rank()), graph.floats(name + ".weight", to, dimensions)));
        if (bound.has("bias")) {
            inputs.add(graph.floats(name + ".bias", bound.values("bias"), filters));
        }
        String y = graph.node(
                "Conv",
                inputs,
                OnnxGraph.integersOf("kernel_shape", each(axes, WindowAxis::kernel)),
                OnnxGraph.integersOf("strides", each(axes, WindowAxis::stride)),
                OnnxGraph.integersOf("dilations", each(axes, WindowAxis::dilation)),
                OnnxGraph.integersOf("pads", pads(axes)),
                OnnxGraph.number("group", groups));
        describe(axes);
        return x.with(activations.apply(activation, graph.channelsLast(y, axes.size() + 1), filters), output);
    }

    /** Pads of zero are those of either padding, which are not the same where rows end. */
    private void describe(List<WindowAxis> axes) {
        if (axes.get(0).partial()) {
            graph.describe(PADDING_SAME);
        }
    }

    private interface OfAxis {
        int get(WindowAxis axis);
    }

    private static long[] each(List<WindowAxis> axes, OfAxis number) {
        return axes.stream().mapToLong(number::get).toArray();
    }

    /** Those before the input on each axis, then those after it. */
    private static long[] pads(List<WindowAxis> axes) {
        long[] pads = new long[2 * axes.size()];
        for (int i = 0; i < axes.size(); i++) {
            WindowAxis axis = axes.get(i);
            pads[i] = axis.padding();
            pads[axes.size() + i] = Math.max(axis.padded() - axis.input() - axis.padding(), 0);
        }
        return pads;
    }

    OnnxValue pooling(LayerSpec spec, OnnxBound bound, OnnxValue x) {
        if (spec instanceof MaxPool1d pool) {
            return maxPool(List.of(axis(pool.padding(), x.shape(), pool.size(), pool.stride())), bound, x);
        }
        if (spec instanceof AveragePool1d pool) {
            return averagePool(List.of(axis(pool.padding(), x.shape(), pool.size(), pool.stride())), bound, x);
        }
        if (spec instanceof MaxPool2d pool) {
            return maxPool(axes(pool.padding(), x.shape(), pool.size(), pool.stride(), Extent.ONE), bound, x);
        }
        AveragePool2d pool = (AveragePool2d) spec;
        return averagePool(axes(pool.padding(), x.shape(), pool.size(), pool.stride(), Extent.ONE), bound, x);
    }

    private static WindowAxis axis(Padding padding, Shape input, int size, int stride) {
        return axis(padding, input.dimension(0), size, stride, 1);
    }

    /** Steps behind the end of a row win in no window. */
    private OnnxValue maxPool(List<WindowAxis> axes, OnnxBound bound, OnnxValue x) {
        String y = pool("MaxPool", axes, masks.leastBehindEnd(x), x.shape().rank());
        return x.with(y, bound.output());
    }

    /** Where rows end, the mean of what is there, divided by the share of it that is valid. */
    private OnnxValue averagePool(List<WindowAxis> axes, OnnxBound bound, OnnxValue x) {
        int rank = x.shape().rank();
        String y = pool("AveragePool", axes, x.name(), rank);
        if (x.lengths() != null) {
            y = graph.node("Div", List.of(y, pool("AveragePool", axes, masks.share(x, x.lengths()), rank)));
        }
        return x.with(y, bound.output());
    }

    /** Padding takes no part in either, which is the default of both operators. */
    private String pool(String operator, List<WindowAxis> axes, String x, int rank) {
        String y = graph.node(
                operator,
                List.of(graph.channelsFirst(x, rank)),
                OnnxGraph.integersOf("kernel_shape", each(axes, WindowAxis::kernel)),
                OnnxGraph.integersOf("strides", each(axes, WindowAxis::stride)),
                OnnxGraph.integersOf("pads", pads(axes)));
        describe(axes);
        return graph.channelsLast(y, axes.size() + 1);
    }
}
