package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Heads;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MixtureDensity;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A network with several heads does what as many networks with one of its heads each would. */
class HeadsTest {
    private static final int ROWS = 30;
    private static final Shape INPUT = Shape.of(3);

    private static Heads heads(int classes) {
        Map<String, Heads.Head> heads = new LinkedHashMap<>();
        heads.put("kind", new Heads.Head(new CrossEntropy(), classes, null, 0.5, List.of("a", "b", "c")));
        heads.put("size", new Heads.Head(new GaussianNll(), 4, List.of("height", "width"), 2.0, null));
        heads.put("price", new Heads.Head(new MixtureDensity(2), 6));
        return new Heads(heads);
    }

    private static Network network(Loss loss, LayerSpec last) {
        return Network.bind(new ModelSpec(List.of(new Dense(5, new Activation.Tanh()), last), loss), INPUT);
    }

    /** The parameters of the network with some of the last layer's outputs. */
    private static Parameters part(Parameters all, int from, int outputs) {
        int before = 3 * 5 + 5;
        float[] theta = new float[before + 5 * outputs + outputs];
        System.arraycopy(all.theta(), 0, theta, 0, before);
        for (int row = 0; row < 6; row++) {
            System.arraycopy(all.theta(), before + row * 13 + from, theta, before + row * outputs, outputs);
        }
        return new Parameters(theta, new float[0]);
    }

    private static EvaluationSum measure(
            Network network, Parameters parameters, int target, int columns, Scaling scaling) {
        RowLayout layout = new RowLayout(INPUT, Shape.of(columns), false, false);
        Random random = new Random(4);
        float[] packed = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            float[] values = new float[7];
            for (int i = 0; i < 7; i++) {
                values[i] = i == 3 ? random.nextInt(3) : (float) random.nextGaussian();
            }
            System.arraycopy(values, 0, packed, row * layout.width(), 3);
            System.arraycopy(values, 3 + target, packed, row * layout.width() + 3, columns);
        }
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packed, ROWS, 1, 7);
        return new Evaluation(new EvaluationSetup(network.spec(), layout, scaling, 7, 0), shards)
                .measure(parameters, Cancellation.NEVER)
                .get(0)
                .sum();
    }

    @Test
    void figuresAreThoseOfEachHeadAlone() {
        Network network = network(heads(3), new Dense(13));
        Parameters parameters = network.initialize(3);
        Scaling scaling =
                Scaling.NONE.withTargets(new Scaling(new float[] {0, 0.5f, -1, 2}, new float[] {1, 2, 0.5f, 3}));
        for (Scaling used : List.of(Scaling.NONE, scaling)) {
            EvaluationSum all = measure(network, parameters, 0, 4, used);
            Map<String, Object> figures = network.metrics().figures(all.sums());
            double loss = 0;
            int output = 0;
            int target = 0;
            for (Map.Entry<String, Heads.Head> entry : heads(3).heads().entrySet()) {
                Heads.Head head = entry.getValue();
                int columns = head.label() == null ? 1 : head.label().size();
                Network alone = network(head.loss(), new Dense(head.outputs()));
                Scaling targets = used.targets() == null || target == 0
                        ? null
                        : used.targets().part(target, columns);
                Scaling own = targets == null ? Scaling.NONE : Scaling.NONE.withTargets(targets);
                EvaluationSum sum = measure(alone, part(parameters, output, head.outputs()), target, columns, own);
                loss += head.weight() * sum.losses().loss();
                alone.metrics().figures(sum.sums()).forEach((name, figure) -> {
                    if (figure instanceof Double number) {
                        assertThat((double) figures.get(entry.getKey() + "_" + name))
                                .as(name)
                                .isCloseTo(number, within(1e-5));
                    }
                });
                output += head.outputs();
                target += columns;
            }
            assertThat(all.losses().loss()).isCloseTo(loss, within(1e-4));
            assertThat(all.losses().weight()).isEqualTo(ROWS);
            assertThat(all.losses().score() / ROWS).isCloseTo((double) figures.get("kind_accuracy"), within(1e-9));
        }
    }

    @Test
    void aRowHasTheColumnsOfEachHead() {
        Network network = network(heads(3), new Dense(13));
        SavedModel model = SavedModel.of(
                network,
                network.initialize(3),
                Scaling.NONE,
                1,
                new ModelDescription.Columns(
                        null, List.of("kind", "height", "width", "price"), List.of("x", "y", "z"), null));
        Map<String, Object> row = model.cellPredictor(2).predictRow(Map.of("x", 1, "y", -2, "z", 0.5));
        assertThat(row.keySet())
                .containsExactly(
                        "kind_prediction",
                        "kind_probability",
                        "kind_probability_a",
                        "kind_probability_b",
                        "kind_probability_c",
                        "size_prediction_height",
                        "size_prediction_width",
                        "size_standardDeviation_height",
                        "size_standardDeviation_width",
                        "price_prediction",
                        "price_standardDeviation");
        Tensor single = model.predictor(1).predict(List.of(new float[] {1, -2, 0.5f}));
        float[] values = single.array();
        assertThat(single.shape()).isEqualTo(Shape.of(3 + 4 + 2));
        assertThat(row.get("kind_probability_b")).isEqualTo(values[1]);
        assertThat(row.get("size_prediction_width")).isEqualTo(values[4]);
        assertThat(row.get("size_standardDeviation_height")).isEqualTo((float) Math.sqrt(values[5]));
        assertThat(row.get("price_prediction")).isEqualTo(values[7]);
        assertThat(row.get("kind_prediction")).isIn("a", "b", "c");
        assertThatThrownBy(() -> OnnxExport.of(model, OnnxExport.OPSET))
                .hasMessage("ONNX: no operators are known for the loss, several heads");
        assertThatThrownBy(model::attributions)
                .hasMessage("attributions: expected a model whose outputs are what is predicted, got several heads");
    }

    @Test
    void aJobFileWritesHeadsByName() {
        Loss loss = SpecMapper.bind(
                SpecMapper.tree(Map.of(
                        "heads",
                        Map.of(
                                "kind",
                                Map.of("loss", "crossEntropy", "outputs", 3, "classes", List.of("a", "b", "c"))))),
                Loss.class,
                "model.loss");
        assertThat(SpecMapper.bind(SpecMapper.tree(loss), Loss.class, "loss")).isEqualTo(loss);
        assertThat(loss.targetColumns()).containsExactly(new Loss.TargetColumn("kind", 3, List.of("a", "b", "c")));
        assertThatThrownBy(() -> SpecMapper.bind(
                        SpecMapper.tree(Map.of("heads", Map.of("kind", Map.of("loss", "hinge")))), Loss.class, "loss"))
                .hasMessageContaining("loss.heads.kind.outputs: missing, expected a whole number");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> heads(4)).hasMessage("kind.classes: expected 4 names for 4 outputs, got 3");
        assertThatThrownBy(() -> new Heads.Head(heads(3), 13)).hasMessage("loss: expected one loss, got heads again");
        assertThatThrownBy(() -> new Heads.Head(new GaussianNll(GaussianNll.Variance.LEARNED, null), 1))
                .hasMessageStartingWith("loss: a variance that is learned or given takes all outputs");
        assertThatThrownBy(() -> new Heads(Map.of())).hasMessage("expected at least one head, got none");
        assertThatThrownBy(() -> heads(3).check(Shape.of(12), Shape.of(4), 0))
                .hasMessage("heads: expected a network with the output [13], as many as the heads have together, got"
                        + " [12]");
        assertThatThrownBy(() -> heads(3).check(Shape.of(13), Shape.of(3), 0))
                .hasMessage("heads: expected a target of the heads' 4 columns, got [3]");
        assertThatThrownBy(() -> network(heads(3), new Dense(13, new Activation.Relu())))
                .hasMessageContaining("model.layers.1: expected no relu before the loss heads");
        LayerSpec branches =
                new Concat(List.of(List.of(new Dense(10)), List.of(new Dense(3, new Activation.Softmax()))));
        assertThatThrownBy(() -> network(heads(3), branches))
                .hasMessageContaining("model.layers.1.concat.1.0: expected no softmax before the loss heads");
    }
}
