package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rank and the order in which it gives slices to another one; buckets, and what they do not change. */
class AllReduceRoundTest {
    private static final int FEATURES = 4;
    private static final int HIDDEN = 5;

    /** Parameters of the first layer, and where the second rank's slice begins: nearest to the middle of 49. */
    private static final int FIRST_LAYER = FEATURES * HIDDEN + HIDDEN;

    /** Outputs with which the second layer is a bucket of its own for up to three ranks. */
    private static final int WIDE = 9000;

    private static final int ROWS = 8;
    private static final int SHARDS = 4;

    /** The other rank, whose shard has no rows: it takes what comes, and its slices stay as they are. */
    private static final class EmptyRank implements Peers {
        private final List<String> events = new ArrayList<>();
        private float[] gradient;
        private Exchange exchange;

        @Override
        public void sendGradients(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
            VectorSlices slices = exchange.slices();
            assertThat(slices.owner(slice)).isEqualTo(1);
            GradientSlice sent = nodes.get(0).sum().gradient().slice();
            assertThat(sent.from()).isEqualTo(slices.from(slice));
            gradient = sent.values();
            note("gradients", slice);
            List<ShardTree.Partial<StepSum>> nothing = List.of(new ShardTree.Partial<>(new ShardTree.Node(2, 4), null));
            exchange.gradientsArrived(step, 1, slice - 1, nothing);
            FloatBuffer same = FloatBuffer.wrap(
                    Arrays.copyOfRange(exchange.parameters().theta(), slices.from(slice), slices.to(slice)));
            exchange.parametersArrived(step, slice, 0, same, FloatBuffer.allocate(0));
        }

        /** What came, and whether the gradients of the first layer are there by now. */
        private void note(String what, int slice) {
            boolean first = !Arrays.equals(Arrays.copyOf(gradient, FIRST_LAYER), new float[FIRST_LAYER]);
            events.add(what + " " + slice + (first ? " at the end" : " before the first layer"));
        }

        @Override
        public void sendSums(long number, int rank, double[] sums) {
            throw new AssertionError("nothing needs them");
        }

        @Override
        public void sendParameters(long step, int slice, Parameters parameters) {
            note("parameters", slice);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "bfloat16", "topK"})
    void aSliceLeavesBeforeTheGradientsOfEarlierLayersAreComputed(String name) {
        assertThat(besideEmptyRank(FEATURES, compression(name)))
                .containsExactly("gradients 1 before the first layer", "parameters 0 at the end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "bfloat16", "topK"})
    void aSliceIsUpdatedBeforeTheGradientsOfEarlierLayersAreComputed(String name) {
        assertThat(besideEmptyRank(WIDE, compression(name)))
                .containsExactly(
                        "gradients 3 before the first layer",
                        "parameters 2 before the first layer",
                        "gradients 1 at the end",
                        "parameters 0 at the end");
    }

    /** The events of a step of a rank with all the rows. */
    private static List<String> besideEmptyRank(int outputs, Compression compression) {
        Problem problem = new Problem(outputs, compression, new Sgd(0.1, null, null), 1);
        TrainState start = problem.start();
        float[] before = start.parameters().theta().clone();
        EmptyRank other = new EmptyRank();
        VectorSlices slices = problem.update.slices(2);
        other.exchange = new Exchange(start.parameters(), problem.update, slices, new TreeSet<>(List.of(0)), other);

        new AllReduceRound(problem.rank(0, 2), 0, other.exchange, Cancellation.NEVER).run(start, 1);

        for (int slice = 0; slice < slices.count(); slice++) {
            float[] now = Arrays.copyOfRange(start.parameters().theta(), slices.from(slice), slices.to(slice));
            boolean same = Arrays.equals(now, Arrays.copyOfRange(before, slices.from(slice), slices.to(slice)));
            assertThat(same).as("slice %d stays as it is", slice).isEqualTo(slices.owner(slice) == 1);
        }
        return other.events;
    }

    /**
     * Three steps an epoch and two a round, so that rounds begin in the middle; a vector of two buckets for up to three
     * ranks.
     */
    @ParameterizedTest
    @CsvSource({"1, none", "2, none", "3, none", "4, none", "2, topK", "3, bfloat16"})
    void bucketsDoNotMatter(int ranks, String name) {
        for (Optimizer optimizer : List.of(new Adam(null, null, null, null), new Lamb(0.01, null, null, null, null))) {
            Problem problem = new Problem(WIDE, compression(name), optimizer, 3);
            boolean buckets = ranks <= 3 && optimizer instanceof Adam;
            assertThat(problem.update.slices(ranks).count()).isEqualTo(buckets ? 2 * ranks : ranks);
            LocalWorkers alone = new LocalWorkers(problem.setup, problem.shards, List.of());
            TrainState expected = train(problem, new Synchronizer.Gradient(problem.setup, alone));
            List<Rank> all = IntStream.range(0, ranks)
                    .mapToObj(rank -> problem.rank(SHARDS * rank / ranks, SHARDS * (rank + 1) / ranks))
                    .toList();
            TrainState reduced = train(problem, new ThreadedAllReduce(problem.setup, all));
            assertThat(reduced.parameters().theta())
                    .isEqualTo(expected.parameters().theta());
            assertThat(reduced.optimizerState()).isEqualTo(expected.optimizerState());
            assertThat(reduced.epochLosses()).isEqualTo(expected.epochLosses());
        }
    }

    private static TrainState train(Problem problem, Synchronizer synchronizer) {
        TrainState state = problem.start();
        while (state.stepInEpoch() < problem.plan.stepsPerEpoch()) {
            state = synchronizer.round(state);
        }
        return state;
    }

    private static Compression compression(String name) {
        return switch (name) {
            case "none" -> new Compression.None();
            case "bfloat16" -> new Compression.Bfloat16();
            default -> new Compression.TopK(1.0);
        };
    }

    /** Two dense layers and some rows. */
    private static final class Problem {
        final TrainingSetup setup;
        final TrainingPlan plan;
        final ParameterUpdate update;
        final List<MemoryShard> shards;

        Problem(int outputs, Compression compression, Optimizer optimizer, int steps) {
            ModelSpec model = new ModelSpec(List.of(new Dense(HIDDEN), new Dense(outputs)), new MeanSquaredError());
            RowLayout layout = new RowLayout(Shape.of(FEATURES), Shape.of(outputs), false, false);
            int rows = steps * ROWS;
            plan = new TrainingPlan(1, SHARDS, rows, rows, ROWS, 1, Augmentation.NONE, compression);
            EvaluationSetup evaluation = new EvaluationSetup(model, layout, Scaling.NONE, plan.seed(), 0);
            update = new ParameterUpdate(
                    evaluation.network(), optimizer, new Schedule.Constant(), plan, GradientClipping.NONE);
            setup = new TrainingSetup(evaluation, plan, update);
            float[] values = new float[rows * layout.width()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 7 - 3;
            }
            shards = CanonicalOrder.shards(layout, values, rows, SHARDS, 1);
        }

        Rank rank(int from, int to) {
            return new Rank(setup, shards.subList(from, to));
        }

        TrainState start() {
            return setup.initialState(false);
        }
    }
}
