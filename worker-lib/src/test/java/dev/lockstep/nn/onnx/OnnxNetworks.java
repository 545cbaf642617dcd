package dev.lockstep.nn.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Networks of every kind, models with numbers that are neither 0 nor 1, and what ONNX Runtime makes of them. */
final class OnnxNetworks {
    /** Rows that models predict. */
    static final int ROWS = 5;

    /** Layers (as in a job file), input, loss. Between them they have all kinds of layers and activations. */
    static final String[][] NETWORKS = {
        {"[{dense: 3}]", "7", "crossEntropy"},
        {
            "[{dense: {units: 5, activation: relu}}, {dropout: 0.5}, {dense: {units: 1, bias: false}}]",
            "4",
            "meanSquaredError"
        },
        {
            "[{dense: {units: 6, activation: gelu}}, silu, {dense: {units: 4, activation: elu}}, softplus, {dense: 2}]",
            "3",
            "huber"
        },
        {
            "[{dense: {units: 6, activation: {leakyRelu: 0.2}}}, softsign, {dense: 5}, tanh, {dense: 4}, sigmoid,"
                    + " {dense: 3}, linear, softmax]",
            "3",
            "crossEntropy"
        },
        {"[{dense: 2}]", "3", "poisson"},
        {"[{dense: 2}]", "3", "{gaussianNll: {variance: learned}}"},
        {"[{dense: 2}]", "3", "{gaussianNll: {variance: given, sigma: 2}}"},
        {"[{dense: 4}, exponential, {dense: 4}]", "3", "gaussianNll"},
        {"[{dense: 1}]", "3", "binaryCrossEntropy"},
        {"[{dense: 4}]", "3", "laplaceNll"},
        {"[{dense: 2}]", "3", "{studentTNll: {variance: learned}}"},
        {"[{dense: 6}]", "3", "quantile"},
        {"[{dense: 4}]", "3", "negativeBinomial"},
        {"[{dense: 3}]", "3", "softCrossEntropy"},
        {
            "[{conv2d: {filters: 3, kernel: 3, padding: same, activation: relu}}, {maxPool2d: 2}, flatten, {dense: 3}]",
            "7, 6, 2",
            "crossEntropy"
        },
        {
            "[{conv2d: {filters: 4, kernel: [2, 3], stride: [2, 1], padding: same, groups: 2}}, batchNorm,"
                    + " {averagePool2d: {size: 3, stride: 2, padding: same}}, {dense: 3}]",
            "9, 8, 4",
            "crossEntropy"
        },
        {
            "[{conv2d: {filters: 2, kernel: 3, dilation: 2, bias: false}}, {maxPool2d: {size: 2, stride: 1, padding:"
                    + " same}}, globalAveragePool, {dense: 2}]",
            "8, 9, 1",
            "crossEntropy"
        },
        {
            "[{variationalConv2d: {filters: 2, kernel: 2, padding: same}}, globalMaxPool, {variationalDense: 2}]",
            "4, 5, 1",
            "crossEntropy"
        },
        {
            "[{variational: {layer: {conv2d: {filters: 4, kernel: 2, dilation: 2, groups: 2, bias: false}}}}, flatten,"
                    + " {variational: {layer: {dense: {units: 2, bias: false}}}}]",
            "5, 4, 2",
            "crossEntropy"
        },
        {
            "[{variational: {layer: {conv1d: {filters: 4, kernel: 3, padding: same, groups: 4}}}},"
                    + " {variational: {layer: {rnn: {units: 3, returnSequences: true}}}},"
                    + " {variational: {layer: {lstm: {units: 3, returnSequences: true}}}}, {dropout: {rate: 0.3,"
                    + " perFeature: true}}, {variational: {layer: {bidirectional: {layer: {gru: {units: 2,"
                    + " recurrentDropout: 0.2}}}}}}, {dense: 2}]",
            "6, 4",
            "crossEntropy"
        },
        {
            "[{conv1d: {filters: 4, kernel: 4, stride: 2, padding: same, groups: 2}}, layerNorm, {maxPool1d: 2},"
                    + " flatten, {dense: 2}]",
            "11, 2",
            "crossEntropy"
        },
        {
            "[{conv1d: {filters: 3, kernel: 2, dilation: 3}}, {averagePool1d: {size: 3, padding: same}},"
                    + " globalAveragePool, {dense: 2}]",
            "12, 3",
            "crossEntropy"
        },
        {"[{dense: 6}, {groupNorm: {groups: 2, epsilon: 0.01}}, {dense: 2}]", "5, 3", "crossEntropy"},
        {"[{groupNorm: 2}, {conv2d: {filters: 2, kernel: 2}}, {groupNorm: 1}, flatten]", "2, 3, 4", "crossEntropy"},
        {"[{rnn: 4}, {dense: 2}]", "6, 3", "crossEntropy"},
        {"[{rnn: {units: 4, activation: relu, returnSequences: true}}, {dense: 3}]", "6, 3", "crossEntropy"},
        {"[{lstm: {units: 4, returnSequences: true}}, {gru: 3}, {dense: 2}]", "6, 3", "crossEntropy"},
        {
            "[{bidirectional: {layer: {gru: {units: 3, returnSequences: true}}}}, {bidirectional: {layer: {lstm: 2},"
                    + " merge: sum}}, {dense: 2}]",
            "5, 3",
            "crossEntropy"
        },
        {
            "[{bidirectional: {layer: {lstm: {units: 3, returnSequences: true}}, merge: sum}}, {bidirectional: {layer:"
                    + " {rnn: 3}}}, {dense: 1}]",
            "5, 2",
            "meanSquaredError"
        },
        {
            "[{residual: {layers: [{dense: 4}, tanh, {dense: 6}], shortcut: [{dense: 6}]}}, {concat: {branches: [[],"
                    + " [{dense: 3}], [{residual: {layers: [{dense: 6}]}}]]}}, {dense: 2}]",
            "4",
            "crossEntropy"
        },
    };

    /** A network in the notation of job files. */
    static ModelSpec spec(String layers, String loss, int ensemble) {
        String text = "{layers: " + layers + ", loss: " + loss + ", ensemble: " + ensemble + "}";
        String json = text.replaceAll("[A-Za-z][A-Za-z0-9]*", "\"$0\"")
                .replace("\"true\"", "true")
                .replace("\"false\"", "false");
        try {
            return SpecMapper.bind(SpecMapper.json().readTree(json), ModelSpec.class, "");
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    static Shape shape(String dimensions) {
        return Shape.of(Arrays.stream(dimensions.split(", "))
                .mapToInt(Integer::parseInt)
                .toArray());
    }

    /** A model with numbers in all of its tensors, none of which is 0 or 1. */
    static SavedModel model(ModelSpec spec, Shape input, Scaling scaling, List<String> classes) {
        return model(spec, input, scaling, classes, false);
    }

    static SavedModel model(ModelSpec spec, Shape input, Scaling scaling, List<String> classes, boolean lengths) {
        Network network = Network.bind(spec, input);
        Random random = new Random(5);
        Parameters parameters = network.initialize(3);
        for (int i = 0; i < parameters.theta().length; i++) {
            parameters.theta()[i] += 0.3f * (float) random.nextGaussian();
        }
        for (int i = 0; i < parameters.buffers().length; i++) {
            parameters.buffers()[i] += 0.5f * random.nextFloat();
        }
        return SavedModel.of(
                network,
                parameters,
                scaling,
                1,
                new ModelDescription.Columns(classes, null, null, null, null, lengths));
    }

    static List<float[]> rows(Shape input) {
        Random random = new Random(8);
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            float[] features = new float[input.size()];
            for (int i = 0; i < features.length; i++) {
                features[i] = (float) random.nextGaussian();
            }
            rows.add(features);
        }
        return rows;
    }

    static float[] predictions(SavedModel model, List<float[]> rows) {
        Tensor predicted = model.predictor(rows.size()).predict(rows);
        return Arrays.copyOfRange(
                predicted.array(),
                predicted.offset(),
                predicted.offset() + rows.size() * predicted.shape().size());
    }

    static Scaling scaling(Shape input) {
        float[] mean = new float[input.size()];
        float[] std = new float[input.size()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = 0.1f * i - 0.3f;
            std[i] = 1 + 0.05f * i;
        }
        return new Scaling(mean, std);
    }

    /** What ONNX Runtime makes of rows, by output. */
    static Map<String, Object> run(byte[] onnx, Shape input, List<float[]> rows) throws OrtException {
        FloatBuffer features = FloatBuffer.allocate(rows.size() * input.size());
        IntBuffer lengths = IntBuffer.allocate(rows.size());
        for (float[] row : rows) {
            features.put(row, 0, input.size());
            lengths.put(row.length > input.size() ? (int) row[input.size()] : 0);
        }
        List<Long> dimensions = new ArrayList<>(List.of((long) rows.size()));
        Arrays.stream(input.toArray()).forEach(dimension -> dimensions.add((long) dimension));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, Object> outputs = new HashMap<>();
        try (OrtSession session = environment.createSession(onnx);
                OnnxTensor tensor = OnnxTensor.createTensor(
                        environment,
                        features.rewind(),
                        dimensions.stream().mapToLong(Long::longValue).toArray());
                OnnxTensor ends = OnnxTensor.createTensor(environment, lengths.rewind(), new long[] {rows.size()});
                OrtSession.Result result = session.run(
                        session.getInputNames().contains(OnnxExport.LENGTHS)
                                ? Map.of(OnnxExport.FEATURES, tensor, OnnxExport.LENGTHS, ends)
                                : Map.of(OnnxExport.FEATURES, tensor))) {
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                OnnxTensor value = (OnnxTensor) output.getValue();
                outputs.put(
                        output.getKey(),
                        value.getInfo().type == OnnxJavaType.FLOAT
                                ? value.getFloatBuffer().array()
                                : value.getValue());
            }
        }
        return outputs;
    }

    private OnnxNetworks() {}
}
