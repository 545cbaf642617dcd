package dev.lockstep.nn.onnx.read;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activated;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * ONNX models as models of Lockstep: the layers that compute what the graph does, with its numbers. The operators that
 * {@link OnnxExport} writes are read, and the ways in which PyTorch and others write the same layers; a graph with
 * another operator is refused. A file that Lockstep wrote becomes the same model again: its fingerprint is that of the
 * model that was exported, unless weights were distributions, which become their means.
 *
 * <p>Rows of images have their channels last, whatever the order in the file: {@code [height, width, channels]}.
 */
public final class OnnxImport {
    private static final Set<String> RECURRENT = Set.of("RNN", "LSTM", "GRU");

    private final GraphFile file;
    private final ImportOptions options;

    private OnnxImport(byte[] onnx, ImportOptions options) {
        file = new GraphFile(onnx);
        this.options = options;
    }

    /**
     * The model in a file.
     *
     * @param onnx the file's bytes
     * @throws IllegalArgumentException if it cannot be one, in one line: the operator, its node, and why
     */
    public static SavedModel of(byte[] onnx, ImportOptions options) {
        OnnxImport reading = new OnnxImport(onnx, options);
        String own = reading.file.metadata(OnnxExport.OWN);
        return own == null ? reading.foreign() : new OwnFile(reading.file, own).model();
    }

    private SavedModel foreign() {
        ValueInfoProto input = onlyInput();
        Shape shape = options.shape() != null ? options.shape() : shape(input);
        // Recurrent operators have the steps before the rows.
        boolean stepsFirst = shape.rank() == 2
                && !file.users(input.getName()).isEmpty()
                && file.users(input.getName()).stream().allMatch(node -> RECURRENT.contains(node.operator()));
        Layout layout = Layout.plain(stepsFirst ? 1 : 0, shape.toArray());
        MaskValues masks = new MaskValues(file, null, false);
        GraphReader reader = new GraphReader(file, input.getName(), new Flow(null, shape, layout), masks);
        reader.setFixedRows(rows(input, layout.rowsAxis()));
        Flow output = reader.value(output()).result();
        List<Step> path = Step.path(null, output.last());
        if (path.isEmpty()) {
            throw new IllegalArgumentException("the graph has no layer");
        }
        List<LayerSpec> layers = Step.layers(path);
        Loss loss = options.loss() != null ? options.loss() : loss(layers.get(layers.size() - 1));
        Network network = Network.bind(new ModelSpec(layers, loss), reader.inputShape());
        List<String> classes = options.classes().isEmpty() ? null : options.classes();
        return SavedModel.of(
                network,
                Numbers.of(network, List.of(path), List.of(Flow.NONE)),
                reader.scaling(),
                0,
                new ModelDescription.Columns(classes, null, null, null));
    }

    private static Loss loss(LayerSpec last) {
        Activation activation = last instanceof Activated activated
                ? activated.activation()
                : last instanceof Activation itself ? itself : new Activation.Linear();
        if (activation instanceof Activation.Softmax) {
            return new CrossEntropy();
        }
        return activation instanceof Activation.Sigmoid ? new BinaryCrossEntropy() : new MeanSquaredError();
    }

    private ValueInfoProto onlyInput() {
        List<ValueInfoProto> inputs = file.inputs();
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("expected one input, got "
                    + inputs.stream().map(ValueInfoProto::getName).toList());
        }
        return inputs.get(0);
    }

    /** The value that comes out. */
    private String output() {
        String name = options.output();
        List<String> names =
                file.outputs().stream().map(ValueInfoProto::getName).toList();
        if (name == null) {
            List<String> floats = file.outputs().stream()
                    .filter(output ->
                            output.getType().getTensorType().getElemType() == TensorProto.DataType.FLOAT_VALUE)
                    .map(ValueInfoProto::getName)
                    .toList();
            if (floats.size() != 1) {
                throw new IllegalArgumentException(
                        "expected one output of floats, got " + names + "; name one of them");
            }
            name = floats.get(0);
        } else if (file.maker(name) == null) {
            throw new IllegalArgumentException("output \"" + name + "\": expected one of " + names);
        }
        return name;
    }

    private static List<TensorShapeProto.Dimension> dimensions(ValueInfoProto input) {
        return input.getType().getTensorType().getShape().getDimList();
    }

    private static long rows(ValueInfoProto input, int axis) {
        List<TensorShapeProto.Dimension> dimensions = dimensions(input);
        return axis < dimensions.size() && dimensions.get(axis).hasDimValue()
                ? dimensions.get(axis).getDimValue()
                : -2;
    }

    private Shape shape(ValueInfoProto input) {
        List<TensorShapeProto.Dimension> dimensions = dimensions(input);
        boolean stepsFirst = file.users(input.getName()).stream().anyMatch(node -> RECURRENT.contains(node.operator()));
        int rowsAxis = stepsFirst && dimensions.size() == 3 ? 1 : 0;
        int[] sizes = new int[Math.max(dimensions.size() - 1, 0)];
        for (int i = 0; i < sizes.length; i++) {
            TensorShapeProto.Dimension dimension = dimensions.get(i < rowsAxis ? i : i + 1);
            if (dimension.getDimValue() < 1) {
                throw new IllegalArgumentException(
                        "input \"" + input.getName() + "\": expected sizes that are known, got \""
                                + dimension.getDimParam() + "\" for axis " + (i + 1) + "; give the shape of a row");
            }
            sizes[i] = Math.toIntExact(dimension.getDimValue());
        }
        if (sizes.length == 0) {
            throw new IllegalArgumentException("input \"" + input.getName()
                    + "\": expected rows of features, got a tensor with " + dimensions.size() + " axes");
        }
        return Shape.of(sizes);
    }
}
