package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rank and the order in which it gives slices to another one. */
class AllReduceRankTest {
    private static final int FEATURES = 4;
    private static final int HIDDEN = 5;

    /** Parameters of the first layer, and where the second rank's slice begins: nearest to the middle of 49. */
    private static final int FIRST_LAYER = FEATURES * HIDDEN + HIDDEN;

    private static final int ROWS = 8;
    private static final int SHARDS = 2;

    /** The other rank, whose shard has no rows: it takes what comes, and its slice stays as it is. */
    private static final class EmptyRank implements Peers {
        private final List<float[]> firstLayers = new ArrayList<>();
        private Exchange exchange;

        @Override
        public void sendGradients(long step, int rank, int owner, List<ShardTree.Partial<StepSum>> nodes) {
            assertThat(owner).isEqualTo(1);
            StepSum sum = nodes.get(0).sum();
            assertThat(sum.gradient().from()).isEqualTo(FIRST_LAYER);
            firstLayers.add(Arrays.copyOf(sum.gradient().values(), FIRST_LAYER));
            exchange.gradientsArrived(step, 1, 0, List.of(new ShardTree.Partial<>(new ShardTree.Node(1, 2), null)));
            Parameters parameters = exchange.parameters();
            float[] slice = Arrays.copyOfRange(parameters.theta(), FIRST_LAYER, parameters.theta().length);
            exchange.parametersArrived(step, 1, 0, FloatBuffer.wrap(slice), FloatBuffer.allocate(0));
        }

        @Override
        public void sendSums(long number, int rank, double[] sums) {
            throw new AssertionError("nothing needs them");
        }

        @Override
        public void sendParameters(long step, int owner, Parameters parameters) {
            assertThat(owner).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "bfloat16", "topK"})
    void aSliceLeavesBeforeTheGradientsOfEarlierLayersAreComputed(String name) {
        Compression compression =
                switch (name) {
                    case "none" -> new Compression.None();
                    case "bfloat16" -> new Compression.Bfloat16();
                    default -> new Compression.TopK(1.0);
                };
        Network network = Network.bind(
                new ModelSpec(List.of(new Dense(HIDDEN), new Dense(FEATURES)), new MeanSquaredError()),
                Shape.of(FEATURES));
        RowLayout layout = new RowLayout(Shape.of(FEATURES), Shape.of(FEATURES), false, false);
        TrainingPlan plan = new TrainingPlan(1, SHARDS, ROWS, ROWS, 1, Augmentation.NONE, compression);
        ParameterUpdate update = new ParameterUpdate(
                network, new Sgd(0.1, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        float[] values = new float[ROWS * layout.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3;
        }
        List<MemoryShard> first =
                CanonicalOrder.shards(layout, values, ROWS, SHARDS, 1).subList(0, 1);
        Rank rank = new Rank(network, layout, Scaling.NONE, plan, update, first);
        TrainState start = TrainState.initial(network.initialize(1), 0, false, SHARDS);
        float[] before = start.parameters().theta().clone();
        EmptyRank other = new EmptyRank();
        VectorSlices slices = update.slices(2);
        other.exchange = new Exchange(start.parameters(), update, slices, new TreeSet<>(List.of(0)), other);

        new AllReduceRank(rank, 0, plan, update, other.exchange, () -> {}).run(start, 1, new float[0]);

        assertThat(other.firstLayers).containsExactly(new float[FIRST_LAYER]);
        assertThat(Arrays.copyOf(start.parameters().theta(), FIRST_LAYER))
                .isNotEqualTo(Arrays.copyOf(before, FIRST_LAYER));
    }
}
