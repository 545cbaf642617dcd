package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;

/**
 * Layers one after another, itself a layer: {@code y = f_n(...f_2(f_1(x)))}, and by the chain rule
 * {@code dx = J_1^T ... J_n^T dy}, computed from the right.
 */
public final class Sequence implements Layer {
    private final String name;
    private final Shape input;
    private final List<Layer> layers;

    private Sequence(String name, Shape input, List<Layer> layers) {
        this.name = name;
        this.input = input;
        this.layers = layers;
    }

    /**
     * Binds specifications in order.
     *
     * @param name the sequence's name
     * @param input shape of a row of the first layer's input
     * @param specs what the layers are
     * @param layout hands out names and offsets
     */
    public static Sequence bind(String name, Shape input, List<LayerSpec> specs, ParameterLayout layout) {
        Layer[] layers = new Layer[specs.size()];
        Shape shape = input;
        for (int i = 0; i < layers.length; i++) {
            layers[i] = specs.get(i).bind(shape, layout);
            shape = layers[i].output();
        }
        return new Sequence(name, input, List.of(layers));
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

    @Override
    public int parameters() {
        return layers.stream().mapToInt(Layer::parameters).sum();
    }

    @Override
    public LayerReplica replica(Workspace workspace) {
        return new AtWork(workspace);
    }

    private final class AtWork implements LayerReplica {
        private final LayerReplica[] replicas = new LayerReplica[layers.size()];
        private final Tensor[] inputs = new Tensor[layers.size()];
        private final boolean[] learnsBefore = new boolean[layers.size()];

        AtWork(Workspace workspace) {
            boolean learns = false;
            for (int i = 0; i < replicas.length; i++) {
                replicas[i] = layers.get(i).replica(workspace);
                learnsBefore[i] = learns;
                learns |= layers.get(i).parameters() > 0;
            }
        }

        @Override
        public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
            Tensor value = x;
            for (int i = 0; i < replicas.length; i++) {
                inputs[i] = value;
                value = replicas[i].forward(pass, parameters, value);
            }
            return value;
        }

        @Override
        public Tensor backward(
                Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
            Tensor value = dy;
            for (int i = replicas.length - 1; i >= 0; i--) {
                boolean needed = wanted || learnsBefore[i];
                value = replicas[i].backward(pass, parameters, inputs[i], value, needed, gradient);
                if (!needed) {
                    return null;
                }
            }
            return value;
        }
    }
}
