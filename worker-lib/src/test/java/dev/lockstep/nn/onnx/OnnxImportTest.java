package dev.lockstep.nn.onnx;

import static dev.lockstep.nn.onnx.OnnxNetworks.NETWORKS;
import static dev.lockstep.nn.onnx.OnnxNetworks.model;
import static dev.lockstep.nn.onnx.OnnxNetworks.predictions;
import static dev.lockstep.nn.onnx.OnnxNetworks.rows;
import static dev.lockstep.nn.onnx.OnnxNetworks.scaling;
import static dev.lockstep.nn.onnx.OnnxNetworks.shape;
import static dev.lockstep.nn.onnx.OnnxNetworks.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.Ensemble;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.onnx.read.OnnxImport;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Lockstep exports comes back: the same numbers, and so the same fingerprint and predictions in every bit. */
class OnnxImportTest {
    private static SavedModel back(SavedModel model, int opset) {
        return OnnxImport.of(OnnxExport.of(model, opset), ImportOptions.NONE);
    }

    private static void assertComesBack(SavedModel model, int opset, List<float[]> rows, String what) {
        SavedModel imported = back(model, opset);
        assertThat(predictions(imported, rows)).as(what).containsExactly(predictions(model, rows));
        boolean variational = !model.network().posteriors().isEmpty();
        if (!variational) {
            assertThat(imported.description().sha256())
                    .as(what)
                    .isEqualTo(model.description().sha256());
        }
        // What was imported is exported and imported as any other.
        SavedModel again = back(imported, OnnxExport.OPSET);
        assertThat(again.network().spec()).as(what).isEqualTo(imported.network().spec());
        assertThat(again.description().sha256())
                .isEqualTo(imported.description().sha256());
    }

    @ParameterizedTest
    @ValueSource(ints = {OnnxExport.LEAST_OPSET, OnnxExport.OPSET})
    void everyLayerComesBack(int opset) {
        for (String[] network : NETWORKS) {
            Shape input = shape(network[1]);
            for (int ensemble : new int[] {1, 3}) {
                SavedModel model = model(spec(network[0], network[2], ensemble), input, scaling(input), null);
                assertComesBack(model, opset, rows(input), network[0] + ", ensemble " + ensemble);
            }
        }
    }

    /** Networks that shared weights in training come back with their own. */
    @Test
    void sharedWeightsAreApart() {
        String layers = "[{dense: {units: 4, activation: relu}}, {dense: 2}]";
        ModelSpec apart = spec(layers, "crossEntropy", 1);
        ModelSpec shared = new ModelSpec(
                apart.layers(), apart.loss(), apart.l1(), apart.l2(), apart.maxNorm(), new Ensemble(3, true));
        Shape input = Shape.of(3);
        SavedModel model = model(shared, input, Scaling.NONE, null);
        SavedModel imported = back(model, OnnxExport.OPSET);
        assertThat(predictions(imported, rows(input))).containsExactly(predictions(model, rows(input)));
        assertThat(imported.network().spec().ensemble()).isEqualTo(Ensemble.of(3));
    }

    /** Masks are found by the layers, not read. */
    @Test
    void rowsWithLengthsComeBack() {
        for (String[] network : NETWORKS) {
            Shape input = shape(network[1]);
            if (input.rank() == 1) {
                continue;
            }
            SavedModel model = model(spec(network[0], network[2], 1), input, Scaling.of(0.3, 2), null, true);
            List<float[]> rows = rows(input).stream()
                    .map(row -> Arrays.copyOf(row, row.length + 1))
                    .toList();
            for (int row = 0; row < rows.size(); row++) {
                rows.get(row)[input.size()] = Math.min(row, input.dimension(0));
            }
            SavedModel imported = back(model, OnnxExport.OPSET);
            assertThat(imported.description().lengths()).isTrue();
            assertComesBack(model, OnnxExport.OPSET, rows, network[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, {lstm: {units: 3, returnSequences: true}},"
                        + " {bidirectional: {layer: {gru: 3}}}, {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, {conv1d: {filters: 3, kernel: 3, padding:"
                        + " same}}, globalAveragePool, {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4, maskZero: true}}, globalMaxPool, {dense: 2}]",
                "[{embedding: {vocabulary: 9, units: 4}}, {rnn: 3}, {dense: 2}]",
            })
    void tokensComeBack(String layers) {
        List<float[]> rows =
                List.of(new float[] {3, 8, 0, 1, 0, 0}, new float[] {1, 2, 3, 4, 5, 6}, new float[6], new float[] {
                    5, 0, 0, 0, 0, 0
                });
        SavedModel model = model(spec(layers, "crossEntropy", 2), Shape.of(6), Scaling.NONE, null);
        assertComesBack(model, OnnxExport.OPSET, rows, layers);
        boolean masks = layers.contains("maskZero");
        assertThat(back(model, OnnxExport.OPSET)
                        .network()
                        .spec()
                        .layers()
                        .get(0)
                        .toString())
                .contains("maskZero=" + masks);
    }

    @Test
    void columnsComeBack() {
        String layers = "[{columnEmbeddings: {columns: [{at: 1, categories: 4, units: 3}, {at: 2, categories: 2,"
                + " units: 1}]}}, {concat: [[{columns: {names: [a, b], features: 6, parts: [{at: 5, size: 1},"
                + " {at: 0, size: 2}]}}], [{columns: {names: [c], features: 6, parts: [{at: 1, size: 4}],"
                + " shape: [2, 2]}}, globalAveragePool]]}, {dense: 2}]";
        SavedModel model = model(spec(layers, "crossEntropy", 1), Shape.of(4), Scaling.NONE, null);
        List<float[]> rows = List.of(new float[] {0.5f, 0, 2, -1}, new float[] {-2, 4, 0, 1});
        assertComesBack(model, OnnxExport.OPSET, rows, layers);
    }

    @ParameterizedTest
    @CsvSource({"crossEntropy, 2, 2", "binaryCrossEntropy, 1, 1"})
    void whatOutputsMeanComesBack(String loss, int outputs, int ensemble) {
        List<String> classes = List.of("no", "yes");
        Shape input = Shape.of(3);
        Decision decision = new Decision(2.5, 0.62);
        SavedModel model = model(
                        spec("[{dropout: 0.25}, {dense: " + outputs + "}]", loss, ensemble),
                        input,
                        Scaling.of(0.2, 3),
                        classes)
                .with(decision);
        SavedModel imported = back(model, OnnxExport.OPSET);
        assertThat(imported.description()).isEqualTo(model.description());
    }

    @Test
    void scaledTargetsComeBack() {
        Scaling targets = new Scaling(new float[] {100, -3}, new float[] {20, 0.5f});
        Scaling scaling = Scaling.of(0.2, 3).withTargets(targets);
        SavedModel model = model(spec("[{dense: 4}]", "gaussianNll", 3), Shape.of(3), scaling, null);
        assertThat(back(model, OnnxExport.OPSET).description()).isEqualTo(model.description());
    }
}
