package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Permutation importance: what a column is worth, to the same bits on any ranks. */
class ColumnPermutationTest {
    private static final int ROWS = 5000;
    private static final int SHARDS = 3;

    /** The target is twice the first feature; a class is whether that is positive. */
    private static List<MemoryShard> shards(RowLayout layout, boolean classes) {
        Random random = new Random(3);
        float[] packed = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * layout.width();
            for (int i = 0; i < layout.features().size(); i++) {
                packed[at + i] = (float) random.nextGaussian();
            }
            packed[at + layout.targetOffset()] = classes ? (packed[at] > 0 ? 1 : 0) : 2 * packed[at];
        }
        return CanonicalOrder.shards(layout, packed, ROWS, SHARDS, 7);
    }

    private static PermutedLosses losses(
            Network network, float[] theta, RowLayout layout, List<List<MemoryShard>> ranks, ColumnPermutation plan) {
        List<ShardTree.Partial<PermutedLosses>> all = new ArrayList<>();
        for (List<MemoryShard> rank : ranks) {
            Evaluation evaluation =
                    new Evaluation(new EvaluationSetup(network.spec(), layout, Scaling.NONE, 7, 0), rank);
            all.addAll(evaluation.permuted(new Parameters(theta, new float[0]), plan, Cancellation.NEVER));
        }
        return ShardTree.combine(SHARDS, all, PermutedLosses::plus);
    }

    private static Network network(int outputs, Loss loss, Shape input) {
        return Network.bind(new ModelSpec(List.of(new Dense(outputs)), loss), input);
    }

    @Test
    void aColumnIsWorthWhatTheNetworkMakesOfIt() {
        RowLayout layout = new RowLayout(Shape.of(3), Shape.of(1), false, false);
        Network network = network(1, new MeanSquaredError(), layout.features());
        List<MemoryShard> shards = shards(layout, false);
        ColumnPermutation plan = new ColumnPermutation(FeatureColumns.of(layout.features(), null), 4, 1, 0);
        float[] theta = {2, 0, 1, 0};
        PermutedLosses together = losses(network, theta, layout, List.of(shards), plan);
        PermutedLosses apart =
                losses(network, theta, layout, List.of(shards.subList(0, 1), shards.subList(1, SHARDS)), plan);
        assertThat(apart).isEqualTo(together);

        List<ColumnImportance> columns = ColumnImportance.of(plan, together, Score.RMSE);
        assertThat(columns).extracting(ColumnImportance::column).containsExactly("0", "1", "2");
        // With independent cells the loss grows by 2 w^2 var(x), whatever else the network adds.
        double exchanged = columns.get(0).loss().mean();
        assertThat(exchanged).isCloseTo(8, within(0.5));
        assertThat(columns.get(0).loss().deviation()).isBetween(1e-6, 0.5);
        assertThat(columns.get(1).loss().mean()).isZero();
        assertThat(columns.get(1).score().mean()).isZero();
        // The noise that the third column adds stays as large when its cells move.
        assertThat(columns.get(2).loss().mean()).isCloseTo(0, within(0.1));
        assertThat(columns.get(0).score().mean()).isPositive();
        assertThat(columns.get(0).classes()).isEmpty();
    }

    @Test
    void eachClassHasAFigureOfItsOwn() {
        RowLayout layout = new RowLayout(Shape.of(2), Shape.of(1), false, false);
        Network network = network(2, new CrossEntropy(), layout.features());
        ColumnPermutation plan = new ColumnPermutation(FeatureColumns.of(layout.features(), null), 2, 0, 2);
        PermutedLosses losses =
                losses(network, new float[] {-5, 5, 0, 0, 0, 0}, layout, List.of(shards(layout, true)), plan);
        List<LossSum> sums = losses.sums();
        assertThat(sums).hasSize(5 * 3);
        assertThat(sums.get(1).rows() + sums.get(2).rows()).isEqualTo(ROWS);
        ColumnImportance first =
                ColumnImportance.of(plan, losses, Score.ACCURACY).get(0);
        assertThat(first.score().mean()).isCloseTo(0.5, within(0.05));
        assertThat(first.classes())
                .allSatisfy(figure -> assertThat(figure.mean()).isCloseTo(0.5, within(0.05)));
    }

    /** Rows kept as entries are permuted to the same bits as whole ones. */
    @Test
    void entriesChangeNothing() {
        RowLayout layout = new RowLayout(Shape.of(200), Shape.of(1), false, false);
        Random random = new Random(1);
        float[] packed = new float[300 * layout.width()];
        for (int row = 0; row < 300; row++) {
            for (int i = 0; i < 5; i++) {
                packed[row * layout.width() + random.nextInt(200)] = (float) random.nextGaussian();
            }
        }
        FeatureColumns columns = FeatureColumns.of(layout.features(), null).only(List.of("3", "17"));
        ColumnPermutation plan = new ColumnPermutation(columns, 2, 0, 0);
        Network network = network(1, new MeanSquaredError(), layout.features());
        float[] theta = network.initialize(1).theta();
        List<MemoryShard> sparse = CanonicalOrder.shards(layout, packed, 300, SHARDS, 7);
        assertThat(sparse.get(0).block(0).packed().isSparse(0)).isTrue();
        PermutedLosses losses = losses(network, theta, layout, List.of(sparse), plan);
        List<MemoryShard> whole = new ArrayList<>();
        for (MemoryShard shard : sparse) {
            float[] values = new float[shard.rows() * layout.width()];
            for (int row = 0; row < shard.rows(); row++) {
                System.arraycopy(shard.block(0).packed().whole(row), 0, values, row * layout.width(), layout.width());
            }
            whole.add(new MemoryShard(
                    shard.shard(),
                    shard.rowWeight(),
                    List.of(new Block(RowArray.whole(layout, values, shard.rows()))),
                    shard.digest()));
        }
        assertThat(losses(network, theta, layout, List.of(whole), plan)).isEqualTo(losses);
    }

    @Test
    void featuresOfAColumnMoveTogether() {
        assertThat(FeatureColumns.of(Shape.of(4, 2), null).columnOfFeature()).containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(FeatureColumns.of(Shape.of(1, 2, 3), null).columnOfFeature()).containsExactly(0, 0, 0, 1, 1, 1);
    }
}
