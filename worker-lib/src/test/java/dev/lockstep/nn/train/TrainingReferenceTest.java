package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.EpochReader;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole trainings against the same in double, written from the formulas alone; only the order of the rows is taken from
 * their reader.
 */
class TrainingReferenceTest {
    private static final long SEED = 5;
    private static final int FEATURES = 2;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(FEATURES), Shape.of(1), true, false);
    private static final int ROWS = 23;
    private static final int SHARDS = 3;
    private static final int STEPS = 3;
    private static final int EPOCHS = 2;
    private static final int LOCAL_STEPS = 2;
    private static final double RATE = 0.05;
    private static final double MOMENTUM = 0.9;
    private static final double DECAY = 0.5;
    private static final float[] MEAN = {0.5f, -1};
    private static final float[] STD = {2, 0.5f};
    private static final float TARGET_MEAN = 3;
    private static final float TARGET_STD = 4;
    private static final Scaling SCALING =
            new Scaling(MEAN, STD).withTargets(new Scaling(new float[] {TARGET_MEAN}, new float[] {TARGET_STD}));

    private enum Mode {
        GRADIENT,
        AVERAGING
    }

    /** Features, target and weight. */
    private record Row(double[] x, double target, double weight) {}

    private static List<MemoryShard> shards(int rows, int shards) {
        Random random = new Random(rows);
        float[] packed = new float[rows * LAYOUT.width()];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = i % LAYOUT.width() == LAYOUT.weightOffset()
                    ? 0.5f + random.nextInt(4)
                    : (float) random.nextGaussian();
        }
        return CanonicalOrder.shards(LAYOUT, packed, rows, shards, SEED);
    }

    private static List<Row> rows(MemoryShard shard, long epoch, long step, long steps) {
        Batch batch = new Batch(LAYOUT, shard.rows(), 1);
        new EpochReader(shard, SEED).read(epoch, step, steps, batch);
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            double[] x = new double[FEATURES];
            for (int j = 0; j < FEATURES; j++) {
                x[j] = batch.features().array()[row * FEATURES + j];
            }
            rows.add(new Row(x, batch.targets().array()[row], batch.weights()[row]));
        }
        return rows;
    }

    /** A training with momentum and a rate that falls in every step. */
    private static final class Training {
        final Network network;
        final TrainingPlan plan;
        final ParameterUpdate update;
        final List<MemoryShard> shards = shards(ROWS, SHARDS);
        final List<MemoryShard> validation = shards(11, 2);

        Training(List<LayerSpec> layers) {
            network = Network.bind(new ModelSpec(layers, new MeanSquaredError()), LAYOUT.features());
            plan = new TrainingPlan(SEED, SHARDS, ROWS, 8, EPOCHS);
            update = new ParameterUpdate(
                    network,
                    new Sgd(RATE, MOMENTUM, null),
                    new Schedule.Exponential(DECAY),
                    plan,
                    GradientClipping.NONE);
        }

        TrainState train(Mode mode, Scaling scaling) {
            TrainingSetup setup = new TrainingSetup(
                    new EvaluationSetup(network.spec(), LAYOUT, scaling, plan.seed(), 0), plan, update);
            Workers workers = new LocalWorkers(setup, shards, validation);
            Synchronizer synchronizer = mode == Mode.GRADIENT
                    ? new Synchronizer.Gradient(setup, workers)
                    : new Synchronizer.Averaging(plan, LOCAL_STEPS, new OuterOptimizer.Plain(), workers);
            return new Trainer(setup, synchronizer, workers, null, new RoundListener() {})
                    .train(setup.initialState(false));
        }
    }

    /** A linear function of scaled features: two weights, a bias, their velocities, and the losses that it has seen. */
    private static final class Linear {
        final double[] theta;
        final double[] velocity = new double[FEATURES + 1];
        double loss;
        double weight;

        Linear(double[] theta) {
            this.theta = theta;
        }

        Linear copy() {
            Linear copy = new Linear(theta.clone());
            System.arraycopy(velocity, 0, copy.velocity, 0, velocity.length);
            return copy;
        }

        /** In the units that the network sees. */
        double error(Row row) {
            double y = theta[FEATURES];
            for (int j = 0; j < FEATURES; j++) {
                y += theta[j] * (row.x()[j] - MEAN[j]) / STD[j];
            }
            return y - (row.target() - TARGET_MEAN) / TARGET_STD;
        }

        void step(List<Row> rows, long step) {
            double[] gradient = new double[theta.length];
            double total = 0;
            for (Row row : rows) {
                double error = error(row);
                loss += row.weight() * error * error;
                total += row.weight();
                for (int j = 0; j < FEATURES; j++) {
                    gradient[j] += row.weight() * 2 * error * (row.x()[j] - MEAN[j]) / STD[j];
                }
                gradient[FEATURES] += row.weight() * 2 * error;
            }
            weight += total;
            for (int i = 0; i < theta.length; i++) {
                velocity[i] = MOMENTUM * velocity[i] + gradient[i] / total;
                theta[i] -= rate(step) * velocity[i];
            }
        }

        /** Takes the mean of others by the weights of the rows they have seen, and adds up their losses. */
        void average(List<Linear> others) {
            double total = others.stream().mapToDouble(other -> other.weight).sum();
            for (int i = 0; i < theta.length; i++) {
                theta[i] = 0;
                velocity[i] = 0;
                for (Linear other : others) {
                    theta[i] += other.weight / total * other.theta[i];
                    velocity[i] += other.weight / total * other.velocity[i];
                }
            }
            loss += others.stream().mapToDouble(other -> other.loss).sum();
            weight += total;
        }

        void epoch(Mode mode, List<MemoryShard> shards, int epoch) {
            loss = 0;
            weight = 0;
            for (int step = 0; step < STEPS; step += mode == Mode.GRADIENT ? 1 : LOCAL_STEPS) {
                if (mode == Mode.GRADIENT) {
                    List<Row> all = new ArrayList<>();
                    for (MemoryShard shard : shards) {
                        all.addAll(rows(shard, epoch, step, STEPS));
                    }
                    step(all, (long) epoch * STEPS + step);
                } else {
                    List<Linear> trained = new ArrayList<>();
                    for (MemoryShard shard : shards) {
                        Linear own = copy();
                        for (int local = step; local < Math.min(STEPS, step + LOCAL_STEPS); local++) {
                            own.step(rows(shard, epoch, local, STEPS), (long) epoch * STEPS + local);
                        }
                        trained.add(own);
                    }
                    average(trained);
                }
            }
        }
    }

    private static double rate(long step) {
        return RATE * Math.pow(DECAY, step / (double) STEPS);
    }

    @ParameterizedTest
    @EnumSource
    void parametersAndFiguresFollowTheFormulas(Mode mode) {
        Training training = new Training(List.of(new Dense(1)));
        float[] start = training.network.initialize(SEED).theta();
        TrainState end = training.train(mode, SCALING);
        Linear linear = new Linear(new double[] {start[0], start[1], start[2]});
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            linear.epoch(mode, training.shards, epoch);
            EpochMetrics metrics = end.history().get(epoch);
            double squares = 0;
            double weight = 0;
            for (MemoryShard shard : training.validation) {
                for (Row row : rows(shard, 0, 0, 1)) {
                    squares += row.weight() * Math.pow(TARGET_STD * linear.error(row), 2);
                    weight += row.weight();
                }
            }
            double loss = linear.loss / linear.weight;
            assertThat(metrics.epoch()).isEqualTo(epoch + 1);
            assertThat(metrics.step()).isEqualTo((epoch + 1L) * STEPS);
            // In the target's own unit, as of validation rows.
            assertThat(metrics.loss()).isCloseTo(loss * TARGET_STD * TARGET_STD, within(1e-4));
            assertThat(metrics.score()).isCloseTo(Math.sqrt(loss) * TARGET_STD, within(1e-4));
            assertThat(metrics.validationLoss()).isCloseTo(squares / weight, within(1e-3));
            assertThat(metrics.validationScore()).isCloseTo(Math.sqrt(squares / weight), within(1e-4));
            assertThat(metrics.learningRate()).isCloseTo(rate((epoch + 1L) * STEPS - 1), within(1e-9));
        }
        for (int i = 0; i < start.length; i++) {
            assertThat((double) end.parameters().theta()[i]).isCloseTo(linear.theta[i], within(1e-5));
            assertThat((double) end.optimizerState()[i]).isCloseTo(linear.velocity[i], within(1e-5));
        }
    }

    /**
     * Mean and variance of one feature while training goes on, and the weight of the rows seen since the last average.
     */
    private static final class Running {
        private static final double SHARE = 0.7;

        double mean;
        double variance;
        double weight;

        Running(double mean, double variance) {
            this.mean = mean;
            this.variance = variance;
        }

        void step(List<Row> rows, int feature) {
            double m =
                    rows.stream().mapToDouble(row -> row.x()[feature]).average().orElseThrow();
            double squares = rows.stream()
                    .mapToDouble(row -> Math.pow(row.x()[feature] - m, 2))
                    .sum();
            mean = SHARE * mean + (1 - SHARE) * m;
            variance = SHARE * variance + (1 - SHARE) * squares / Math.max(rows.size() - 1, 1);
            weight += rows.stream().mapToDouble(Row::weight).sum();
        }

        /** The mean and the variance of a mixture. */
        static Running mixture(List<Running> parts) {
            double total = parts.stream().mapToDouble(part -> part.weight).sum();
            double mean =
                    parts.stream().mapToDouble(part -> part.weight * part.mean).sum() / total;
            double squares = parts.stream()
                    .mapToDouble(part -> part.weight * (part.variance + Math.pow(part.mean - mean, 2)))
                    .sum();
            return new Running(mean, squares / total);
        }
    }

    @ParameterizedTest
    @EnumSource
    void runningStatisticsFollowTheFormulas(Mode mode) {
        Training training = new Training(List.of(new BatchNorm(Running.SHARE, null, null, null), new Dense(1)));
        float[] buffers = training.train(mode, Scaling.NONE).parameters().buffers();
        for (int feature = 0; feature < FEATURES; feature++) {
            Running running = new Running(0, 1);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                running = mode == Mode.GRADIENT
                        ? together(running, training.shards, epoch, feature)
                        : apart(running, training.shards, epoch, feature);
            }
            assertThat((double) buffers[2 * feature]).isCloseTo(running.mean, within(1e-5));
            assertThat((double) buffers[2 * feature + 1]).isCloseTo(running.variance, within(1e-5));
        }
    }

    private static Running together(Running running, List<MemoryShard> shards, int epoch, int feature) {
        for (int step = 0; step < STEPS; step++) {
            List<Row> all = new ArrayList<>();
            for (MemoryShard shard : shards) {
                all.addAll(rows(shard, epoch, step, STEPS));
            }
            running.step(all, feature);
        }
        return running;
    }

    private static Running apart(Running start, List<MemoryShard> shards, int epoch, int feature) {
        Running running = start;
        for (int step = 0; step < STEPS; step += LOCAL_STEPS) {
            List<Running> trained = new ArrayList<>();
            for (MemoryShard shard : shards) {
                Running own = new Running(running.mean, running.variance);
                for (int local = step; local < Math.min(STEPS, step + LOCAL_STEPS); local++) {
                    own.step(rows(shard, epoch, local, STEPS), feature);
                }
                trained.add(own);
            }
            running = Running.mixture(trained);
        }
        return running;
    }

    /** Masks, and changes to images, are those of the step, though epochs have steps of the same number. */
    @Test
    void anotherStepDrawsOtherNumbersForTheSameRows() {
        float[] dropped = gradient(new Dropout(0.5), Shape.of(3, 4), Augmentation.NONE, 4);
        float[] moved = gradient(new Flatten(), Shape.of(3, 2, 2), new Augmentation(true, 1), 4);
        assertThat(gradient(new Dropout(0.5), Shape.of(3, 4), Augmentation.NONE, 4))
                .isEqualTo(dropped);
        assertThat(gradient(new Dropout(0.5), Shape.of(3, 4), Augmentation.NONE, 7))
                .isNotEqualTo(dropped);
        assertThat(gradient(new Flatten(), Shape.of(3, 2, 2), new Augmentation(true, 1), 4))
                .isEqualTo(moved);
        assertThat(gradient(new Flatten(), Shape.of(3, 2, 2), new Augmentation(true, 1), 7))
                .isNotEqualTo(moved);
    }

    /** The gradient sum of the second epoch's second step if so many steps precede it. */
    private static float[] gradient(LayerSpec layer, Shape input, Augmentation augmentation, long step) {
        RowLayout layout = new RowLayout(input, Shape.of(1), false, false);
        Random random = new Random(1);
        float[] packed = new float[ROWS * layout.width()];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (float) random.nextGaussian();
        }
        Network network =
                Network.bind(new ModelSpec(List.of(layer, new Flatten(), new Dense(1)), new MeanSquaredError()), input);
        TrainingPlan plan = new TrainingPlan(SEED, 1, ROWS, ROWS, 8, EPOCHS, augmentation, new Compression.None());
        ParameterUpdate update = new ParameterUpdate(
                network, new Sgd(null, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        TrainingSetup setup =
                new TrainingSetup(new EvaluationSetup(network.spec(), layout, Scaling.NONE, SEED, 0), plan, update);
        Rank rank = new Rank(setup, CanonicalOrder.shards(layout, packed, ROWS, 1, SEED));
        return rank.gradients(network.initialize(SEED), new StepPosition(step, 1, 1), null, (first, sums) -> {})
                .get(0)
                .sum()
                .gradient()
                .slice()
                .values();
    }
}
