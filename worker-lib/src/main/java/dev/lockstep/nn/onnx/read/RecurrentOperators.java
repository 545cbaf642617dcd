package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.SimpleRnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** RNN, LSTM and GRU; see {@code OnnxRecurrent} for the order of their gates. */
final class RecurrentOperators {
    private static final Set<String> OTHER_ATTRIBUTES = Set.of("activation_alpha", "activation_beta", "clip");

    private final GraphReader reader;

    RecurrentOperators(GraphReader reader) {
        this.reader = reader;
    }

    Map<String, Function<GraphNode, Flow>> operators() {
        return Map.of("RNN", this::recurrent, "LSTM", this::recurrent, "GRU", this::recurrent);
    }

    /** Lockstep's place of each gate of the operator. */
    private static int[] gates(String operator) {
        return switch (operator) {
            case "LSTM" -> new int[] {0, 3, 1, 2};
            case "GRU" -> new int[] {1, 0, 2};
            default -> new int[] {0};
        };
    }

    private Flow recurrent(GraphNode node) {
        check(node);
        Flow x = reader.x(node);
        if (x.layout().rowsAxis() != 1 || x.shape().rank() != 2 || !x.layout().inOrder()) {
            throw node.refusal("expected an input [steps, rows, features]");
        }
        Constant weights = reader.constant(node, 1, "weights");
        int units = Math.toIntExact(node.number("hidden_size", 0));
        boolean sequences = isUsed(node, 0);
        if (sequences && isUsed(node, 1)) {
            throw node.refusal("expected one output that is used, got the states of all steps and the last");
        }
        RecurrentSpec spec = spec(node, units, sequences);
        boolean both = node.text("direction", "forward").equals("bidirectional");
        List<float[]> tensors = new ArrayList<>();
        for (int direction = 0; direction < (both ? 2 : 1); direction++) {
            tensors.addAll(tensors(node, direction, weights.sizes()[2], units));
        }
        LayerSpec layer = both ? new Bidirectional(spec, Bidirectional.Merge.CONCAT) : spec;
        int directions = both ? 2 : 1;
        Layout layout = sequences
                ? Layout.plain(2, x.shape().dimension(0), directions, units)
                : Layout.plain(1, directions, units);
        return x.then(layer, tensors, Flow.NONE, layout);
    }

    private boolean isUsed(GraphNode node, int output) {
        String value = output < node.proto().getOutputCount() ? node.proto().getOutput(output) : "";
        return !value.isEmpty() && reader.file().isUsed(value);
    }

    private void check(GraphNode node) {
        for (String attribute : OTHER_ATTRIBUTES) {
            if (node.hasAttribute(attribute)) {
                throw node.refusal(attribute + " has no counterpart");
            }
        }
        String direction = node.text("direction", "forward");
        if (direction.equals("reverse") || node.number("layout", 0) != 0 || node.number("input_forget", 0) != 0) {
            throw node.refusal("direction reverse, layout 1 and input_forget have no counterpart");
        }
        if (node.operator().equals("GRU") && node.number("linear_before_reset", 0) == 0) {
            throw node.refusal("expected linear_before_reset 1, as PyTorch and Keras write it");
        }
        for (int i = 5; i < 7; i++) {
            if (node.has(i) && !isZero(node.input(i))) {
                throw node.refusal("expected an initial state of zeros");
            }
        }
        if (node.has(7)) {
            throw node.refusal("peepholes have no counterpart");
        }
        if (node.has(4) && !reader.masks().contains(node.input(4))) {
            throw node.refusal("sequence_lens has no counterpart in a file that Lockstep did not write");
        }
    }

    private boolean isZero(String value) {
        Constant constant = reader.file().constant(value);
        if (constant != null) {
            return constant.isZero();
        }
        GraphNode node = reader.file().maker(value);
        if (node == null) {
            return false;
        }
        return switch (node.operator()) {
            case "ConstantOfShape" ->
                node.tensor() == null || Constant.of(node.tensor().getT()).isZero();
            case "Expand", "Slice", "Tile", "Unsqueeze", "Squeeze" -> isZero(node.input(0));
            default -> false;
        };
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    private static RecurrentSpec spec(GraphNode node, int units, boolean sequences) {
        List<String> activations = activations(node);
        switch (node.operator()) {
            case "LSTM":
                expect(node, activations, List.of("sigmoid", "tanh", "tanh"));
                return new Lstm(units, sequences);
            case "GRU":
                expect(node, activations, List.of("sigmoid", "tanh"));
                return new Gru(units, sequences, null, null, null, null);
            default:
                boolean relu = !activations.isEmpty() && activations.get(0).equals("relu");
                expect(node, activations, List.of(relu ? "relu" : "tanh"));
                Activation activation = relu ? new Activation.Relu() : new Activation.Tanh();
                return new SimpleRnn(units, activation, sequences, null, null, null, null);
        }
    }

    private static List<String> activations(GraphNode node) {
        return node.texts("activations").stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static void expect(GraphNode node, List<String> activations, List<String> each) {
        for (int i = 0; i < activations.size(); i++) {
            if (!activations.get(i).equals(each.get(i % each.size()))) {
                throw node.refusal("expected the activations " + each + ", got " + activations);
            }
        }
    }

    /** Of one direction: weight, recurrent weight, bias, and the GRU's own bias of the new state. */
    private List<float[]> tensors(GraphNode node, int direction, int in, int units) {
        int[] gates = gates(node.operator());
        int width = gates.length * units;
        List<float[]> tensors = new ArrayList<>();
        tensors.add(turned(part(node, 1, direction, width * in), in, units, gates));
        tensors.add(turned(part(node, 2, direction, width * units), units, units, gates));
        float[] both = node.has(3) ? part(node, 3, direction, 2 * width) : new float[2 * width];
        float[] bias = Arrays.copyOf(both, width);
        float[] recurrent = Arrays.copyOfRange(both, width, 2 * width);
        boolean isGru = node.operator().equals("GRU");
        for (int i = 0; i < (isGru ? width - units : width); i++) {
            bias[i] = recurrent[i] == 0 ? bias[i] : bias[i] + recurrent[i];
        }
        tensors.add(turned(bias, 1, units, gates));
        if (isGru) {
            tensors.add(Arrays.copyOfRange(recurrent, width - units, width));
        }
        return tensors;
    }

    private float[] part(GraphNode node, int input, int direction, int length) {
        float[] all = reader.constant(node, input, "weights").floats();
        if (all.length < (direction + 1) * length) {
            throw node.refusal("expected " + length + " numbers for each direction, got " + all.length);
        }
        return Arrays.copyOfRange(all, direction * length, (direction + 1) * length);
    }

    /** {@code [gates units, rows] -> [rows, gates units]}, with the gates in Lockstep's order. */
    private static float[] turned(float[] values, int rows, int units, int[] gates) {
        float[] turned = new float[values.length];
        int width = gates.length * units;
        for (int gate = 0; gate < gates.length; gate++) {
            for (int unit = 0; unit < units; unit++) {
                for (int row = 0; row < rows; row++) {
                    turned[row * width + gates[gate] * units + unit] = values[(gate * units + unit) * rows + row];
                }
            }
        }
        return turned;
    }

    /** The layer with its last state alone; null: the value is no sequence of one direction's states. */
    static @Nullable Step lastState(@Nullable Step step) {
        if (step == null || !(step.layer() instanceof RecurrentSpec spec) || !spec.returnSequences()) {
            return null;
        }
        return step.with(withoutSequences(spec), step.tensors());
    }

    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    private static RecurrentSpec withoutSequences(RecurrentSpec spec) {
        if (spec instanceof Lstm) {
            return new Lstm(spec.units(), false);
        }
        return spec instanceof Gru
                ? new Gru(spec.units(), false, null, null, null, null)
                : new SimpleRnn(spec.units(), ((SimpleRnn) spec).activation(), false, null, null, null, null);
    }
}
