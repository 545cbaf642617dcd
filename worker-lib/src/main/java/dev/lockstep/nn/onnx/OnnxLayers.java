package dev.lockstep.nn.onnx;

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
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
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
    private final OnnxGraph graph;
    private final OnnxActivations activations;
    private final OnnxRecurrent recurrent;
    private final OnnxMasks masks;
    private final OnnxWindows windows;
    private final OnnxNorms norms;
    private final OnnxTables tables;
    private final Parameters parameters;
    /** Binds the layers again, in the order in which the network was bound: the same offsets come out. */
    private final ParameterLayout layout = new ParameterLayout();

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
        windows = new OnnxWindows(graph);
        norms = new OnnxNorms(graph, opset);
        tables = new OnnxTables(graph);
    }

    /** One layer after the other. */
    OnnxValue sequence(List<LayerSpec> specs, OnnxValue input) {
        OnnxValue value = input;
        for (LayerSpec spec : specs) {
            value = masks.hide(layer(spec, value));
        }
        return value;
    }

    private OnnxValue layer(LayerSpec written, OnnxValue x) {
        LayerSpec spec = written.longForm();
        if (spec instanceof Residual residual) {
            return residual(residual, x);
        }
        if (spec instanceof Concat concat) {
            return concat(concat, x);
        }
        OnnxBound bound = OnnxBound.bind(spec, x.shape(), layout, parameters);
        return spec instanceof Variational variational
                ? bound(variational.layer(), bound.atMeans(), x)
                : bound(spec, bound, x);
    }

    private OnnxValue bound(LayerSpec spec, OnnxBound bound, OnnxValue x) {
        if (spec instanceof Embedding embedding) {
            return tables.embedding(embedding, bound, x);
        }
        return compute(spec, bound, x).endingAt(masks.after(bound.layer(), x));
    }

    private OnnxValue compute(LayerSpec spec, OnnxBound bound, OnnxValue x) {
        if (spec instanceof Conv1d || spec instanceof Conv2d) {
            return windows.convolution(spec, bound, x);
        }
        if (spec instanceof MaxPool1d
                || spec instanceof MaxPool2d
                || spec instanceof AveragePool1d
                || spec instanceof AveragePool2d) {
            return windows.pooling(spec, bound, x);
        }
        if (spec instanceof RecurrentSpec cell) {
            return recurrent.oneWay(cell, bound.values(), x);
        }
        if (spec instanceof Bidirectional both) {
            return recurrent.bothWays(both, bound.values(), x);
        }
        return simple(spec, bound, x);
    }

    private OnnxValue simple(LayerSpec spec, OnnxBound bound, OnnxValue x) {
        Shape output = bound.layer().output();
        if (spec instanceof Dense dense) {
            return dense(bound, dense.activation(), x);
        }
        if (spec instanceof BatchNorm norm) {
            return norms.batchNorm(norm, bound, x);
        }
        if (spec instanceof LayerNorm norm) {
            return norms.layerNorm(norm, bound, x);
        }
        if (spec instanceof GroupNorm norm) {
            return norms.groupNorm(norm, bound, x);
        }
        if (spec instanceof ColumnEmbeddings columns) {
            return tables.columnEmbeddings(columns, bound, x);
        }
        if (spec instanceof Columns columns) {
            return tables.columns(columns, x, output);
        }
        if (spec instanceof GlobalAveragePool) {
            return x.with(masks.mean(x), output);
        }
        if (spec instanceof GlobalMaxPool) {
            return x.with(masks.max(x), output);
        }
        if (spec instanceof Flatten) {
            return x.with(graph.reshape(x.name(), output), output);
        }
        if (spec instanceof Dropout dropout) {
            String rate = graph.scalar("rate", dropout.rate());
            return x.with(graph.node("Dropout", List.of(x.name(), rate)), output);
        }
        if (spec instanceof Activation activation) {
            return x.with(activations.apply(activation, x.name(), output.last()), output);
        }
        throw new IllegalArgumentException(
                "ONNX: no operators are known for the layer " + bound.layer().name());
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

    private OnnxValue dense(OnnxBound bound, Activation activation, OnnxValue x) {
        Shape output = bound.layer().output();
        String name = bound.layer().name();
        int units = output.last();
        float[] weights = bound.values("weight");
        String w = graph.floats(name + ".weight", weights, weights.length / units, units);
        // An image is a vector to a dense layer, a sequence is not.
        String in = x.shape().rank() == 3
                ? graph.reshape(x.name(), Shape.of(x.shape().size()))
                : x.name();
        String y = graph.node("MatMul", List.of(in, w));
        if (bound.has("bias")) {
            y = graph.node("Add", List.of(y, graph.floats(name + ".bias", bound.values("bias"), units)));
        }
        return x.with(activations.apply(activation, y, units), output);
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
}
