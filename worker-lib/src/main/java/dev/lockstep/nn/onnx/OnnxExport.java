package dev.lockstep.nn.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trained model as an ONNX model (<a href="https://onnx.ai/onnx/">Open Neural Network Exchange</a>), which computes
 * what {@link SavedModel#predictor} does, to rounding: the scaling of features and targets, all layers and the loss's
 * link are in the graph.
 *
 * <p>Input: {@value #FEATURES}, float {@code [rows, shape...]}, as they stand in the data; the number of rows is free.
 * Where the training rows had columns with types, each is an input of its own by its name, {@code [rows, 1]}: a number
 * is a double, NaN where it is missing; a category is a text, empty where it is missing, without blanks around it, and
 * a whole number without a point. Where ONNX cannot encode one of them ({@link #columnsObstacle}), the input are the
 * features that they become. Where the training rows had lengths, {@value #LENGTHS}, int32 {@code [rows]}, says how
 * many steps of each are valid. Outputs for classes: {@value #PREDICTION}, the name of the most probable class, or its
 * index (int64) where classes have no names, and {@value #PROBABILITIES}, float {@code [rows, classes]}. For numbers:
 * {@value #PREDICTION}, float {@code [rows, targets]}, and {@value #STANDARD_DEVIATION} beside it where the network
 * predicts one. An ensemble's members are mixed as in prediction. A temperature and a threshold that were fitted are in
 * the graph. Weights that are distributions are their means, and nothing is random.
 */
public final class OnnxExport {
    /** Name of the input. */
    public static final String FEATURES = "features";

    /** Name of the input with the number of valid steps of each row, where the model was trained with lengths. */
    public static final String LENGTHS = "lengths";

    /** Name of the output with the predicted class or numbers. */
    public static final String PREDICTION = "prediction";

    /** Name of the output with the probabilities of classes. */
    public static final String PROBABILITIES = "probabilities";

    /** Name of the output with the standard deviations of predicted numbers. */
    public static final String STANDARD_DEVIATION = "standardDeviation";

    /**
     * Key of the metadata that only Lockstep reads: {@code model.json} as {@code description}, and the names of the
     * values between which the layers are, {@code input} and {@code outputs}, one for each member of an ensemble.
     */
    public static final String OWN = "lockstep";

    /** The oldest version of the operators that can express all layers. */
    public static final int LEAST_OPSET = 14;

    /** The newest version whose operators are used. */
    public static final int OPSET = 17;

    /** The versions of the file format that go with the two. */
    private static final long LEAST_IR_VERSION = 7;

    private static final long IR_VERSION = 8;

    /** The version of the operators for columns. */
    private static final long ML_OPSET = 2;

    private final SavedModel model;
    private final Network network;
    private final OnnxGraph graph = new OnnxGraph();
    private final int opset;
    private final Decision decision;
    /** How columns are encoded in the graph; null: the input are features. */
    private final @Nullable RowEncoding columns;

    private OnnxExport(SavedModel model, int opset) {
        if (opset < LEAST_OPSET || opset > OPSET) {
            throw new IllegalArgumentException("opset: expected " + LEAST_OPSET + " to " + OPSET + ", got " + opset);
        }
        this.model = model;
        this.network = model.predicting().network();
        this.opset = opset;
        this.decision = model.description().decided();
        this.columns = columnsObstacle(model) == null ? model.description().encoding() : null;
    }

    /**
     * The bytes of an ONNX file.
     *
     * @param opset version of the operators, {@value #LEAST_OPSET} to {@value #OPSET}
     * @throws IllegalArgumentException if the model has a layer that ONNX cannot express, naming it
     */
    public static byte[] of(SavedModel model, int opset) {
        return new OnnxExport(model, opset).build().toByteArray();
    }

    /**
     * Why the encoding of a model's typed columns stays outside the graph, which then takes features: one line with the
     * column; null if it does not, or if no column has a type.
     */
    public static @Nullable String columnsObstacle(SavedModel model) {
        RowEncoding encoding = model.description().encoding();
        if (encoding == null) {
            return null;
        }
        return model.description().lengths()
                ? "rows have lengths of their own"
                : OnnxColumns.obstacle(encoding, Set.of(PREDICTION, PROBABILITIES, STANDARD_DEVIATION));
    }

    private ModelProto build() {
        String obstacle = network.likelihood().outputsObstacle();
        if (obstacle != null) {
            throw new IllegalArgumentException("ONNX: no operators are known for the loss, " + obstacle);
        }
        String features = columns == null
                ? graph.input(FEATURES, OnnxGraph.Type.FLOAT, network.input())
                : new OnnxColumns(graph).features(columns);
        String lengths = model.description().lengths() ? graph.input(LENGTHS, OnnxGraph.Type.INT32) : null;
        OnnxLayers layers = new OnnxLayers(graph, model.predicting().parameters(), opset);
        String values = scale(model.description().scaling(), features, network.input());
        OnnxValue scaled = new OnnxMasks(graph).hide(new OnnxValue(values, network.input(), lengths));
        OnnxActivations activations = new OnnxActivations(graph);
        Activation link = network.likelihood().link();
        List<LayerSpec> specs = network.layersBeforeLink();
        int width = network.output().last();
        List<String> members = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        for (int member = 0; member < network.members().size(); member++) {
            OnnxValue output = layers.sequence(specs, scaled);
            NoiseScale noise = network.loss().noise();
            if (noise != null) {
                output = layers.noise(noise, output);
            }
            outputs.add(output.name());
            members.add(activations.apply(
                    link, tempered(output.name(), network.members().size() == 1), width));
        }
        addOutputs(members.size() > 1 && decision.tempers() ? List.of(temperedMixture(members)) : members);
        ModelProto.Builder built = ModelProto.newBuilder()
                .setIrVersion(opset < OPSET ? LEAST_IR_VERSION : IR_VERSION)
                .setProducerName("Lockstep")
                .setProducerVersion(LockstepVersion.current())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
                .setGraph(graph.build("lockstep"));
        if (columns != null) {
            built.addOpsetImport(OperatorSetIdProto.newBuilder()
                    .setDomain(OnnxGraph.ML_DOMAIN)
                    .setVersion(ML_OPSET));
        }
        metadata(scaled.name(), outputs)
                .forEach((key, value) -> built.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return built.build();
    }

    /** {@code (x - mean) / std}. */
    private String scale(Scaling scaling, String x, Shape shape) {
        if (scaling.mean().length == 0) {
            return x;
        }
        String centred = graph.node("Sub", List.of(x, perFeature("mean", scaling.mean(), shape)));
        return graph.node("Div", List.of(centred, perFeature("std", scaling.std(), shape)));
    }

    /** One number for all features, one for each place of the last axis, or one for each feature. */
    private String perFeature(String name, float[] values, Shape shape) {
        if (values.length == shape.size() && shape.rank() > 1) {
            return graph.floats(
                    name, values, Arrays.stream(shape.toArray()).asLongStream().toArray());
        }
        return graph.floats(name, values, values.length);
    }

    /** Outputs before the link over the temperature, where they are those of the only network. */
    private String tempered(String outputs, boolean alone) {
        return alone && decision.tempers()
                ? graph.node("Div", List.of(outputs, graph.scalar("temperature", decision.temperature())))
                : outputs;
    }

    /** The link of what stands for the members' mean probabilities, over the temperature. */
    private String temperedMixture(List<String> members) {
        String probabilities = mean(members);
        String outputs = graph.node("Log", List.of(probabilities));
        Activation link = network.likelihood().link();
        if (link.equals(new Activation.Sigmoid())) {
            String other = graph.node("Sub", List.of(graph.scalar("one", 1), probabilities));
            outputs = graph.node("Sub", List.of(outputs, graph.node("Log", List.of(other))));
        }
        return new OnnxActivations(graph)
                .apply(link, tempered(outputs, true), network.output().last());
    }

    private String mean(List<String> values) {
        return values.size() == 1 ? values.get(0) : graph.node("Mean", values);
    }

    /** What the predictions of a network mean decides what comes out. */
    private void addOutputs(List<String> members) {
        List<String> classes = model.description().classes();
        int width = network.output().last();
        List<PredictionColumn.Content> contents = network
                .likelihood()
                .columns(new TargetNames(classes != null, classes, List.of()), Shape.of(width), false)
                .stream()
                .map(PredictionColumn::content)
                .toList();
        if (contents.contains(PredictionColumn.Content.MARGIN)) {
            throw new IllegalArgumentException(
                    "ONNX: outputs are probabilities or numbers; expected another loss than " + "one of margins");
        } else if (contents.contains(PredictionColumn.Content.MOST_PROBABLE_CLASS)) {
            String probabilities = mean(members);
            addClass(
                    decision.decides() && width == 2
                            ? fromThreshold(graph.columns(probabilities, 1, 2))
                            : graph.node(
                                    "ArgMax",
                                    List.of(probabilities),
                                    OnnxGraph.number("axis", -1),
                                    OnnxGraph.number("keepdims", 0)));
            graph.output(PROBABILITIES, probabilities, OnnxGraph.Type.FLOAT, network.output());
        } else if (contents.contains(PredictionColumn.Content.MORE_PROBABLE_ANSWER)) {
            addAnswer(mean(members));
        } else if (contents.contains(PredictionColumn.Content.STANDARD_DEVIATION)) {
            addDistributions(members, width / 2);
        } else {
            graph.output(PREDICTION, unscale(mean(members), width), OnnxGraph.Type.FLOAT, network.output());
        }
    }

    /** Names the class of each row or step. */
    private void addClass(String index) {
        List<String> names = model.description().classes();
        String label = names == null ? index : graph.node("Gather", List.of(graph.strings("classes", names), index));
        OnnxGraph.Type type = names == null ? OnnxGraph.Type.INT64 : OnnxGraph.Type.STRING;
        if (network.output().rank() == 1) {
            graph.output(PREDICTION, label, type);
        } else {
            graph.output(PREDICTION, label, type, Shape.of(network.output().dimension(0)));
        }
    }

    /** The index of the second of two classes from the threshold of its probability on, otherwise of the first. */
    private String fromThreshold(String probability) {
        String less = graph.node("Less", List.of(probability, graph.scalar("threshold", decision.threshold())));
        String index = graph.node(
                "Cast",
                List.of(graph.node("Not", List.of(less))),
                OnnxGraph.number("to", OnnxGraph.Type.INT64.number()));
        return graph.node("Squeeze", List.of(index, graph.integers("axes", -1)));
    }

    /** One output, the probability of the second of two classes, which is predicted from one half on. */
    private void addAnswer(String probability) {
        addClass(fromThreshold(probability));
        String other = graph.node("Sub", List.of(graph.scalar("one", 1), probability));
        String both = graph.node("Concat", List.of(other, probability), OnnxGraph.number("axis", -1));
        graph.output(PROBABILITIES, both, OnnxGraph.Type.FLOAT, withLast(2));
    }

    private Shape withLast(int width) {
        int[] dimensions = network.output().toArray();
        dimensions[dimensions.length - 1] = width;
        return Shape.of(dimensions);
    }

    /** The mean m and the variance {@code mean of v_i + mean of (m_i - m)^2} of the mixture, as prediction has them. */
    private void addDistributions(List<String> members, int targets) {
        List<String> means = members.stream()
                .map(member -> graph.columns(member, 0, targets))
                .toList();
        String mean = mean(means);
        String variance =
                mean(members.stream().map(member -> variance(member, targets)).toList());
        if (members.size() > 1) {
            List<String> spreads = means.stream()
                    .map(each -> graph.node("Sub", List.of(each, mean)))
                    .map(distance -> graph.node("Mul", List.of(distance, distance)))
                    .toList();
            variance = graph.node("Add", List.of(variance, mean(spreads)));
        }
        String deviation = graph.node("Sqrt", List.of(variance));
        Scaling scaling = model.description().scaling().targets();
        if (scaling != null) {
            deviation = graph.node(
                    "Mul", List.of(deviation, graph.floats("targetStd", scaling.std(), scaling.std().length)));
        }
        graph.output(PREDICTION, unscale(mean, targets), OnnxGraph.Type.FLOAT, withLast(targets));
        graph.output(STANDARD_DEVIATION, deviation, OnnxGraph.Type.FLOAT, withLast(targets));
    }

    /** A network's variances; of counts, how far they exceed the means. */
    private String variance(String member, int targets) {
        String second = graph.columns(member, targets, 2 * targets);
        if (!(network.likelihood().link() instanceof Activation.Exponential)) {
            return second;
        }
        String mean = graph.columns(member, 0, targets);
        String excess = graph.node("Mul", List.of(second, graph.node("Mul", List.of(mean, mean))));
        return graph.node("Add", List.of(mean, excess));
    }

    /** Numbers of so many outputs back into the targets' own units; several outputs a target lie target by target. */
    private String unscale(String x, int width) {
        Scaling scaling = model.description().scaling().targets();
        if (scaling == null) {
            return x;
        }
        float[] std = repeated(scaling.std(), width);
        float[] mean = repeated(scaling.mean(), width);
        String scaled = graph.node("Mul", List.of(x, graph.floats("targetStd", std, std.length)));
        return graph.node("Add", List.of(scaled, graph.floats("targetMean", mean, mean.length)));
    }

    private static float[] repeated(float[] values, int width) {
        if (values.length == 1) {
            return values;
        }
        float[] all = new float[width];
        for (int i = 0; i < width; i++) {
            all[i] = values[i % values.length];
        }
        return all;
    }

    /** What the graph does not say, in the keys of {@code model.json}; lists as JSON. */
    private Map<String, String> metadata(String input, List<String> outputs) {
        ModelDescription description = model.description();
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("sha256", description.sha256());
        metadata.put("lockstepVersion", description.lockstepVersion());
        if (description.classes() != null) {
            metadata.put("classes", json(description.classes()));
        }
        if (description.features() != null) {
            metadata.put("features", json(description.features()));
        }
        if (description.targets() != null) {
            metadata.put("targets", json(description.targets()));
        }
        ObjectNode own = SpecMapper.json().createObjectNode();
        ObjectNode tree = (ObjectNode) SpecMapper.tree(description);
        // Paths of the training rows concern nobody else.
        tree.remove("source");
        own.set("description", tree);
        own.put("input", input);
        own.set("outputs", SpecMapper.tree(outputs));
        metadata.put(OWN, own.toString());
        return metadata;
    }

    private static String json(List<String> names) {
        return SpecMapper.tree(names).toString();
    }
}
