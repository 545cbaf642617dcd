package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Averages over the weights of the steps: their values, their bits in every mode and after a stop, their statistics.
 */
class WeightAverageTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(4), Shape.of(1), false, false);
    private static final int ROWS = 50;
    private static final int SHARDS = 5;
    private static final WeightAverage EMA = new WeightAverage.Ema(0.8);
    private static final WeightAverage SWA = new WeightAverage.Swa(0.5, 2);

    private static float[] rows() {
        Random random = new Random(6);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int i = 0; i < values.length; i++) {
            boolean label = i % LAYOUT.width() == LAYOUT.targetOffset();
            values[i] = label ? random.nextInt(2) : (float) (3 + 2 * random.nextGaussian());
        }
        return values;
    }

    private static final List<MemoryShard> SHARDED = CanonicalOrder.shards(LAYOUT, rows(), ROWS, SHARDS, 2);

    /** Three epochs of five steps. */
    private record Job(TrainingSetup setup) {
        static Job of(WeightAverage average, Double maxNorm) {
            ModelSpec spec = new ModelSpec(
                    List.of(
                            new BatchNorm(null, null, null, null),
                            new Dense(5, new Activation.Tanh()),
                            new BatchNorm(null, null, null, null),
                            new Dropout(0.2),
                            new Dense(2)),
                    new CrossEntropy(),
                    null,
                    null,
                    maxNorm,
                    null);
            TrainingPlan plan = new TrainingPlan(2, SHARDS, ROWS, 10, 3);
            Network network = Network.bind(spec, LAYOUT.features());
            ParameterUpdate update = new ParameterUpdate(
                            network,
                            new Adam(0.05, null, null, null),
                            new Schedule.Constant(),
                            plan,
                            GradientClipping.NONE)
                    .averaging(average);
            return new Job(new TrainingSetup(new EvaluationSetup(spec, LAYOUT, Scaling.NONE, 2, 0), plan, update));
        }

        Synchronizer averaging(Workers workers) {
            return new Synchronizer.Averaging(setup.plan(), 3, new OuterOptimizer.Nesterov(null, null), workers);
        }

        TrainState train(
                Function<SplitWorkers, Synchronizer> mode, TrainState begin, RoundListener listener, int... starts) {
            SplitWorkers workers = new SplitWorkers(setup, SHARDED, starts);
            return new Trainer(setup, mode.apply(workers), workers, null, listener).train(begin);
        }

        TrainState train(Function<SplitWorkers, Synchronizer> mode, boolean outerMomentum, int... starts) {
            return train(mode, setup.initialState(outerMomentum), new RoundListener() {}, starts);
        }
    }

    private static void assertSameModel(TrainState actual, TrainState expected) {
        assertThat(actual.learned().theta()).isEqualTo(expected.learned().theta());
        assertThat(actual.learned().buffers()).isEqualTo(expected.learned().buffers());
    }

    @Test
    void theBitsAreTheSameInAnyRanks() {
        for (WeightAverage average : List.of(EMA, SWA)) {
            Job job = Job.of(average, null);
            TrainState one = job.train(workers -> new Synchronizer.Gradient(job.setup(), workers), false, 0);
            TrainState many = job.train(workers -> new Synchronizer.Gradient(job.setup(), workers), false, 0, 2, 3);
            assertSameModel(many, one);
            assertSameModel(
                    job.train(workers -> new ThreadedAllReduce(job.setup(), workers.ranks()), false, 0, 2), one);
            assertThat(one.learned().theta()).isNotEqualTo(one.parameters().theta());
            TrainState averaged = job.train(job::averaging, true, 0);
            assertSameModel(job.train(job::averaging, true, 0, 1, 4), averaged);
            assertThat(averaged.learned().theta()).isNotEqualTo(one.learned().theta());
        }
    }

    @Test
    void aStopOnTheWayChangesNothing() {
        for (WeightAverage average : List.of(EMA, SWA)) {
            Job job = Job.of(average, null);
            List<TrainState> states = new ArrayList<>();
            RoundListener listener = new RoundListener() {
                @Override
                public void settled(TrainState state) {
                    states.add(state.copy());
                }
            };
            Function<SplitWorkers, Synchronizer> mode = workers -> new Synchronizer.Gradient(job.setup(), workers);
            TrainState whole = job.train(mode, job.setup().initialState(false), listener, 0);
            for (int from : new int[] {3, 8, states.size() - 1}) {
                assertSameModel(job.train(mode, states.get(from).copy(), new RoundListener() {}, 0), whole);
            }
        }
    }

    /** The weights of the steps, put together by the definition. */
    @Test
    void theAveragesAreThoseOfTheSteps() {
        for (WeightAverage average : List.of(EMA, SWA)) {
            Job job = Job.of(average, null);
            List<float[]> thetas = new ArrayList<>();
            RoundListener listener = new RoundListener() {
                @Override
                public void round(TrainState state) {
                    thetas.add(state.parameters().theta().clone());
                }
            };
            TrainState end = job.train(
                    workers -> new Synchronizer.Gradient(job.setup(), workers),
                    job.setup().initialState(false),
                    listener,
                    0);
            assertThat(thetas).hasSize(15);
            double[] expected = new double[end.parameters().theta().length];
            double total = 0;
            for (int t = 1; t <= 15; t++) {
                // Half of 15 steps are over after 7: the even ones from 8 on.
                double weight = average == EMA ? Math.pow(0.8, 15 - t) : t >= 8 && t % 2 == 0 ? 1 : 0;
                total += weight;
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += weight * thetas.get(t - 1)[i];
                }
            }
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) end.learned().theta()[i])
                        .as("%s of element %d", average, i)
                        .isCloseTo(expected[i] / total, within(2e-6));
            }
        }
    }

    /** The first layer's inputs are the rows themselves. */
    @Test
    void theStatisticsAreThoseOfAllRows() {
        Job job = Job.of(EMA, null);
        TrainState end = job.train(workers -> new Synchronizer.Gradient(job.setup(), workers), false, 0);
        Moments all = null;
        for (MemoryShard shard : SHARDED) {
            Moments own = Moments.ofFeatures(shard, LAYOUT);
            all = all == null || own == null ? own : all.merge(own);
        }
        for (int feature = 0; feature < 4; feature++) {
            double unbiased = all.variance(feature) * ROWS / (ROWS - 1);
            assertThat((double) end.learned().buffers()[2 * feature]).isCloseTo(all.mean(feature), within(1e-5));
            assertThat((double) end.learned().buffers()[2 * feature + 1]).isCloseTo(unbiased, within(1e-4));
        }
        assertThat(end.learned().buffers()).isNotEqualTo(end.parameters().buffers());
    }

    @Test
    void boundsHoldForTheAverage() {
        Job job = Job.of(EMA, 0.3);
        TrainState end = job.train(workers -> new Synchronizer.Gradient(job.setup(), workers), false, 0);
        float[] theta = end.learned().theta().clone();
        job.setup().update().boundWeights(theta);
        assertThat(theta).containsExactly(end.learned().theta(), within(1e-6f));
    }

    @Test
    void shares() {
        Horizon horizon = new Horizon(10, 100);
        WeightAverage byEpochs = new WeightAverage.Swa(null, null);
        assertThat(byEpochs.share(3, horizon)).as("not yet").isEqualTo(1);
        assertThat(byEpochs.share(79, horizon))
                .as("the first epoch after three quarters")
                .isEqualTo(1);
        assertThat(byEpochs.share(84, horizon)).as("between epochs").isZero();
        assertThat(byEpochs.share(89, horizon)).isEqualTo(0.5);
        assertThat(byEpochs.share(99, horizon)).isEqualTo(1 / 3.0);
        assertThat(new WeightAverage.Ema(null).share(0, horizon)).isEqualTo(1);
        assertThatThrownBy(() -> new WeightAverage.Ema(1.0)).hasMessageStartingWith("decay: expected a number from 0");
    }

    @Test
    void theBestEpochIsNotTheAverage() {
        Job job = Job.of(EMA, null);
        SplitWorkers workers = new SplitWorkers(job.setup(), SHARDED, 0);
        EarlyStopping stopping = new EarlyStopping(EarlyStopping.Metric.LOSS, 3);
        Trainer trainer = new Trainer(
                job.setup(),
                new Synchronizer.Gradient(job.setup(), workers),
                workers,
                stopping,
                new RoundListener() {});
        assertThatThrownBy(() -> trainer.train(job.setup().initialState(false)))
                .hasMessageStartingWith("restoreBest: the model is the average of the weights");
    }
}
