package dev.lockstep.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Huber;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.onnx.read.OnnxImport;
import dev.lockstep.nn.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Graphs as other programs write them: from the same rows, Lockstep predicts what ONNX Runtime does. */
class ForeignGraphsTest {
    private static final int ROWS = 3;

    private final OnnxGraph graph = new OnnxGraph();
    private final Random random = new Random(11);

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (0.4 * random.nextGaussian());
        }
        return numbers;
    }

    private String weights(String name, long... sizes) {
        int count = 1;
        for (long size : sizes) {
            count *= (int) size;
        }
        return graph.floats(name, numbers(count), sizes);
    }

    private byte[] onnx(String output, Shape shape) {
        graph.output("y", output, OnnxGraph.Type.FLOAT, shape);
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(graph.build("other"))
                .build()
                .toByteArray();
    }

    private String conv(String x, int filters, int channels, int kernel, int stride, int pad) {
        return graph.node(
                "Conv",
                List.of(x, weights("w", filters, channels, kernel, kernel), weights("b", filters)),
                OnnxGraph.integersOf("kernel_shape", kernel, kernel),
                OnnxGraph.integersOf("strides", stride, stride),
                OnnxGraph.integersOf("pads", pad, pad, pad, pad));
    }

    private String gemm(String x, int inputs, int units) {
        return graph.node(
                "Gemm", List.of(x, weights("w", units, inputs), weights("b", units)), OnnxGraph.number("transB", 1));
    }

    /** A row {@code [channels, places]} as {@code [places, channels]}. */
    private static float[] channelsLast(float[] row, int channels) {
        int places = row.length / channels;
        float[] turned = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            turned[i % places * channels + i / places] = row[i];
        }
        return turned;
    }

    private void assertSame(
            byte[] onnx, Shape input, Loss loss, BiFunction<float[], Integer, float[]> turn, int channels)
            throws OrtException {
        List<float[]> rows = new ArrayList<>();
        FloatBuffer all = FloatBuffer.allocate(ROWS * input.size());
        for (int i = 0; i < ROWS; i++) {
            rows.add(numbers(input.size()));
            all.put(rows.get(i));
        }
        long[] sizes = new long[input.rank() + 1];
        sizes[0] = ROWS;
        for (int i = 0; i < input.rank(); i++) {
            sizes[i + 1] = input.dimension(i);
        }
        SavedModel model = OnnxImport.of(onnx, new ImportOptions(null, loss, null, List.of()));
        float[] actual = OnnxNetworks.predictions(
                model, rows.stream().map(row -> turn.apply(row, channels)).toList());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx);
                OnnxTensor tensor = OnnxTensor.createTensor(environment, all.rewind(), sizes);
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            float[] expected = ((OnnxTensor) result.get(0)).getFloatBuffer().array();
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.length; i++) {
                assertThat((double) actual[i]).as("element %d", i).isEqualTo(expected[i], within(1e-5));
            }
        }
    }

    /** PyTorch's order of axes, symmetric pads at stride 2, and rows that a flatten turns into vectors. */
    @Test
    void convolutionalNetwork() throws OrtException {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(2, 8, 6));
        String y = graph.node("Sub", List.of(x, graph.floats("mean", new float[] {0.1f, -0.2f}, 1, 2, 1, 1)));
        y = graph.node("Div", List.of(y, graph.floats("std", new float[] {0.5f, 2}, 1, 2, 1, 1)));
        y = graph.node("Relu", List.of(conv(y, 3, 2, 3, 2, 1)));
        y = graph.node(
                "BatchNormalization",
                List.of(
                        y,
                        weights("gain", 3),
                        weights("shift", 3),
                        weights("mean", 3),
                        graph.floats("variance", new float[] {0.5f, 1, 2}, 3)));
        y = graph.node("Mul", List.of(y, graph.floats("factor", numbers(3), 3, 1, 1)));
        y = graph.node(
                "MaxPool",
                List.of(y),
                OnnxGraph.integersOf("kernel_shape", 2, 2),
                OnnxGraph.integersOf("strides", 2, 2));
        y = graph.node("Flatten", List.of(y));
        y = gemm(graph.node("Relu", List.of(gemm(y, 6, 5))), 5, 4);
        y = graph.node("Softmax", List.of(y), OnnxGraph.number("axis", 1));
        assertSame(onnx(y, Shape.of(4)), Shape.of(2, 8, 6), new CrossEntropy(), ForeignGraphsTest::channelsLast, 2);
    }

    /** SqueezeNet's fire module, a residual with a shortcut of its own, and pooling that leaves axes of size 1. */
    @Test
    void branches() throws OrtException {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(2, 5, 4));
        String y = graph.node("Relu", List.of(conv(x, 3, 2, 1, 1, 0)));
        String left = graph.node("Relu", List.of(conv(y, 2, 3, 1, 1, 0)));
        String right = graph.node("Relu", List.of(conv(y, 4, 3, 3, 1, 1)));
        y = graph.node("Concat", List.of(left, right), OnnxGraph.number("axis", 1));
        String main = conv(graph.node("Relu", List.of(conv(y, 3, 6, 3, 1, 1))), 5, 3, 3, 1, 1);
        y = graph.node("Relu", List.of(graph.node("Add", List.of(conv(y, 5, 6, 1, 1, 0), main))));
        y = graph.node("Add", List.of(y, conv(y, 5, 5, 3, 1, 1)));
        y = graph.node("GlobalAveragePool", List.of(y));
        y = graph.node("Softmax", List.of(graph.node("Flatten", List.of(y))));
        assertSame(onnx(y, Shape.of(5)), Shape.of(2, 5, 4), new CrossEntropy(), ForeignGraphsTest::channelsLast, 2);
    }

    /** Layer norm and GELU as PyTorch composes them, and a view whose shape the graph computes. */
    @Test
    void composedOperators() throws OrtException {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(3, 2));
        String rows = graph.node(
                "Gather",
                List.of(graph.node("Shape", List.of(x)), graph.integers("zero", 0)),
                OnnxGraph.number("axis", 0));
        String shape = graph.node("Concat", List.of(rows, graph.integers("rest", -1)), OnnxGraph.number("axis", 0));
        String y = graph.node("MatMul", List.of(graph.node("Reshape", List.of(x, shape)), weights("w", 6, 7)));
        y = graph.node("Add", List.of(weights("b", 7), y));
        String centred = graph.node("Sub", List.of(y, mean(y)));
        String variance = mean(graph.node("Pow", List.of(centred, graph.scalar("two", 2))));
        String floored = graph.node("Add", List.of(variance, graph.scalar("epsilon", 1e-3)));
        y = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(floored))));
        y = graph.node("Add", List.of(graph.node("Mul", List.of(y, weights("gain", 7))), weights("shift", 7)));
        String error = graph.node("Erf", List.of(graph.node("Div", List.of(y, graph.scalar("root", Math.sqrt(2))))));
        String product = graph.node("Mul", List.of(y, graph.node("Add", List.of(error, graph.scalar("one", 1)))));
        y = graph.node("Mul", List.of(product, graph.scalar("half", 0.5)));
        y = graph.node("Dropout", List.of(y, graph.scalar("ratio", 0.5)));
        assertSame(onnx(gemm(y, 7, 2), Shape.of(2)), Shape.of(3, 2), new Huber(1.0), (row, channels) -> row, 1);
    }

    private String mean(String x) {
        return graph.node("ReduceMean", List.of(x), OnnxGraph.integersOf("axes", -1));
    }

    /** PyTorch's LSTM with the rows first: two biases, and the state of the last step. */
    @Test
    void recurrentNetwork() throws OrtException {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(5, 3));
        String y = graph.node(
                "LSTM",
                List.of(
                        graph.transpose(x, 1, 0, 2),
                        weights("w", 1, 16, 3),
                        weights("r", 1, 16, 4),
                        weights("b", 1, 32)),
                OnnxGraph.number("hidden_size", 4));
        y = graph.transpose(graph.node("Squeeze", List.of(y, graph.integers("axes", 1))), 1, 0, 2);
        y = graph.node("Gather", List.of(y, scalarIndex(-1)), OnnxGraph.number("axis", 1));
        y = graph.node("Sigmoid", List.of(gemm(y, 4, 1)));
        byte[] onnx = onnx(y, Shape.of(1));
        assertSame(onnx, Shape.of(5, 3), new BinaryCrossEntropy(), (row, channels) -> row, 1);
        assertThat(OnnxImport.of(onnx, ImportOptions.NONE)
                        .network()
                        .spec()
                        .layers()
                        .get(0)
                        .toString())
                .contains("returnSequences=false");
    }

    private String scalarIndex(long index) {
        return graph.node("Squeeze", List.of(graph.integers("index", index), graph.integers("axes", 0)));
    }

    @Test
    void whatCannotBeReadIsNamed() {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(1, 8, 8));
        byte[] onnx = onnx(graph.node("Clip", List.of(x)), Shape.of(1, 8, 8));
        assertThatThrownBy(() -> OnnxImport.of(onnx, ImportOptions.NONE))
                .hasMessage("operator Clip (node \"Clip\"): Lockstep has no layer for it");
    }

    @Test
    void padsWithoutCounterpart() {
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(1, 8, 8));
        String pooled = graph.node(
                "MaxPool",
                List.of(x),
                OnnxGraph.integersOf("kernel_shape", 3, 3),
                OnnxGraph.integersOf("strides", 2, 2),
                OnnxGraph.integersOf("pads", 1, 1, 1, 1));
        byte[] onnx = onnx(graph.node("Relu", List.of(pooled)), Shape.of(1, 4, 4));
        assertThatThrownBy(() -> OnnxImport.of(onnx, ImportOptions.NONE))
                .hasMessage(
                        "operator MaxPool (node \"MaxPool\"): pads [1, 1] before and [1, 1] after an input of [8, 8]"
                                + " are neither those of padding valid nor of same");
    }

    @Test
    void whatIsNoModel() {
        assertThatThrownBy(() -> OnnxImport.of(new byte[] {1, 2, 3}, ImportOptions.NONE))
                .hasMessageStartingWith("not an ONNX file");
        String x = graph.input("x", OnnxGraph.Type.FLOAT, Shape.of(4));
        String z = graph.input("z", OnnxGraph.Type.FLOAT, Shape.of(4));
        byte[] two = onnx(graph.node("Add", List.of(x, z)), Shape.of(4));
        assertThatThrownBy(() -> OnnxImport.of(two, ImportOptions.NONE)).hasMessage("expected one input, got [x, z]");
        assertThatThrownBy(() -> OnnxImport.of(two, new ImportOptions("q", null, null, List.of())))
                .hasMessage("expected one input, got [x, z]");
    }
}
