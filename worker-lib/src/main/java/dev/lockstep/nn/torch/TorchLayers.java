package dev.lockstep.nn.torch;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.AveragePool1d;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks through a network's layers as they are bound, and says which of PyTorch's tensors each takes. */
final class TorchLayers {
    private final TorchModules modules;
    private final Parameters parameters;
    private final ParameterLayout layout = new ParameterLayout();

    /**
     * What flows between layers.
     *
     * @param shape of a row
     * @param order of a flattened image or sequence: PyTorch's place of each number; null: the same places
     * @param channelsFirst whether PyTorch has a sequence's channels before its steps
     */
    private record Flow(Shape shape, int @Nullable [] order, boolean channelsFirst) {}

    TorchLayers(TorchModules modules, Parameters parameters) {
        this.modules = modules;
        this.parameters = parameters;
    }

    /**
     * Says for all numbers of a network where they come from.
     *
     * @throws IllegalArgumentException if PyTorch has no counterpart of one of its layers
     */
    void add(Network network) {
        for (int member = 0; member < network.members().size(); member++) {
            walk(network.layersBeforeLink(), new Flow(network.input(), null, false));
            if (network.loss().noise() != null) {
                throw new IllegalArgumentException("loss: its noise is a number that PyTorch has no module for");
            }
        }
    }

    private Flow walk(List<LayerSpec> layers, Flow input) {
        Flow x = input;
        for (LayerSpec layer : layers) {
            x = step(layer, x);
        }
        return x;
    }

    private Flow step(LayerSpec spec, Flow x) {
        if (spec instanceof Residual residual) {
            layout.nameLayer("residual");
            Flow main = walk(residual.layers(), x);
            Flow side = walk(residual.shortcut(), x);
            if (!Arrays.equals(main.order(), side.order())) {
                throw new IllegalArgumentException(
                        "residual: expected branches that both flatten an image, or neither");
            }
            return main;
        }
        if (spec instanceof Concat concat) {
            layout.nameLayer("concat");
            return joined(
                    concat.branches().stream().map(branch -> walk(branch, x)).toList());
        }
        int tensors = layout.parameters().size();
        int statistics = layout.buffers().size();
        Layer layer = spec.bind(x.shape(), layout);
        List<ParameterRange> ranges = layout.parameters();
        List<StatisticsRange> buffers = layout.buffers();
        fill(spec, layer, x, ranges.subList(tensors, ranges.size()), buffers.subList(statistics, buffers.size()));
        return after(spec, layer, x);
    }

    private static Flow joined(List<Flow> branches) {
        int[] shape = branches.get(0).shape().toArray();
        int last = shape.length - 1;
        shape[last] =
                branches.stream().mapToInt(branch -> branch.shape().last()).sum();
        boolean channelsFirst = branches.stream().anyMatch(Flow::channelsFirst);
        if (branches.stream().allMatch(branch -> branch.order() == null)) {
            return new Flow(Shape.of(shape), null, channelsFirst);
        }
        int[] order = new int[shape[last]];
        int at = 0;
        for (Flow branch : branches) {
            for (int i = 0; i < branch.shape().size(); i++) {
                order[at + i] = at + (branch.order() == null ? i : branch.order()[i]);
            }
            at += branch.shape().size();
        }
        return new Flow(Shape.of(shape), order, channelsFirst);
    }

    private static Flow after(LayerSpec spec, Layer layer, Flow x) {
        Shape shape = layer.output();
        if (spec instanceof Flatten) {
            return new Flow(shape, x.shape().rank() == 1 ? x.order() : flatOrder(x), false);
        }
        boolean takesOver = spec instanceof Activation
                || spec instanceof Dropout
                || spec instanceof BatchNorm
                || spec instanceof LayerNorm;
        boolean channelsFirst = spec instanceof Conv1d
                || spec instanceof MaxPool1d
                || spec instanceof AveragePool1d
                || x.channelsFirst() && (takesOver || spec instanceof GroupNorm);
        if (takesOver) {
            return new Flow(shape, x.order(), channelsFirst);
        }
        if (x.order() != null && !(spec instanceof Dense)) {
            throw new IllegalArgumentException(layer.name()
                    + ": expected no flattened image before it, whose numbers PyTorch has in another" + " order");
        }
        return new Flow(shape, null, channelsFirst);
    }

    /** PyTorch's place of each number of a flattened image, or of a sequence with channels. */
    private static int @Nullable [] flatOrder(Flow x) {
        if (x.shape().rank() == 1) {
            return x.order();
        }
        int channels = x.shape().last();
        int places = x.shape().size() / channels;
        if (x.shape().rank() == 2 && !x.channelsFirst() || channels == 1 || places == 1) {
            return null;
        }
        int[] order = new int[x.shape().size()];
        Arrays.setAll(order, i -> i % channels * places + i / channels);
        return order;
    }

    private void fill(
            LayerSpec spec, Layer layer, Flow x, List<ParameterRange> tensors, List<StatisticsRange> statistics) {
        if (tensors.isEmpty() && statistics.isEmpty()) {
            return;
        }
        TorchModules.Module module = modules.module(layer.name());
        if (spec instanceof Dense) {
            int[] order = x.shape().rank() == 2 ? null : flatOrder(x);
            linear(module, "weight", tensors.get(0), order);
            vectors(module, List.of("bias"), tensors.subList(1, tensors.size()), null);
        } else if (spec instanceof Conv1d || spec instanceof Conv2d) {
            convolution(module, tensors.get(0));
            vectors(module, List.of("bias"), tensors.subList(1, tensors.size()), null);
        } else if (spec instanceof BatchNorm || spec instanceof LayerNorm || spec instanceof GroupNorm) {
            vectors(module, List.of("weight", "bias"), tensors, x.order());
            statistics.forEach(range -> statistics(module, range, x.order()));
        } else if (spec instanceof Embedding) {
            ParameterRange table = tensors.get(0);
            modules.put(module, "weight", table.shape(), copy(table.offset(), null));
        } else if (spec instanceof RecurrentSpec) {
            recurrent(module, "", tensors);
        } else if (spec instanceof Bidirectional) {
            recurrent(module, "", tensors.subList(0, tensors.size() / 2));
            recurrent(module, "_reverse", tensors.subList(tensors.size() / 2, tensors.size()));
        } else {
            throw new IllegalArgumentException(layer.name() + ": PyTorch has no module of this kind");
        }
    }

    private Consumer<float[]> copy(int offset, int @Nullable [] order) {
        float[] theta = parameters.theta();
        return values -> {
            for (int i = 0; i < values.length; i++) {
                theta[offset + i] = values[order == null ? i : order[i]];
            }
        };
    }

    private void vectors(
            TorchModules.Module module, List<String> names, List<ParameterRange> ranges, int @Nullable [] order) {
        for (int i = 0; i < ranges.size(); i++) {
            ParameterRange range = ranges.get(i);
            modules.put(module, names.get(i), range.shape(), copy(range.offset(), order));
        }
    }

    private void statistics(TorchModules.Module module, StatisticsRange range, int @Nullable [] order) {
        float[] buffers = parameters.buffers();
        List<String> names = List.of("running_mean", "running_var");
        for (int part = 0; part < names.size(); part++) {
            int first = range.offset() + part;
            modules.put(module, names.get(part), Shape.of(range.channels()), values -> {
                for (int i = 0; i < values.length; i++) {
                    buffers[first + i * StatisticsRange.WIDTH] = values[order == null ? i : order[i]];
                }
            });
        }
    }

    /** {@code [out, in]} to {@code [in, out]}. */
    private void linear(TorchModules.Module module, String name, ParameterRange range, int @Nullable [] order) {
        int in = range.shape().dimension(0);
        int out = range.shape().dimension(1);
        float[] theta = parameters.theta();
        modules.put(module, name, Shape.of(out, in), values -> {
            for (int i = 0; i < in; i++) {
                for (int o = 0; o < out; o++) {
                    theta[range.offset() + i * out + o] = values[o * in + (order == null ? i : order[i])];
                }
            }
        });
    }

    /** {@code [out, in, places...]} to {@code [places..., in, out]}. */
    private void convolution(TorchModules.Module module, ParameterRange range) {
        int[] shape = range.shape().toArray();
        int axes = shape.length - 2;
        int in = shape[axes];
        int out = shape[axes + 1];
        int places = range.shape().size() / (in * out);
        int[] expected = new int[shape.length];
        expected[0] = out;
        expected[1] = in;
        System.arraycopy(shape, 0, expected, 2, axes);
        float[] theta = parameters.theta();
        modules.put(module, "weight", Shape.of(expected), values -> {
            for (int place = 0; place < places; place++) {
                for (int i = 0; i < in; i++) {
                    for (int o = 0; o < out; o++) {
                        theta[range.offset() + (place * in + i) * out + o] = values[(o * in + i) * places + place];
                    }
                }
            }
        });
    }

    /** One direction: the weights of the input, those of the state, the bias, and the GRU's own of the new state. */
    private void recurrent(TorchModules.Module module, String direction, List<ParameterRange> tensors) {
        String end = "_l" + module.level() + direction;
        linear(module, "weight_ih" + end, tensors.get(0), null);
        linear(module, "weight_hh" + end, tensors.get(1), null);
        if (!modules.has(module, "bias_ih" + end) && !modules.has(module, "bias_hh" + end)) {
            return;
        }
        ParameterRange bias = tensors.get(2);
        int width = bias.shape().size();
        int summed = tensors.size() > 3 ? width - tensors.get(3).shape().size() : width;
        float[] theta = parameters.theta();
        modules.put(module, "bias_ih" + end, bias.shape(), values -> {
            for (int i = 0; i < width; i++) {
                theta[bias.offset() + i] += values[i];
            }
        });
        modules.put(module, "bias_hh" + end, bias.shape(), values -> {
            for (int i = 0; i < width; i++) {
                if (i < summed) {
                    theta[bias.offset() + i] += values[i];
                } else {
                    theta[tensors.get(3).offset() + i - summed] = values[i];
                }
            }
        });
    }
}
