package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an evaluation measures: the score of the loss and the metrics say the same of the same rows. */
class EvaluationTest {

    /** Sums over 4 shards, each of more rows than a chunk. */
    private static EvaluationSum measure(Network network, int values) {
        RowLayout layout = new RowLayout(network.input(), Shape.of(1), true, false);
        Random random = new Random(3);
        int rows = 2700;
        float[] packed = new float[rows * layout.width()];
        for (int i = 0; i < packed.length; i++) {
            int at = i % layout.width();
            boolean target = at == layout.targetOffset();
            packed[i] = target
                    ? random.nextInt(values)
                    : at == layout.weightOffset() ? 1 + random.nextInt(3) : (float) random.nextGaussian();
        }
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packed, rows, 4, 7);
        Evaluation evaluation = new Evaluation(network, layout, Scaling.NONE, 7, 0);
        Parameters parameters = network.initialize(1);
        return ShardTree.mergeAll(
                shards.size(),
                shard -> evaluation.measure(parameters, shards.get(shard)),
                (left, right) -> left.merge(right, network.metrics()));
    }

    private static Map<String, Object> figures(Loss loss, int outputs, int values, String scoreName) {
        Network network = Network.bind(new ModelSpec(List.of(new Dense(outputs)), loss), Shape.of(6));
        EvaluationSum sum = measure(network, values);
        Map<String, Object> figures = network.metrics().figures(sum.sums());
        assertThat((double) figures.get(scoreName))
                .as("%s of %s", scoreName, loss)
                .isCloseTo(loss.score().of(sum.losses()), within(1e-6));
        return figures;
    }

    @Test
    void metricsAgreeWithTheLoss() {
        assertThat(figures(new CrossEntropy(), 7, 7, "accuracy"))
                .containsKeys("macroF1", "confusion", "perplexity", "top5Accuracy", "rocAuc");
        assertThat(figures(new CrossEntropy(), 300, 300, "top1Accuracy")).doesNotContainKeys("confusion", "rocAuc");
        assertThat(figures(new BinaryCrossEntropy(), 1, 2, "accuracy")).containsKeys("precision", "recall", "rocAuc");
        assertThat(figures(new GaussianNll(), 2, 9, "rmse")).containsKeys("mae", "r2");
        figures(new Poisson(), 1, 9, "rmse");
    }
}
