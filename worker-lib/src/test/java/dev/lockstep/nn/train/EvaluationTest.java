package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.ClassWeights;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What an evaluation measures: the score of the loss and the metrics say the same of the same rows. */
class EvaluationTest {

    /** Sums over 4 shards, each of more rows than a chunk. */
    private static EvaluationSum measure(Network network, int values) {
        return measure(network, values, Scaling.NONE, target -> target);
    }

    private static EvaluationSum measure(Network network, int values, Scaling scaling, UnaryOperator<Float> unit) {
        RowLayout layout = new RowLayout(network.input(), Shape.of(1), true, false);
        Random random = new Random(3);
        int rows = 2700;
        float[] packed = new float[rows * layout.width()];
        for (int i = 0; i < packed.length; i++) {
            int at = i % layout.width();
            if (at == layout.targetOffset()) {
                packed[i] = unit.apply((float) random.nextInt(values));
            } else {
                packed[i] = at == layout.weightOffset() ? 1 + random.nextInt(3) : (float) random.nextGaussian();
            }
        }
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packed, rows, 4, 7);
        Evaluation evaluation = new Evaluation(new EvaluationSetup(network.spec(), layout, scaling, 7, 0), shards);
        return ShardTree.combine(
                shards.size(),
                evaluation.measure(network.initialize(1), Cancellation.NEVER),
                (left, right) -> left.merge(right, network.metrics()));
    }

    private static Map<String, Object> figures(Loss loss, int outputs, int values, String scoreName) {
        Network network = Network.bind(new ModelSpec(List.of(new Dense(outputs)), loss), Shape.of(6));
        EvaluationSum sum = measure(network, values);
        Map<String, Object> figures = network.metrics().figures(sum.sums());
        assertThat((double) figures.get(scoreName))
                .as("%s of %s", scoreName, loss)
                .isCloseTo(loss.likelihood().score().of(sum.losses()), within(1e-6));
        return figures;
    }

    @Test
    void metricsAgreeWithTheLoss() {
        assertThat(figures(new CrossEntropy(), 7, 7, "accuracy"))
                .containsKeys("macroF1", "confusion", "perplexity", "top5Accuracy", "rocAuc");
        assertThat(figures(new CrossEntropy(), 300, 300, "top1Accuracy")).doesNotContainKeys("confusion", "rocAuc");
        assertThat(figures(new BinaryCrossEntropy(), 1, 2, "accuracy")).containsKeys("precision", "recall", "rocAuc");
        figures(new CrossEntropy(null, ClassWeights.of(List.of(0.5, 0.0, 3.0))), 3, 3, "accuracy");
        figures(new BinaryCrossEntropy(ClassWeights.of(List.of(1.0, 4.0))), 1, 2, "accuracy");
        assertThat(figures(new GaussianNll(), 2, 9, "rmse")).containsKeys("mae", "r2");
        figures(new Poisson(), 1, 9, "rmse");
    }

    @Test
    void aPredictionThatIsNotFiniteIsAnErrorThatNamesTheRow() {
        RowLayout layout = new RowLayout(Shape.of(1), Shape.of(1), false, false);
        Network network = Network.bind(new ModelSpec(List.of(new Dense(2)), new CrossEntropy()), layout.features());
        float[] packed = new float[2 * 700];
        packed[2 * 600] = Float.POSITIVE_INFINITY;
        MemoryShard shard = new MemoryShard(3, 700, List.of(new Block(RowArray.of(layout, packed, 700))), 0);
        EvaluationSetup setup = new EvaluationSetup(network.spec(), layout, Scaling.NONE, 7, 0);
        Evaluation evaluation = new Evaluation(setup, List.of(shard));
        assertThatThrownBy(() -> evaluation.measure(network.initialize(1), Cancellation.NEVER))
                .isInstanceOf(TrainingException.class)
                .hasMessage("the prediction is not finite (NaN) of row 600 of shard 3");
    }

    /** Loss and metrics, for targets whose variance is far below the least that an output can express. */
    @Test
    void figuresOfScaledTargetsAreInTheirOwnUnits() {
        float std = 1e-5f;
        Network network = Network.bind(new ModelSpec(List.of(new Dense(2)), new GaussianNll()), Shape.of(6));
        EvaluationSum plain = measure(network, 9, Scaling.NONE, target -> target);
        Scaling targets = new Scaling(new float[] {0}, new float[] {std});
        EvaluationSum scaled = measure(network, 9, Scaling.NONE.withTargets(targets), target -> target * std);
        assertThat(scaled.losses().meanLoss()).isCloseTo(plain.losses().meanLoss() + Math.log(std), within(1e-4));
        assertThat(Score.RMSE.of(scaled.losses())).isCloseTo(std * Score.RMSE.of(plain.losses()), within(1e-5 * std));
        Map<String, Object> figures = network.metrics().figures(scaled.sums());
        Map<String, Object> expected = network.metrics().figures(plain.sums());
        assertThat((double) figures.get("logLikelihood"))
                .isCloseTo(-scaled.losses().meanLoss(), within(1e-4));
        assertThat((double) figures.get("coverage")).isCloseTo((double) expected.get("coverage"), within(1e-3));
    }
}
