package dev.lockstep.nn.onnx;

import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.AveragePool1d;
import dev.lockstep.nn.layer.AveragePool2d;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.VariationalConv2d;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Layers in ONNX operators, as they compute outside training: dropout does nothing, weights that are distributions are
 * their means. Values keep Lockstep's order of axes, {@code [rows, height, width, channels]} and {@code [rows, steps,
 * features]}; operators that have another order stand between transpositions, which runtimes remove where they meet.
 */
final class OnnxLayers {
    private static final long[] IMAGE_TO_CHANNELS_FIRST = {0, 3, 1, 2};
    private static final long[] IMAGE_TO_CHANNELS_LAST = {0, 2, 3, 1};

    private final OnnxGraph graph;
    private final OnnxActivations activations;
    private final OnnxRecurrent recurrent;
    private final OnnxMasks masks;
    private final Parameters parameters;
    /** Binds the layers once more, in the order in which the network was bound: the same offsets come out. */
    private final ParameterLayout layout = new ParameterLayout();

    private final boolean hasLayerNormalization;

    /**
     * Layers over the numbers of a model.
     *
     * @param opset version of the operators
     */
    OnnxLayers(OnnxGraph graph, Parameters parameters, int opset) {
        this.graph = graph;
        this.parameters = parameters;
        activations = new OnnxActivations(graph);
        masks = new OnnxMasks(graph);
        recurrent = new OnnxRecurrent(graph);
        hasLayerNormalization = opset >= 17;
    }

    /** A layer and the tensors that it reserved. */
    private record Bound(Layer layer, List<ParameterRange> tensors, List<StatisticsRange> statistics) {}

    private Bound bind(LayerSpec spec, Shape input) {
        int tensors = layout.parameters().size();
        int statistics = layout.buffers().size();
        Layer layer = spec.bind(input, layout);
        List<ParameterRange> allTensors = layout.parameters();
        List<StatisticsRange> allStatistics = layout.buffers();
        return new Bound(
                layer,
                allTensors.subList(tensors, allTensors.size()),
                allStatistics.subList(statistics, allStatistics.size()));
    }

    private float[] values(ParameterRange range) {
        return Arrays.copyOfRange(parameters.theta(), range.offset(), range.end());
    }

    private static boolean has(Bound bound, String tensor) {
        return bound.tensors().stream().anyMatch(range -> range.name().endsWith("." + tensor));
    }

    private float[] values(Bound bound, String tensor) {
        return values(bound.tensors().stream()
                .filter(range -> range.name().endsWith("." + tensor))
                .findFirst()
                .orElseThrow());
    }

    /** One layer after the other. */
    OnnxValue sequence(List<LayerSpec> specs, OnnxValue input) {
        OnnxValue value = input;
        for (LayerSpec spec : specs) {
            value = masks.hide(layer(spec, value));
        }
        return value;
    }

    private OnnxValue layer(LayerSpec spec, OnnxValue x) {
        if (spec instanceof Residual residual) {
            return residual(residual, x);
        }
        if (spec instanceof Concat concat) {
            return concat(concat, x);
        }
        Bound bound = bind(spec, x.shape());
        if (spec instanceof Embedding embedding) {
            return embedding(embedding, bound, x);
        }
        return compute(spec, bound, x).endingAt(masks.after(bound.layer(), x));
    }

    private OnnxValue compute(LayerSpec spec, Bound bound, OnnxValue x) {
        if (spec instanceof Conv1d || spec instanceof Conv2d || spec instanceof VariationalConv2d) {
            return convolution(spec, bound, x);
        }
        if (spec instanceof MaxPool1d
                || spec instanceof MaxPool2d
                || spec instanceof AveragePool1d
                || spec instanceof AveragePool2d) {
            return pooling(spec, bound, x);
        }
        if (spec instanceof RecurrentSpec cell) {
            return recurrent.oneWay(cell, tensors(bound), x);
        }
        if (spec instanceof Bidirectional both) {
            return recurrent.bothWays(both, tensors(bound), x);
        }
        return simple(spec, bound, x);
    }

    private List<float[]> tensors(Bound bound) {
        return bound.tensors().stream().map(this::values).toList();
    }

    private OnnxValue simple(LayerSpec spec, Bound bound, OnnxValue x) {
        Shape output = bound.layer().output();
        if (spec instanceof Dense dense) {
            return dense(bound, "weight", dense.activation(), x);
        }
        if (spec instanceof VariationalDense dense) {
            return dense(bound, "mean", dense.activation(), x);
        }
        if (spec instanceof BatchNorm norm) {
            return batchNorm(norm, bound, x);
        }
        if (spec instanceof LayerNorm norm) {
            return layerNorm(norm, bound, x);
        }
        if (spec instanceof GroupNorm norm) {
            return groupNorm(norm, bound, x);
        }
        if (spec instanceof ColumnEmbeddings columns) {
            return columnEmbeddings(columns, bound, x);
        }
        if (spec instanceof Columns columns) {
            return columns(columns, x, output);
        }
        if (spec instanceof GlobalAveragePool) {
            return x.with(masks.mean(x), output);
        }
        if (spec instanceof GlobalMaxPool) {
            return x.with(masks.max(x), output);
        }
        if (spec instanceof Flatten) {
            return x.with(reshape(x.name(), output), output);
        }
        if (spec instanceof Dropout) {
            return x;
        }
        if (spec instanceof Activation activation) {
            return x.with(activations.apply(activation, x.name(), output.last()), output);
        }
        throw new IllegalArgumentException(
                "ONNX: no operators are known for the layer " + bound.layer().name());
    }

    private String reshape(String x, Shape shape) {
        int[] dimensions = shape.toArray();
        long[] target = new long[dimensions.length + 1];
        target[0] = -1;
        for (int i = 0; i < dimensions.length; i++) {
            target[i + 1] = dimensions[i];
        }
        return graph.node("Reshape", List.of(x, graph.integers("shape", target)));
    }

    private OnnxValue residual(Residual spec, OnnxValue x) {
        layout.nameLayer("residual");
        OnnxValue main = sequence(spec.layers(), x);
        OnnxValue side = sequence(spec.shortcut(), x);
        return main.with(graph.node("Add", List.of(main.name(), side.name())), main.shape());
    }

    private OnnxValue concat(Concat spec, OnnxValue x) {
        layout.nameLayer("concat");
        List<String> parts = new ArrayList<>();
        OnnxValue last = x;
        int width = 0;
        for (List<LayerSpec> branch : spec.branches()) {
            last = sequence(branch, x);
            parts.add(last.name());
            width += last.shape().last();
        }
        int[] dimensions = last.shape().toArray();
        dimensions[dimensions.length - 1] = width;
        return last.with(graph.node("Concat", parts, OnnxGraph.number("axis", -1)), Shape.of(dimensions));
    }

    private OnnxValue dense(Bound bound, String weight, Activation activation, OnnxValue x) {
        Shape output = bound.layer().output();
        String name = bound.layer().name();
        int units = output.last();
        float[] weights = values(bound, weight);
        String w = graph.floats(name + ".weight", weights, weights.length / units, units);
        // An image is a vector to a dense layer, a sequence is not.
        String in = x.shape().rank() == 3 ? reshape(x.name(), Shape.of(x.shape().size())) : x.name();
        String y = graph.node("MatMul", List.of(in, w));
        if (has(bound, "bias")) {
            y = graph.node("Add", List.of(y, graph.floats(name + ".bias", values(bound, "bias"), units)));
        }
        return x.with(activations.apply(activation, y, units), output);
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

    private OnnxValue convolution(LayerSpec spec, Bound bound, OnnxValue x) {
        if (spec instanceof Conv1d conv) {
            WindowAxis axis =
                    axis(conv.padding(), x.shape().dimension(0), conv.kernel(), conv.stride(), conv.dilation());
            return convolution(bound, "weight", List.of(axis), conv.groups(), conv.activation(), x);
        }
        if (spec instanceof Conv2d conv) {
            List<WindowAxis> axes = axes(conv.padding(), x.shape(), conv.kernel(), conv.stride(), conv.dilation());
            return convolution(bound, "weight", axes, conv.groups(), conv.activation(), x);
        }
        VariationalConv2d conv = (VariationalConv2d) spec;
        List<WindowAxis> axes = axes(conv.padding(), x.shape(), conv.kernel(), conv.stride(), Extent.ONE);
        return convolution(bound, "mean", axes, 1, conv.activation(), x);
    }

    private OnnxValue convolution(
            Bound bound, String weight, List<WindowAxis> axes, int groups, Activation activation, OnnxValue x) {
        Shape output = bound.layer().output();
        String name = bound.layer().name();
        int filters = output.last();
        int channels = x.shape().last() / groups;
        int places = axes.stream().mapToInt(WindowAxis::kernel).reduce(1, Math::multiplyExact);
        // [places, channels, filters] -> [filters, channels, places]
        float[] from = values(bound, weight);
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
        List<String> inputs = new ArrayList<>(
                List.of(channelsFirst(x.name(), x.shape().rank()), graph.floats(name + ".weight", to, dimensions)));
        if (has(bound, "bias")) {
            inputs.add(graph.floats(name + ".bias", values(bound, "bias"), filters));
        }
        String y = graph.node(
                "Conv",
                inputs,
                OnnxGraph.integersOf("kernel_shape", each(axes, WindowAxis::kernel)),
                OnnxGraph.integersOf("strides", each(axes, WindowAxis::stride)),
                OnnxGraph.integersOf("dilations", each(axes, WindowAxis::dilation)),
                OnnxGraph.integersOf("pads", pads(axes)),
                OnnxGraph.number("group", groups));
        return x.with(activations.apply(activation, channelsLast(y, axes.size()), filters), output);
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

    private String channelsFirst(String x, int rank) {
        return rank == 3 ? graph.transpose(x, IMAGE_TO_CHANNELS_FIRST) : graph.transpose(x, 0, 2, 1);
    }

    private String channelsLast(String y, int axes) {
        return axes == 2 ? graph.transpose(y, IMAGE_TO_CHANNELS_LAST) : graph.transpose(y, 0, 2, 1);
    }

    private OnnxValue pooling(LayerSpec spec, Bound bound, OnnxValue x) {
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
    private OnnxValue maxPool(List<WindowAxis> axes, Bound bound, OnnxValue x) {
        String y = pool("MaxPool", axes, masks.leastBehindEnd(x), x.shape().rank());
        return x.with(y, bound.layer().output());
    }

    /** Where rows end, the mean of what is there, divided by the share of it that is valid. */
    private OnnxValue averagePool(List<WindowAxis> axes, Bound bound, OnnxValue x) {
        int rank = x.shape().rank();
        String y = pool("AveragePool", axes, x.name(), rank);
        if (x.lengths() != null) {
            y = graph.node("Div", List.of(y, pool("AveragePool", axes, masks.share(x, x.lengths()), rank)));
        }
        return x.with(y, bound.layer().output());
    }

    /** Padding takes no part in either, which is the default of both operators. */
    private String pool(String operator, List<WindowAxis> axes, String x, int rank) {
        String y = graph.node(
                operator,
                List.of(channelsFirst(x, rank)),
                OnnxGraph.integersOf("kernel_shape", each(axes, WindowAxis::kernel)),
                OnnxGraph.integersOf("strides", each(axes, WindowAxis::stride)),
                OnnxGraph.integersOf("pads", pads(axes)));
        return channelsLast(y, axes.size());
    }

    /** {@code y = a x + b} with the running statistics in a and b. */
    private OnnxValue batchNorm(BatchNorm spec, Bound bound, OnnxValue x) {
        int channels = x.shape().last();
        float[] gain = values(bound, "gain");
        float[] shift = values(bound, "shift");
        StatisticsRange running = bound.statistics().get(0);
        float[] factor = new float[channels];
        float[] addend = new float[channels];
        for (int c = 0; c < channels; c++) {
            double mean = running.mean(parameters.buffers(), c);
            double a = gain[c] / Math.sqrt(running.variance(parameters.buffers(), c) + spec.epsilon());
            factor[c] = (float) a;
            addend[c] = (float) (shift[c] - mean * a);
        }
        String name = bound.layer().name();
        String scaled = graph.node("Mul", List.of(x.name(), graph.floats(name + ".factor", factor, channels)));
        String y = graph.node("Add", List.of(scaled, graph.floats(name + ".addend", addend, channels)));
        return x.with(activations.apply(spec.activation(), y, channels), x.shape());
    }

    private OnnxValue layerNorm(LayerNorm spec, Bound bound, OnnxValue x) {
        int features = x.shape().last();
        String name = bound.layer().name();
        String gain = graph.floats(name + ".gain", values(bound, "gain"), features);
        String shift = graph.floats(name + ".shift", values(bound, "shift"), features);
        if (hasLayerNormalization) {
            String y = graph.node(
                    "LayerNormalization",
                    List.of(x.name(), gain, shift),
                    OnnxGraph.number("axis", -1),
                    OnnxGraph.real("epsilon", spec.epsilon()));
            return x.with(y, x.shape());
        }
        String centred = graph.node("Sub", List.of(x.name(), lastAxisMean(x.name())));
        String variance = lastAxisMean(graph.node("Mul", List.of(centred, centred)));
        String floored = graph.node("Add", List.of(variance, graph.scalar("epsilon", spec.epsilon())));
        String normal = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(floored))));
        String y = graph.node("Add", List.of(graph.node("Mul", List.of(normal, gain)), shift));
        return x.with(y, x.shape());
    }

    /** {@code [rows, positions, groups, channels of a group]}: means are over the second and the last axis. */
    private OnnxValue groupNorm(GroupNorm spec, Bound bound, OnnxValue x) {
        int channels = x.shape().last();
        int groupChannels = channels / spec.groups();
        Shape grouped = Shape.of(x.shape().size() / channels, spec.groups(), groupChannels);
        String count = masks.positions(x, groupChannels);
        String mean = groupMean(reshape(x.name(), grouped), count);
        String centred = graph.node("Sub", List.of(reshape(x.name(), grouped), mean));
        if (x.lengths() != null) {
            String share = reshape(masks.share(x, x.lengths()), grouped);
            centred = graph.node("Mul", List.of(centred, share));
        }
        String variance = groupMean(graph.node("Mul", List.of(centred, centred)), count);
        String floored = graph.node("Add", List.of(variance, graph.scalar("epsilon", spec.epsilon())));
        String normal = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(floored))));
        String name = bound.layer().name();
        String scaled = graph.node(
                "Mul",
                List.of(reshape(normal, x.shape()), graph.floats(name + ".gain", values(bound, "gain"), channels)));
        String y = graph.node("Add", List.of(scaled, graph.floats(name + ".shift", values(bound, "shift"), channels)));
        return x.with(y, x.shape());
    }

    private String groupMean(String x, String count) {
        return graph.node("Div", List.of(graph.node("ReduceSum", List.of(x, graph.integers("axes", 1, 3))), count));
    }

    private String lastAxisMean(String x) {
        return graph.node("ReduceMean", List.of(x), OnnxGraph.integersOf("axes", -1));
    }

    private OnnxValue embedding(Embedding spec, Bound bound, OnnxValue x) {
        String table = graph.floats(
                bound.layer().name() + ".weight", values(bound, "weight"), spec.vocabulary(), spec.units());
        String lengths = spec.maskZero() ? masks.afterLastToken(x) : x.lengths();
        String y = graph.node("Gather", List.of(table, toInteger(x.name())), OnnxGraph.number("axis", 0));
        return new OnnxValue(y, bound.layer().output(), lengths);
    }

    private OnnxValue columnEmbeddings(ColumnEmbeddings spec, Bound bound, OnnxValue x) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < spec.columns().size(); i++) {
            ColumnEmbeddings.Column column = spec.columns().get(i);
            if (column.at() > from) {
                parts.add(graph.columns(x.name(), from, column.at()));
            }
            // Category 0 stands for none: a first line of zeros.
            float[] vectors = values(bound.tensors().get(i));
            float[] table = new float[column.units() + vectors.length];
            System.arraycopy(vectors, 0, table, column.units(), vectors.length);
            String lines = graph.floats(bound.tensors().get(i).name(), table, column.categories() + 1L, column.units());
            String category = graph.node(
                    "Squeeze",
                    List.of(graph.columns(x.name(), column.at(), column.at() + 1), graph.integers("axes", 1)));
            parts.add(graph.node("Gather", List.of(lines, toInteger(category)), OnnxGraph.number("axis", 0)));
            from = column.at() + 1;
        }
        if (from < x.shape().size()) {
            parts.add(graph.columns(x.name(), from, x.shape().size()));
        }
        return x.with(
                graph.node("Concat", parts, OnnxGraph.number("axis", -1)),
                bound.layer().output());
    }

    private OnnxValue columns(Columns spec, OnnxValue x, Shape output) {
        List<String> parts = new ArrayList<>();
        for (Columns.Part part : spec.parts() == null ? List.<Columns.Part>of() : spec.parts()) {
            parts.add(graph.columns(x.name(), part.at(), part.at() + part.size()));
        }
        String y = parts.size() == 1 ? parts.get(0) : graph.node("Concat", parts, OnnxGraph.number("axis", -1));
        return x.with(output.rank() == 1 ? y : reshape(y, output), output);
    }

    /** The value with the noise that is the same for all rows behind it, in the place where the network has it. */
    OnnxValue noise(NoiseScale noise, OnnxValue x) {
        String name = layout.nameLayer("noise");
        int width = x.shape().last();
        float[] scales = new float[width];
        Arrays.fill(scales, noise.initial());
        if (noise.learned()) {
            int offset = layout.reserve(
                    name, "scale", Shape.of(width), ParameterRole.BIAS, InitialValues.constant(noise.initial()));
            System.arraycopy(parameters.theta(), offset, scales, 0, width);
        }
        String lines = graph.node(
                "Expand",
                List.of(graph.floats(name + ".scale", scales, width), graph.node("Shape", List.of(x.name()))));
        int[] output = x.shape().toArray();
        output[output.length - 1] *= 2;
        return x.with(graph.node("Concat", List.of(x.name(), lines), OnnxGraph.number("axis", -1)), Shape.of(output));
    }

    private String toInteger(String x) {
        return graph.cast(x, OnnxGraph.Type.INT64);
    }
}
