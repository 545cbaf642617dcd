package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows kept as entries, rows kept whole, and any mixture train to the same bits, on any ranks, and predict alike. */
class SparseTrainingTest {
    private static final int FEATURES = 300;
    private static final int ROWS = 90;
    private static final int SHARDS = 5;
    private static final long SEED = 11;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(FEATURES), Shape.of(1), true, false);
    private static final RowLayout LAYOUT_OF_PREDICTIONS = new RowLayout(Shape.of(FEATURES), Shape.of(1), false, false);
    private static final Activation RELU = new Activation.Relu();

    /** How rows are kept. */
    private enum Kept {
        SPARSE,
        WHOLE,
        MIXED
    }

    private record Job(String name, List<LayerSpec> layers, Scaling scaling, int members, boolean readsEntries) {
        ModelSpec model() {
            return new ModelSpec(layers, new CrossEntropy(), null, 0.01, null, members);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Job> jobs() {
        float[] mean = new float[FEATURES];
        float[] std = new float[FEATURES];
        Arrays.fill(std, 3f);
        Scaling divide = new Scaling(mean.clone(), std);
        mean[FEATURES - 1] = 0.25f;
        List<LayerSpec> dense = List.of(new Dense(17, RELU), new Dense(3));
        List<LayerSpec> branches = List.of(
                new Concat(List.of(List.of(new Dense(1)), List.of(new Dense(16, RELU), new Dropout(0.3)))),
                new Dense(3));
        return Stream.of(
                new Job("dense", dense, Scaling.NONE, 1, true),
                new Job("dense, divided", dense, divide, 1, true),
                new Job("dense, standardised", dense, new Scaling(mean, std), 1, true),
                new Job("branches", branches, Scaling.of(0, 2), 1, true),
                new Job("an ensemble", dense, Scaling.NONE, 2, true),
                new Job(
                        "batch norm first",
                        List.of(new BatchNorm(null, null, null, null), new Dense(3)),
                        Scaling.NONE,
                        1,
                        false));
    }

    private static float[] rows() {
        Random random = new Random(SEED);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * LAYOUT.width();
            // Every tenth row has too many entries to be kept as such.
            int entries = row % 10 == 9 ? 40 : random.nextInt(8);
            for (int i = 0; i < entries; i++) {
                int feature = random.nextInt(random.nextBoolean() ? FEATURES : 20);
                // Numbers whose products with small gradients are too small for a float among them.
                values[at + feature] = (float) random.nextGaussian() * (random.nextInt(4) == 0 ? 1e-38f : 1);
            }
            values[at + LAYOUT.targetOffset()] = random.nextInt(3);
            values[at + LAYOUT.weightOffset()] = 0.5f + random.nextFloat();
        }
        return values;
    }

    private static List<MemoryShard> shards(Kept kept) {
        RowArray sparse = RowArray.of(LAYOUT, rows(), ROWS);
        RowArray whole = RowArray.whole(LAYOUT, rows(), ROWS);
        RowArray mixed = new RowArray(LAYOUT, 0);
        for (int row = 0; row < ROWS; row++) {
            mixed.add(row % 3 == 0 ? whole : sparse, row);
        }
        RowArray rows =
                switch (kept) {
                    case SPARSE -> sparse;
                    case WHOLE -> whole;
                    case MIXED -> mixed;
                };
        return CanonicalOrder.shards(LAYOUT, rows, SHARDS, SEED);
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void rowsTrainToTheSameBitsHoweverTheyAreKept(Job job) {
        TrainState expected = trained(job, Kept.WHOLE, NetworkBits.Mode.GRADIENT, 0);
        for (Kept kept : Kept.values()) {
            assertSame(trained(job, kept, NetworkBits.Mode.GRADIENT, 0), expected);
            assertSame(trained(job, kept, NetworkBits.Mode.GRADIENT, 0, 1, 4), expected);
            assertSame(trained(job, kept, NetworkBits.Mode.ALLREDUCE, 0, 2), expected);
        }
        assertSame(
                trained(job, Kept.SPARSE, NetworkBits.Mode.AVERAGING, 0, 3),
                trained(job, Kept.WHOLE, NetworkBits.Mode.AVERAGING, 0));
        assertThat(Network.bind(job.model(), LAYOUT.features()).readsEntries()).isEqualTo(job.readsEntries());
    }

    private static TrainState trained(Job job, Kept kept, NetworkBits.Mode mode, int... rankStarts) {
        List<MemoryShard> shards = shards(kept);
        double weight = shards.stream().mapToDouble(MemoryShard::rowWeight).sum();
        TrainingPlan plan =
                new TrainingPlan(SEED, SHARDS, ROWS, weight, 32, 2, Augmentation.NONE, new Compression.None());
        EvaluationSetup evaluation = new EvaluationSetup(job.model(), LAYOUT, job.scaling(), SEED, 0);
        ParameterUpdate update = new ParameterUpdate(
                evaluation.network(),
                new Adam(0.01, null, null, null),
                new Schedule.Constant(),
                plan,
                GradientClipping.NONE);
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        SplitWorkers workers = new SplitWorkers(setup, shards, rankStarts);
        Synchronizer synchronizer =
                switch (mode) {
                    case GRADIENT -> new Synchronizer.Gradient(setup, workers);
                    case AVERAGING -> new Synchronizer.Averaging(plan, 2, new OuterOptimizer.Plain(), workers);
                    case ALLREDUCE -> new ThreadedAllReduce(setup, workers.ranks());
                };
        return new Trainer(setup, synchronizer, workers, null, new RoundListener() {}).train(setup.initialState(false));
    }

    private static void assertSame(TrainState actual, TrainState expected) {
        assertThat(actual.parameters().theta()).isEqualTo(expected.parameters().theta());
        assertThat(actual.optimizerState()).isEqualTo(expected.optimizerState());
        assertThat(actual.history()).isEqualTo(expected.history());
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void rowsArePredictedAlikeHoweverTheyAreKept(Job job) {
        Network network = Network.bind(job.model(), LAYOUT.features());
        Predictor predictor = new Predictor(network, network.initialize(SEED), job.scaling(), SEED, 3, ROWS, false);
        List<float[]> given = new ArrayList<>();
        RowArray mixed = predictor.newRows();
        RowArray whole = RowArray.whole(LAYOUT_OF_PREDICTIONS, new float[0], 0);
        for (int row = 0; row < ROWS; row++) {
            int at = row * LAYOUT.width();
            float[] features = Arrays.copyOfRange(rows(), at, at + FEATURES + 1);
            whole.add(features, 0);
            mixed.add(row % 4 == 0 ? whole : RowArray.of(LAYOUT_OF_PREDICTIONS, features, 1), row % 4 == 0 ? row : 0);
            given.add(Arrays.copyOf(features, FEATURES));
        }
        float[] expected = predictor.predict(whole).array().clone();
        assertThat(predictor.predict(given).array()).isEqualTo(expected);
        assertThat(predictor.predict(mixed).array()).isEqualTo(expected);
    }
}
