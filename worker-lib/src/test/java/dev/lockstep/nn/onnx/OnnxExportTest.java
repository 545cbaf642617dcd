package dev.lockstep.nn.onnx;

import static dev.lockstep.nn.onnx.OnnxNetworks.NETWORKS;
import static dev.lockstep.nn.onnx.OnnxNetworks.ROWS;
import static dev.lockstep.nn.onnx.OnnxNetworks.model;
import static dev.lockstep.nn.onnx.OnnxNetworks.predictions;
import static dev.lockstep.nn.onnx.OnnxNetworks.rows;
import static dev.lockstep.nn.onnx.OnnxNetworks.run;
import static dev.lockstep.nn.onnx.OnnxNetworks.scaling;
import static dev.lockstep.nn.onnx.OnnxNetworks.shape;
import static dev.lockstep.nn.onnx.OnnxNetworks.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of layer, as ONNX Runtime computes it, beside Lockstep's own prediction. */
class OnnxExportTest {
    private static void assertSame(float[] actual, float[] expected, String what) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("%s, element %d", what, i)
                    .isEqualTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {OnnxExport.LEAST_OPSET, OnnxExport.OPSET})
    void everyLayerComputesTheSame(int opset) throws OrtException {
        for (String[] network : NETWORKS) {
            Shape input = shape(network[1]);
            for (int ensemble : new int[] {1, 3}) {
                SavedModel model = model(spec(network[0], network[2], ensemble), input, scaling(input), null);
                assertPredicts(model, opset, rows(input), network[0] + ", ensemble " + ensemble);
            }
        }
    }

    private static void assertPredicts(SavedModel model, int opset, List<float[]> rows, String what)
            throws OrtException {
        float[] expected = predictions(model, rows);
        Map<String, Object> outputs =
                run(OnnxExport.of(model, opset), model.network().input(), rows);
        if (outputs.containsKey(OnnxExport.STANDARD_DEVIATION)) {
            float[] means = (float[]) outputs.get(OnnxExport.PREDICTION);
            float[] deviations = (float[]) outputs.get(OnnxExport.STANDARD_DEVIATION);
            int targets = model.network().output().last() / 2;
            Predictor predictor = model.predictor(rows.size());
            predictor.predict(rows);
            float[] both = new float[expected.length];
            for (int row = 0; row < rows.size(); row++) {
                for (int i = 0; i < targets; i++) {
                    both[row * 2 * targets + i] = means[row * targets + i];
                    both[row * 2 * targets + targets + i] = deviations[row * targets + i];
                    // What a network says of variances is not one for all likelihoods.
                    expected[row * 2 * targets + targets + i] =
                            (float) predictor.uncertainty().standardDeviation(row, i);
                }
            }
            assertSame(both, expected, what);
        } else {
            Object values = outputs.getOrDefault(OnnxExport.PROBABILITIES, outputs.get(OnnxExport.PREDICTION));
            assertSame((float[]) values, expected, what);
        }
    }

    @Test
    void everyKindOfLayerAndActivationIsThere() {
        Set<String> missing = new TreeSet<>();
        String all = String.join(
                        " ", Arrays.stream(NETWORKS).map(network -> network[0]).toList())
                + " embedding columnEmbeddings columns meanAndVariance";
        collect(LayerSpec.class, missing);
        missing.removeIf(name -> all.matches(".*\\b" + name + "\\b.*"));
        assertThat(missing).isEmpty();
    }

    private static void collect(Class<?> type, Set<String> names) {
        if (type.isAnnotationPresent(SpecName.class)) {
            names.add(type.getAnnotation(SpecName.class).value());
        }
        if (type.getPermittedSubclasses() != null) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, names);
            }
        }
    }

    /** Rows that end at zeros: no layer sees what lies behind, and pooling counts valid steps alone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, {lstm: {units: 3, returnSequences: true}},"
                        + " {bidirectional: {layer: {gru: 3}}}, {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, {conv1d: {filters: 3, kernel: 3, padding:"
                        + " same}}, globalAveragePool, {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, {dense: {units: 3}}, globalMaxPool,"
                        + " {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4}}, {rnn: 3}, {dense: 2}]",
                "[{variational: {layer: {embedding: {vocabulary: 9, units: 4, maskZero: true}}}},"
                        + " {variational: {layer: {gru: 3}}}, {dense: 2}]",
            })
    void tokens(String layers) throws OrtException {
        List<float[]> rows = List.of(
                new float[] {3, 8, 0, 1, 0, 0},
                new float[] {1, 2, 3, 4, 5, 6},
                new float[] {0, 0, 0, 0, 0, 0},
                new float[] {0, 0, 0, 0, 0, 7},
                new float[] {5, 0, 0, 0, 0, 0});
        SavedModel model = model(spec(layers, "crossEntropy", 2), Shape.of(6), Scaling.NONE, null);
        assertPredicts(model, OnnxExport.OPSET, rows, layers);
    }

    /** Rows with lengths of their own; behind their ends stands anything. */
    @Test
    void lengths() throws OrtException {
        for (String[] network : NETWORKS) {
            Shape input = shape(network[1]);
            if (input.rank() == 1) {
                continue;
            }
            SavedModel model = model(spec(network[0], network[2], 1), input, Scaling.of(0.3, 2), null, true);
            List<float[]> rows = new ArrayList<>();
            int[] lengths = {input.dimension(0), 0, 1, input.dimension(0) / 2, input.dimension(0) - 1};
            int width = input.size() / input.dimension(0);
            for (float[] row : rows(input)) {
                int length = lengths[rows.size()];
                float[] withLength = Arrays.copyOf(row, row.length + 1);
                Arrays.fill(withLength, length * width, row.length, rows.size() % 2 == 0 ? Float.NaN : 1e6f);
                withLength[row.length] = length;
                rows.add(withLength);
            }
            assertPredicts(model, OnnxExport.OPSET, rows, network[0]);
        }
    }

    /** A temperature that was fitted, of one network and of an ensemble, and a threshold. */
    @ParameterizedTest
    @CsvSource({
        "crossEntropy, 3, 1",
        "crossEntropy, 3, 2",
        "crossEntropy, 2, 2",
        "binaryCrossEntropy, 1, 1",
        "binaryCrossEntropy, 1, 3"
    })
    void decisions(String loss, int outputs, int ensemble) throws OrtException {
        List<String> classes = outputs == 3 ? List.of("a", "b", "c") : List.of("no", "yes");
        Shape input = Shape.of(3);
        SavedModel model = model(spec("[{dense: " + outputs + "}]", loss, ensemble), input, Scaling.NONE, classes)
                .with(new Decision(2.5, outputs == 3 ? 0.5 : 0.62));
        Map<String, Object> results = run(OnnxExport.of(model, OnnxExport.OPSET), input, rows(input));
        Predictor predictor = model.predictor(ROWS);
        predictor.predict(rows(input));
        float[] probabilities = (float[]) results.get(OnnxExport.PROBABILITIES);
        String[] names = (String[]) results.get(OnnxExport.PREDICTION);
        for (int row = 0; row < ROWS; row++) {
            int last = classes.size() - 1;
            assertThat(probabilities[row * classes.size() + last])
                    .isCloseTo(predictor.uncertainty().prediction(row, outputs - 1), within(1e-5f));
            assertThat(names[row]).isEqualTo(classes.get(predictor.uncertainty().decided(row, 0, outputs)));
        }
    }

    @Test
    void columnsOfCategories() throws OrtException {
        String layers = "[{columnEmbeddings: {columns: [{at: 1, categories: 4, units: 3}, {at: 2, categories: 2,"
                + " units: 1}]}}, {concat: [[{columns: {names: [a, b], features: 6, parts: [{at: 5, size: 1},"
                + " {at: 0, size: 2}]}}], [{columns: {names: [c], features: 6, parts: [{at: 1, size: 4}],"
                + " shape: [2, 2]}}, globalAveragePool]]}, {dense: 2}]";
        SavedModel model = model(spec(layers, "crossEntropy", 1), Shape.of(4), Scaling.NONE, null);
        List<float[]> rows =
                List.of(new float[] {0.5f, 0, 2, -1}, new float[] {-2, 4, 0, 1}, new float[] {1, 1, 1, 0.25f});
        assertPredicts(model, OnnxExport.OPSET, rows, layers);
    }

    @ParameterizedTest
    @CsvSource({
        "meanSquaredError, 2, 1",
        "gaussianNll, 4, 1",
        "gaussianNll, 4, 3",
        "laplaceNll, 4, 2",
        "quantile, 6, 1",
        "quantile, 6, 2"
    })
    void scaledTargets(String loss, int outputs, int ensemble) throws OrtException {
        Scaling targets = new Scaling(new float[] {100, -3}, new float[] {20, 0.5f});
        SavedModel model = model(
                spec("[{dense: " + outputs + "}]", loss, ensemble),
                Shape.of(3),
                Scaling.of(0.2, 3).withTargets(targets),
                null);
        assertPredicts(model, OnnxExport.OPSET, rows(Shape.of(3)), loss);
    }

    @Test
    void classesHaveTheirNames() throws OrtException {
        List<String> names = List.of("setosa", "versicolor", "na\u00efve");
        SavedModel several = model(spec("[{dense: 3}]", "crossEntropy", 1), Shape.of(2), Scaling.of(0, 0.1), names);
        List<float[]> rows = List.of(
                new float[] {2, 1}, new float[] {-2, -1}, new float[] {1, -2}, new float[] {-1, 2}, new float[2]);
        assertLabels(several, rows, names);
        List<String> two = List.of("no", "yes");
        SavedModel one = model(spec("[{dense: 1}]", "binaryCrossEntropy", 1), Shape.of(2), Scaling.of(0, 0.1), two);
        float[] p = predictions(one, rows);
        float[] both = (float[]) assertLabels(one, rows, two).get(OnnxExport.PROBABILITIES);
        for (int row = 0; row < ROWS; row++) {
            assertThat(both[2 * row + 1]).isEqualTo(p[row], within(1e-6f));
            assertThat(both[2 * row]).isEqualTo(1 - p[row], within(1e-6f));
        }
    }

    private static Map<String, Object> assertLabels(SavedModel model, List<float[]> rows, List<String> names)
            throws OrtException {
        Map<String, Object> outputs =
                run(OnnxExport.of(model, OnnxExport.OPSET), model.network().input(), rows);
        float[] probabilities = (float[]) outputs.get(OnnxExport.PROBABILITIES);
        String[] labels = (String[]) outputs.get(OnnxExport.PREDICTION);
        Set<String> seen = new TreeSet<>();
        for (int row = 0; row < rows.size(); row++) {
            int best = 0;
            for (int k = 1; k < names.size(); k++) {
                best = probabilities[row * names.size() + k] > probabilities[row * names.size() + best] ? k : best;
            }
            assertThat(labels[row]).isEqualTo(names.get(best));
            seen.add(labels[row]);
        }
        assertThat(seen).hasSizeGreaterThan(1);
        return outputs;
    }

    @Test
    void theFileSaysWhatItIs() throws Exception {
        SavedModel model = model(spec("[{dense: 2}]", "crossEntropy", 1), Shape.of(2), Scaling.NONE, List.of("a", "b"));
        ModelProto proto = ModelProto.parseFrom(OnnxExport.of(model, 14));
        assertThat(proto.getOpsetImport(0).getVersion()).isEqualTo(14);
        assertThat(proto.getMetadataPropsList().stream().map(entry -> entry.getKey() + "=" + entry.getValue()))
                .contains("sha256=" + model.description().sha256(), "classes=[\"a\",\"b\"]");
        assertThatThrownBy(() -> OnnxExport.of(model, 18)).hasMessage("opset: expected 14 to 17, got 18");
    }
}
