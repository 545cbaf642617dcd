package dev.lockstep.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final JobSpec JOB = JobFile.parse("""
                    data: {train: rows.csv}
                    model:
                      layers:
                        - conv2d: {filters: 8, kernel: 3, activation: relu}
                        - residual: {layers: [batchNorm, {leakyRelu: {alpha: 0.3}}]}
                        - flatten
                        - dropout: 0.25
                        - dense: 3
                        - softmax
                      loss: {crossEntropy: {labelSmoothing: 0.1}}
                      l2: 0.5
                    optimizer: {adam: {learningRate: 0.004}}
                    train: {epochs: 4, schedule: {warmup: {epochs: 2, then: cosine}}, clipNorm: 1.5}
                    """, "job.yaml", List.of());

    private static Explanation explained() {
        return Explanation.of("job.yaml", JOB, JOB.model(), Shape.of(6, 6, 2));
    }

    /** The kinds of a sealed interface by their names in job files. */
    private static TreeMap<String, Class<?>> kinds(Class<?> type) {
        TreeMap<String, Class<?>> kinds = new TreeMap<>();
        SpecName name = type.getAnnotation(SpecName.class);
        if (name != null) {
            kinds.put(name.value(), type);
        } else {
            Class<?>[] permitted = type.isSealed() ? type.getPermittedSubclasses() : new Class<?>[0];
            Arrays.stream(permitted).forEach(kind -> kinds.putAll(kinds(kind)));
        }
        return kinds;
    }

    /** A layer, a loss, an optimiser or a schedule without a formula fails here, and so does one that is gone. */
    @Test
    void everyKindHasItsFormula() {
        for (var entry : new TreeMap<>(Map.of(
                        "layers", LayerSpec.class,
                        "losses", Loss.class,
                        "optimizers", Optimizer.class,
                        "schedules", Schedule.class))
                .entrySet()) {
            TreeMap<String, Class<?>> kinds = kinds(entry.getValue());
            assertThat(Formulas.names(entry.getKey())).containsExactlyInAnyOrderElementsOf(kinds.keySet());
            kinds.forEach((name, kind) -> {
                Formula formula = Formulas.find(entry.getKey(), name);
                assertThat(formula.text()).as(name).isNotEmpty();
                assertThat(formula.latex()).as(name).isNotBlank();
                List<String> settings = Arrays.stream(kind.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList();
                assertThat(settings).as(name).containsAll(formula.symbols().keySet());
            });
        }
    }

    @Test
    void aNetworkIsItsFormulasWithShapesAndNumbers() {
        String text = String.join("\n", explained().text());
        assertThat(text)
                // 4 x 4 places of 3 x 3 x 2 x 8 weights, and 128 x 3.
                .startsWith("job.yaml: 555 parameters, 2,688 multiply-adds a row (5,376 FLOPs;")
                .contains(
                        """
                        conv2d_1  [6, 6, 2] to [4, 4, 8], 152 parameters, 2,304 multiply-adds
                            y[o, q, k] = f(b[k] + sum over i, j, c of x[o s - p + i d, q s - p + j d, c] W[i, j, c, k])
                            f(z) = max(z, 0)
                        """, """
                            leakyRelu_1  [4, 4, 8] to [4, 4, 8]
                                f(z) = z if z > 0, else alpha z
                                with alpha = 0.3
                        """, """
                        dense_1  [128] to [3], 387 parameters, 384 multiply-adds
                            y = f(x W + b)
                            weight [128, 3], bias [3]

                        loss crossEntropy: one class t of K, with probabilities p = softmax(z)
                        """, "    with eps = 0.1\n    + l2/2 sum w^2, a Gaussian prior, with l2 = 0.5\n", """
                            with lr = 0.004, b1 = 0.9, b2 = 0.999, eps = 1.0E-8
                            g = the gradient of the mean loss over the 128 rows of a step, over 4 epochs
                            g = g min(1, 1.5 / |g|)
                        """)
                .containsPattern("    ▁+▂+.*█+.*▁+  lr from [0-9.e-]+ to 0.004");
    }

    @Test
    void markdownHasFormulas() {
        assertThat(String.join("\n", explained().markdown()))
                .contains(
                        "| `dense_1` | [128] | [3] | weight [128, 3], bias [3] | 387 | 384 |",
                        "## Loss: `crossEntropy`")
                .contains("\n$$y = f(x W + b)$$\n", "with lr = 0.004, b1 = 0.9");
    }

    @Test
    void aProgramGetsNumbers() {
        JsonNode json = explained().json();
        assertThat(json.path("multiplyAdds").asLong()).isEqualTo(2688);
        assertThat(json.path("layers").size()).isEqualTo(7);
        assertThat(json.path("learningRates").get(0).asDouble()).isLessThan(1e-4);
        assertThat(json.path("optimizer").path("formula").asText()).contains("theta = theta - lr");
    }

    /** In metrics and files they have the same. */
    @Test
    void layersInsideOthersHaveTheirNames() {
        JobSpec job = JobFile.parse("""
                        data: {train: rows.csv}
                        model: {layers: [dense: 4, concat: [[dense: 2], [residual: {layers: [dense: 4]}, dense: 3]],
                          dense: 1], loss: meanSquaredError}
                        """, "job.yaml", List.of());
        assertThat(Explanation.of("job.yaml", job, job.model(), Shape.of(7)).text().stream()
                        .filter(line -> line.matches(" *[a-z]+_[0-9] .*"))
                        .map(line -> line.strip().replaceAll(" .*", "")))
                .containsExactly("dense_1", "concat_1", "dense_2", "residual_1", "dense_3", "dense_4", "dense_5");
    }

    /** Weights of a recurrent layer are used in each step. */
    @Test
    void aSequenceUsesItsWeightsOften() {
        JobSpec job = JobFile.parse("""
                        data: {train: rows.csv}
                        model: {layers: [embedding: {vocabulary: 20, units: 5}, bidirectional: {layer: {lstm: 3}},
                          dense: 1], loss: meanSquaredError}
                        """, "job.yaml", List.of());
        Explanation explanation = Explanation.of("job.yaml", job, job.model(), Shape.of(7));
        // Seven steps of [5 + 3] x 12 weights, in two directions, and 6 of the dense layer.
        assertThat(String.join("\n", explanation.text()))
                .contains("    lstm_1  [7, 5] to [3], 108 parameters, 672 multiply-adds")
                .contains(" 1,350 multiply-adds a row");
    }
}
