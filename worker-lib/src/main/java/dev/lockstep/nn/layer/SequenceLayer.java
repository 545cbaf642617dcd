package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after another, itself a layer: {@code y = f_n(...f_2(f_1(x)))}, and by the chain rule {@code dx = J_1^T
 * ... J_n^T dy}, computed from the right.
 *
 * <p>Where rows have lengths of their own, the steps beyond a row's end are 0 in what each layer takes in and gives,
 * and so are their gradients: {@code y = m f(x)}, {@code dx = J^T (m dy)} with {@code m} 1 for valid steps and 0 for
 * the others. What stands there in the data can change nothing.
 */
public final class SequenceLayer implements Layer {
    private final String name;
    private final Shape input;
    private final List<Layer> layers;
    /** The first parameter of each layer; its others follow, then those of the next layer. */
    private final int[] offsets;

    private SequenceLayer(String name, Shape input, List<Layer> layers, int[] offsets) {
        this.name = name;
        this.input = input;
        this.layers = layers;
        this.offsets = offsets;
    }

    /**
     * Binds specifications in order.
     *
     * @param name the sequence's name
     * @param input shape of a row of the first layer's input
     * @param specs what the layers are
     * @param layout hands out names and offsets
     */
    public static SequenceLayer bind(String name, Shape input, List<LayerSpec> specs, ParameterLayout layout) {
        Layer[] layers = new Layer[specs.size()];
        int[] offsets = new int[layers.length];
        Shape shape = input;
        for (int i = 0; i < layers.length; i++) {
            offsets[i] = layout.parameterCount();
            layers[i] = specs.get(i).bind(shape, layout);
            shape = layers[i].output();
        }
        return new SequenceLayer(name, input, List.of(layers), offsets);
    }

    /** These layers, and one more after them, whose parameters are the last that have been reserved. */
    public SequenceLayer with(Layer last, int offset) {
        List<Layer> more = new ArrayList<>(layers);
        more.add(last);
        int[] all = Arrays.copyOf(offsets, offsets.length + 1);
        all[offsets.length] = offset;
        return new SequenceLayer(name, input, List.copyOf(more), all);
    }

    /**
     * Some of the layers, one after another.
     *
     * @param from the first of them
     * @param to after the last of them
     */
    public SequenceLayer part(int from, int to) {
        Shape first = from == 0 ? input : layers.get(from - 1).output();
        return new SequenceLayer(name, first, layers.subList(from, to), Arrays.copyOfRange(offsets, from, to));
    }

    /** The layers in order. */
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Shape input() {
        return input;
    }

    @Override
    public Shape output() {
        return layers.isEmpty() ? input : layers.get(layers.size() - 1).output();
    }

    /** What the first layers take, as far as they see the sequence's own input. */
    @Override
    public NumberRange numbers() {
        for (Layer layer : layers) {
            if (!layer.reshapes()) {
                return layer.numbers();
            }
        }
        return NumberRange.ANY;
    }

    @Override
    public boolean readsEntries() {
        return !layers.isEmpty() && layers.get(0).readsEntries();
    }

    @Override
    public List<RowTensor> rowTensors(boolean entries) {
        return layers.isEmpty() ? List.of() : layers.get(0).rowTensors(entries);
    }

    @Override
    public int parameters() {
        return layers.stream().mapToInt(Layer::parameters).sum();
    }

    @Override
    public SequenceReplica replica(Workspace workspace) {
        return new SequenceReplica(workspace);
    }

    /** The layers at work in one thread. */
    public final class SequenceReplica implements LayerReplica {
        private static final IntConsumer NOBODY = from -> {};

        private final LayerReplica[] replicas = new LayerReplica[layers.size()];
        private final Tensor[] inputs = new Tensor[layers.size()];
        /** Valid steps of each layer's input, and behind them those of the last one's output; null: all. */
        private final int[] @Nullable [] lengths = new int[layers.size() + 1][];
        /** Room for those that a layer changes. */
        private final int[] @Nullable [] changed = new int[layers.size()][];

        private final int maxRows;
        private final boolean[] learns = new boolean[layers.size()];
        private final boolean[] learnsBefore = new boolean[layers.size()];

        private SequenceReplica(Workspace workspace) {
            maxRows = workspace.maxRows();
            boolean before = false;
            for (int i = 0; i < replicas.length; i++) {
                replicas[i] = layers.get(i).replica(workspace);
                learns[i] = layers.get(i).parameters() > 0;
                learnsBefore[i] = before;
                before |= learns[i];
            }
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            Tensor value = x;
            for (int i = 0; i < replicas.length; i++) {
                inputs[i] = value;
                lengths[i] = pass.lengths();
                value = replicas[i].forward(pass, parameters, value);
                if (pass.lengths() != null) {
                    pass.lengths(validSteps(i, pass));
                    ValidLines.clear(pass, value);
                }
                pass.show(layers.get(i), value);
            }
            lengths[replicas.length] = pass.lengths();
            return value;
        }

        /** What a layer took in in the last forward pass. */
        public Tensor input(int layer) {
            return inputs[layer];
        }

        /** Valid steps of a layer's output. */
        private int @Nullable [] validSteps(int layer, Pass pass) {
            Layer kind = layers.get(layer);
            if (kind.validSteps(0) == Layer.NO_STEPS) {
                return null;
            }
            int[] valid = changed[layer];
            if (valid == null) {
                valid = new int[maxRows];
                changed[layer] = valid;
            }
            for (int row = 0; row < pass.rows(); row++) {
                valid[row] = kind.validSteps(pass.length(row));
            }
            return valid;
        }

        @Override
        public @Nullable Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            return back(pass, parameters, dy, wanted, gradient, NOBODY);
        }

        /**
         * The same where the gradient by the input is not wanted, and somebody wants those by the parameters as soon as
         * they are there. The layers go from the last to the first, so what is complete always ends with the sequence's
         * last parameter.
         *
         * @param complete receives the first parameter of each layer that is done: from there on the gradients stay as
         *     they are, in every node, and this pass does not read the parameters again. The last one that it receives
         *     is the sequence's first parameter
         */
        public void backward(Pass pass, Parameters parameters, Tensor dy, Gradient gradient, IntConsumer complete) {
            back(pass, parameters, dy, false, gradient, complete);
        }

        private @Nullable Tensor back(
                Pass pass, Parameters parameters, Tensor dy, boolean wanted, Gradient gradient, IntConsumer complete) {
            @Nullable Tensor value = dy;
            for (int i = replicas.length - 1; i >= 0; i--) {
                boolean needed = wanted || learnsBefore[i];
                Tensor dyOfLayer = Objects.requireNonNull(value);
                pass.lengths(lengths[i + 1]);
                ValidLines.clear(pass, dyOfLayer);
                pass.lengths(lengths[i]);
                value = replicas[i].backward(pass, parameters, inputs[i], dyOfLayer, needed, gradient);
                if (learns[i]) {
                    complete.accept(offsets[i]);
                }
                if (!needed) {
                    return null;
                }
            }
            return value;
        }
    }
}
