package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("java")
class LocalTrainingTest {
    private static final int FEATURES = 7;
    private static final int CLASSES = 3;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(FEATURES), Shape.of(1), false, false);

    /** Three blobs, one a class. */
    private static float[] rows(int count) {
        Random random = new Random(11);
        float[] values = new float[count * LAYOUT.width()];
        for (int row = 0; row < count; row++) {
            int label = random.nextInt(CLASSES);
            for (int j = 0; j < FEATURES; j++) {
                values[row * LAYOUT.width() + j] =
                        (float) (random.nextGaussian() * 0.7 + (j % CLASSES == label ? 1 : 0));
            }
            values[row * LAYOUT.width() + FEATURES] = label;
        }
        return values;
    }

    private static final class Job {
        final TrainingSetup setup;
        final TrainingPlan plan;
        final List<MemoryShard> shards;

        Job(int rows, int shardCount, int batchSize, int epochs, Optimizer optimizer, double dropout) {
            plan = new TrainingPlan(17, shardCount, rows, batchSize, epochs);
            ModelSpec spec = new ModelSpec(
                    List.of(new Dense(16, new Activation.Relu()), new Dropout(dropout), new Dense(CLASSES)),
                    new CrossEntropy());
            EvaluationSetup evaluation = new EvaluationSetup(spec, LAYOUT, Scaling.NONE, plan.seed(), 0);
            ParameterUpdate update = new ParameterUpdate(
                    evaluation.network(), optimizer, new Schedule.Cosine(null), plan, GradientClipping.NONE);
            setup = new TrainingSetup(evaluation, plan, update);
            shards = CanonicalOrder.shards(LAYOUT, rows(rows), rows, shardCount, plan.seed());
        }

        TrainState train(Function<Workers, Synchronizer> mode, int... rankStarts) {
            return train(mode, new SplitWorkers(setup, shards, rankStarts));
        }

        /** Trains in a thread for each two shards. */
        TrainState trainInThreads(Function<Workers, Synchronizer> mode) {
            return train(mode, new LocalWorkers(setup, (shards.size() + 1) / 2, shards, shards));
        }

        private TrainState train(Function<Workers, Synchronizer> mode, Workers workers) {
            Synchronizer synchronizer = mode.apply(workers);
            return train(setup.initialState(synchronizer.outerMomentum()), synchronizer, workers);
        }

        private TrainState train(TrainState initial, Synchronizer synchronizer, Workers workers) {
            return new Trainer(setup, synchronizer, workers, null, new RoundListener() {}).train(initial);
        }

        Function<Workers, Synchronizer> gradient() {
            return workers -> new Synchronizer.Gradient(setup, workers);
        }

        Function<Workers, Synchronizer> averaging(int localSteps, OuterOptimizer outer) {
            return workers -> new Synchronizer.Averaging(plan, localSteps, outer, workers);
        }
    }

    /** With class weights of 0, say; a mean over them would be no number, which no figure is better than. */
    @Test
    void rowsThatWeighNothingAreAnError() {
        Job job = new Job(10, 1, 10, 2, new Adam(0.01, null, null, null), 0);
        LossSum some = new LossSum(1, 2, 3, 2, 1, 2);
        LossSum nothing = new LossSum(0, 0, 3, 2, 0, 0);
        assertThatThrownBy(() -> job.train(workers -> state -> state.advanced(1, nothing), new Validating(some)))
                .isInstanceOf(TrainingException.class)
                .hasMessage("the training rows weigh nothing: row weights times class weights of all 3 are 0");
        assertThatThrownBy(() -> job.train(workers -> state -> state.advanced(1, some), new Validating(nothing)))
                .isInstanceOf(TrainingException.class)
                .hasMessage("the validation rows weigh nothing: row weights times class weights of all 3 are 0");
    }

    /** What the last step leaves behind no loss would tell. */
    @Test
    void aParameterThatIsNotFiniteIsAnErrorThatNamesIt() {
        Job job = new Job(10, 1, 10, 1, new Adam(0.01, null, null, null), 0);
        LossSum some = new LossSum(1, 2, 3, 2, 1, 2);
        Synchronizer spoiling = state -> {
            state.parameters().theta()[FEATURES * 16 + 5] = Float.NaN;
            return state.advanced(1, some);
        };
        assertThatThrownBy(() -> job.train(workers -> spoiling, new Validating(some)))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "element 5 of dense_1.bias is not finite (NaN) after step 1; a smaller learning rate or scaled"
                                + " features often help");
        TrainState spoilt = spoiling.round(job.setup.initialState(false)).nextEpoch(List.of());
        assertThatThrownBy(() -> job.train(spoilt, state -> state, new Validating(some)))
                .as("read from a checkpoint of the last step")
                .hasMessageStartingWith("element 5 of dense_1.bias is not finite (NaN) after step 1; ");
    }

    /** An infinite sum of squares divides every step to 0: no loss would tell. */
    @Test
    void anOptimizersStateThatIsNotFiniteIsAnErrorThatNamesIt() {
        Job job = new Job(10, 1, 10, 1, new Adam(0.01, null, null, null), 0);
        LossSum some = new LossSum(1, 2, 3, 2, 1, 2);
        Synchronizer spoiling = state -> {
            int count = state.parameters().theta().length;
            state.optimizerState()[count + FEATURES * 16 + 5] = Float.POSITIVE_INFINITY;
            return state.advanced(1, some);
        };
        assertThatThrownBy(() -> job.train(workers -> spoiling, new Validating(some)))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(
                        "slot 1 of the optimiser for element 5 of dense_1.bias is not finite (Infinity) after step 1");
    }

    /** The mean of bounded weights is bounded; a step beyond it need not be. */
    @Test
    void weightsAreBoundedAfterAnOuterStep() {
        RowLayout layout = new RowLayout(Shape.of(5), Shape.of(2), false, false);
        ModelSpec spec = new ModelSpec(List.of(new Dense(2)), new MeanSquaredError(), null, null, 0.5, null);
        TrainingPlan plan = new TrainingPlan(17, 4, 40, 20, 3);
        EvaluationSetup evaluation = new EvaluationSetup(spec, layout, Scaling.NONE, plan.seed(), 0);
        ParameterUpdate update = new ParameterUpdate(
                evaluation.network(), new Sgd(0.2, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        Random random = new Random(2);
        float[] rows = new float[40 * layout.width()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = 3 * (float) random.nextGaussian();
        }
        List<MemoryShard> shards = CanonicalOrder.shards(layout, rows, 40, 4, plan.seed());
        Workers workers = new LocalWorkers(setup, shards, shards);
        Synchronizer averaging = new Synchronizer.Averaging(plan, 2, new OuterOptimizer.Nesterov(2.0, 0.9), workers);
        TrainState end =
                new Trainer(setup, averaging, workers, null, new RoundListener() {}).train(setup.initialState(true));
        float[] theta = end.parameters().theta();
        for (int unit = 0; unit < 2; unit++) {
            double squares = 0;
            for (int i = unit; i < 10; i += 2) {
                squares += theta[i] * theta[i];
            }
            assertThat(Math.sqrt(squares)).isLessThan(0.5 + 1e-6);
        }
    }

    /** A bound on the vector of each token: no token's is that of all together. */
    @Test
    void aBoundOnAnEmbeddingIsOneOnEachTokensVector() {
        Network network = Network.bind(
                new ModelSpec(
                        List.of(new Embedding(3, 2, null, null), new Flatten(), new Dense(1)),
                        new MeanSquaredError(),
                        null,
                        null,
                        1.0,
                        null),
                Shape.of(1));
        ParameterUpdate update = new ParameterUpdate(
                network,
                new Sgd(0.2, null, null),
                new Schedule.Constant(),
                new TrainingPlan(1, 1, 1, 1, 1),
                GradientClipping.NONE);
        float[] theta = {3, 4, 0.6f, 0.6f, 0, -2, 0.1f, 0.1f, 9};
        update.boundWeights(theta);
        assertThat(theta).containsExactly(new float[] {0.6f, 0.8f, 0.6f, 0.6f, 0, -1, 0.1f, 0.1f, 9}, within(1e-6f));
    }

    @Test
    void aRunningStatisticThatIsNotFiniteIsAnErrorThatNamesIt() {
        Network network = Network.bind(
                new ModelSpec(List.of(new BatchNorm(), new Dense(CLASSES)), new CrossEntropy()), LAYOUT.features());
        TrainingPlan plan = new TrainingPlan(1, 1, 1, 1, 1);
        ParameterUpdate update = new ParameterUpdate(
                network, new Sgd(null, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        TrainState state = TrainState.initial(network.initialize(1), 0, false);
        update.checkFinite(state);
        state.parameters().buffers()[3] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(() -> update.checkFinite(state))
                .hasMessageStartingWith(
                        "element 3 of batchNorm_1.runningStatistics is not finite (Infinity) after step 0;");
    }

    @Test
    void aValidationLossThatIsNotFiniteIsAnError() {
        Job job = new Job(10, 1, 10, 2, new Adam(0.01, null, null, null), 0);
        LossSum some = new LossSum(1, 2, 3, 2, 1, 2);
        LossSum infinite = new LossSum(Double.POSITIVE_INFINITY, 2, 3, 2, 1, 2);
        assertThatThrownBy(() -> job.train(workers -> state -> state.advanced(1, some), new Validating(infinite)))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "the validation loss is not finite (Infinity) after epoch 1; a smaller learning rate or scaled"
                                + " features often help");
        TrainState end = job.train(workers -> state -> state.advanced(1, some), new Validating(null));
        assertThat(end.history()).noneMatch(EpochMetrics::validated);
    }

    /** Has losses of validation rows and computes nothing. */
    private record Validating(LossSum losses) implements Workers {
        @Override
        public List<ShardTree.Partial<StepSum>> gradients(TrainState state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ShardTree.Partial<LocalMean>> localSteps(TrainState state, int steps) {
            throw new UnsupportedOperationException();
        }

        @Override
        public LossSum validate(Parameters parameters) {
            return losses;
        }

        @Override
        public EvaluationSum measure(Parameters parameters, MetricSet metrics) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CurvatureSum curvature(Parameters parameters) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long bytesSent() {
            return 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 8, 32", "5, 8, 4", "97, 5, 10", "40, 3, 1", "64, 1, 64", "33, 7, 100"})
    void ranksDoNotChangeTheBits(int rows, int shards, int batchSize) {
        Job job = new Job(rows, shards, batchSize, 3, new Adam(0.01, null, null, null), 0.3);
        for (Function<Workers, Synchronizer> mode : List.of(
                job.gradient(),
                job.averaging(2, new OuterOptimizer.Plain()),
                job.averaging(4, new OuterOptimizer.Nesterov(null, null)),
                job.averaging(4, new OuterOptimizer.Bmuf(null, null)))) {
            TrainState one = job.train(mode, 0);
            assertSameBits(one, job.trainInThreads(mode));
            if (shards > 1) {
                assertSameBits(one, job.train(mode, 0, 1));
            }
            if (shards > 3) {
                assertSameBits(one, job.train(mode, 0, 2, 3));
            }
            int[] each = new int[shards];
            for (int i = 0; i < shards; i++) {
                each[i] = i;
            }
            assertSameBits(one, job.train(mode, each));
        }
    }

    private static void assertSameBits(TrainState expected, TrainState actual) {
        assertThat(actual.parameters().theta()).isEqualTo(expected.parameters().theta());
        assertThat(actual.optimizerState()).isEqualTo(expected.optimizerState());
        assertThat(actual.history()).isEqualTo(expected.history());
    }

    @ParameterizedTest
    @EnumSource(names = {"VALIDATION_LOSS", "VALIDATION_ACCURACY", "LOSS"})
    void theModelIsThatOfTheBestEpoch(EarlyStopping.Metric metric) {
        for (EarlyStopping.Mode better : EarlyStopping.Mode.values()) {
            Job job = new Job(60, 4, 12, 8, new Adam(0.05, null, null, null), 0.1);
            List<Parameters> learned = new ArrayList<>();
            RoundListener listener = new RoundListener() {
                @Override
                public void settled(TrainState state) {
                    if (state.stepInEpoch() == 0) {
                        learned.add(state.parameters().copy());
                    }
                }
            };
            Workers workers = new LocalWorkers(job.setup, job.shards, job.shards);
            EarlyStopping stopping = new EarlyStopping(metric, 3, null, better, null);
            TrainState end = new Trainer(job.setup, job.gradient().apply(workers), workers, stopping, listener)
                    .train(job.setup.initialState(false));
            int best = stopping.best(end.history());
            assertThat(end.learned().theta()).isEqualTo(learned.get(best - 1).theta());
            assertThat(end.learned().buffers()).isEqualTo(learned.get(best - 1).buffers());
            assertThat(end.parameters().theta())
                    .as("what goes on")
                    .isEqualTo(learned.get(end.epoch() - 1).theta());
            EarlyStopping last = new EarlyStopping(metric, 3, null, better, false);
            TrainState notRestored = new Trainer(
                            job.setup, job.gradient().apply(workers), workers, last, new RoundListener() {})
                    .train(job.setup.initialState(false));
            assertThat(notRestored.learned().theta())
                    .isEqualTo(learned.get(end.epoch() - 1).theta());
        }
    }

    @Test
    void learns() {
        Job job = new Job(300, 8, 32, 20, new Adam(0.01, null, null, null), 0.1);
        List<EpochMetrics> history = job.train(job.gradient(), 0).history();
        assertThat(history).hasSize(20);
        assertThat(history.get(19).loss()).isLessThan(0.6 * history.get(0).loss());
        assertThat(history.get(19).validationScore()).isGreaterThan(0.85);
    }

    @Test
    void averagingEveryStepWithPlainSgdIsGradientModeToRounding() {
        Job job = new Job(200, 8, 40, 3, new Sgd(0.1, null, null), 0);
        float[] gradient = job.train(job.gradient(), 0).parameters().theta();
        float[] averaged = job.train(job.averaging(1, new OuterOptimizer.Plain()), 0)
                .parameters()
                .theta();
        for (int i = 0; i < gradient.length; i++) {
            assertThat(averaged[i]).isCloseTo(gradient[i], within(1e-5f));
        }
    }

    @Test
    void anOuterStepOfOneWithoutMomentumIsThePlainMeanToRounding() {
        Job job = new Job(200, 4, 40, 3, new Sgd(0.1, 0.9, null), 0);
        float[] plain = job.train(job.averaging(3, new OuterOptimizer.Plain()), 0)
                .parameters()
                .theta();
        float[] outer = job.train(job.averaging(3, new OuterOptimizer.Nesterov(1.0, 0.0)), 0)
                .parameters()
                .theta();
        for (int i = 0; i < plain.length; i++) {
            assertThat(outer[i]).isCloseTo(plain[i], within(1e-6f));
        }
    }

    @Test
    void theMeanOfLossesIsByRowsNotByShards() {
        Job job = new Job(10, 4, 10, 1, new Sgd(0.1, null, null), 0);
        LossSum sum = new LocalWorkers(job.setup, job.shards, job.shards)
                .validate(job.setup.initialState(false).parameters());
        assertThat(sum.rows()).isEqualTo(10);
        assertThat(sum.weight()).isEqualTo(10);
    }

    @Test
    void aLossThatIsNotFiniteNamesItsPlace() {
        Job job = new Job(64, 4, 16, 5, new Sgd(1e30, null, null), 0);
        assertThatThrownBy(() -> job.train(job.gradient(), 0))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching("the loss is not finite \\((NaN|Infinity)\\) in epoch 1, step \\d, shard \\d.*");
    }
}
