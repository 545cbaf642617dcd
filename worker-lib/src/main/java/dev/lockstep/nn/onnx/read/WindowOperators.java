package dev.lockstep.nn.onnx.read;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Conv, MaxPool and AveragePool over images and sequences. */
final class WindowOperators {
    private final GraphReader reader;

    WindowOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of("Conv", this::convolution, "MaxPool", this::maxPool, "AveragePool", this::averagePool);
    }

    private Flow image(GraphNode node, int places) {
        if (places != 1 && places != 2) {
            throw node.refusal("expected windows over 1 or 2 axes, got " + places);
        }
        Flow x = reader.image(reader.x(node), places);
        if (!x.isChannelsFirst(places)) {
            throw node.refusal("expected rows of a shape [channels, " + (places == 1 ? "steps" : "height, width")
                    + "], got " + Arrays.toString(x.layout().sizes()));
        }
        return x;
    }

    private static int[] places(Flow x) {
        return Arrays.copyOf(x.shape().toArray(), x.shape().rank() - 1);
    }

    private static Flow after(Flow x, LayerSpec layer, List<float[]> tensors) {
        Step step = Step.after(x, layer, tensors, Flow.NONE);
        return new Flow(step, step.output(), Layout.channelsFirst(step.output()));
    }

    private Flow convolution(GraphNode node) {
        Constant weights = reader.constant(node, 1, "weights");
        int places = weights.rank() - 2;
        Flow x = image(node, places);
        int[] kernel = Arrays.copyOfRange(weights.sizes(), 2, weights.rank());
        Windows windows = Windows.of(node, kernel, places(x));
        int groups = Math.toIntExact(node.number("group", 1));
        int filters = weights.sizes()[0];
        if (weights.sizes()[1] * groups != x.shape().last()) {
            throw node.refusal("expected weights for " + x.shape().last() + " channels, got "
                    + Arrays.toString(weights.sizes()) + " in " + groups + " groups");
        }
        boolean aligned = windows.isAligned(places(x));
        int[] longer = aligned ? new int[places] : windows.zerosBehind(places(x));
        Padding padding = aligned ? windows.padding(places(x)) : Padding.SAME;
        List<float[]> tensors = new ArrayList<>();
        tensors.add(turned(weights, longer));
        if (node.has(2)) {
            tensors.add(reader.constant(node, 2, "biases").floats());
        }
        int[] size = kernel.clone();
        Arrays.setAll(size, i -> kernel[i] + longer[i]);
        return after(x, layer(filters, size, windows, padding, groups, node.has(2)), tensors);
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    private static LayerSpec layer(
            int filters, int[] size, Windows windows, Padding padding, int groups, boolean bias) {
        Activation linear = new Activation.Linear();
        int[] stride = windows.stride();
        int[] dilation = windows.dilation();
        return size.length == 1
                ? new Conv1d(filters, size[0], stride[0], padding, dilation[0], groups, linear, bias, null)
                : new Conv2d(
                        filters, extent(size), extent(stride), padding, extent(dilation), groups, linear, bias, null);
    }

    private static Extent extent(int[] sizes) {
        return new Extent(sizes[0], sizes[1]);
    }

    /** {@code [filters, channels, places] -> [places, channels, filters]}, with zeros behind each axis of places. */
    private static float[] turned(Constant weights, int[] longer) {
        int[] sizes = weights.sizes();
        int filters = sizes[0];
        int channels = sizes[1];
        int height = sizes.length == 4 ? sizes[2] : 1;
        int width = sizes[sizes.length - 1];
        int toHeight = height + (sizes.length == 4 ? longer[0] : 0);
        int toWidth = width + longer[longer.length - 1];
        float[] from = weights.floats();
        float[] to = new float[toHeight * toWidth * channels * filters];
        int at = 0;
        for (int filter = 0; filter < filters; filter++) {
            for (int channel = 0; channel < channels; channel++) {
                for (int place = 0; place < height * width; place++) {
                    int target = place / width * toWidth + place % width;
                    to[(target * channels + channel) * filters + filter] = from[at++];
                }
            }
        }
        return to;
    }

    private Windows pool(GraphNode node, Flow x) {
        long[] kernel = node.numbers("kernel_shape", 0, 0);
        return Windows.of(node, Windows.ints(kernel), places(x));
    }

    private Flow maxPool(GraphNode node) {
        Flow x = image(node, node.numbers("kernel_shape", 0, 0).length);
        Windows windows = pool(node, x);
        for (int dilation : windows.dilation()) {
            if (dilation != 1) {
                throw node.refusal("dilations have no counterpart");
            }
        }
        Padding padding = windows.padding(places(x));
        int[] size = windows.kernel();
        int[] stride = windows.stride();
        LayerSpec layer = size.length == 1
                ? new MaxPool1d(size[0], stride[0], padding)
                : new MaxPool2d(extent(size), extent(stride), padding);
        return after(x, layer, List.of());
    }

    private Flow averagePool(GraphNode node) {
        Flow x = image(node, node.numbers("kernel_shape", 0, 0).length);
        Windows windows = pool(node, x);
        Padding padding = windows.padding(places(x));
        if (padding == Padding.SAME && node.number("count_include_pad", 0) != 0) {
            throw node.refusal("count_include_pad has no counterpart");
        }
        int[] size = windows.kernel();
        int[] stride = windows.stride();
        LayerSpec layer = size.length == 1
                ? new AveragePool1d(size[0], stride[0], padding)
                : new AveragePool2d(extent(size), extent(stride), padding);
        return after(x, layer, List.of());
    }
}
