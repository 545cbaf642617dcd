package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.ClassWeights;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What training with distributions over weights minimises, written in double from the formula alone: {@code (NLL + beta
 * KL r / N) / units}, in which every target that counts is a unit of its weight, {@code r} is what the step's rows
 * weigh and {@code N} what all rows weigh.
 */
class EvidenceLowerBoundTest {
    private static final long SEED = 7;
    private static final long STEP = 3;
    private static final int ROWS = 6;
    private static final double ALL_ROWS_WEIGH = 40;
    private static final double PRIOR_SIGMA = 0.5;
    private static final double RATE = 0.1;
    private static final double DIFFERENCE = 1 / 256.0;

    /** The negative log-likelihood of one row's valid outputs, and in how many units of weight. */
    @FunctionalInterface
    private interface Likelihood {
        /** Adds {nll, units} of a row of weight 1. */
        double[] of(double[] outputs, double[] targets);
    }

    /** A network of one layer. */
    private record Case(String name, Loss loss, RowLayout layout, int units, int ensemble, Likelihood likelihood) {
        @Override
        public String toString() {
            return name;
        }

        Network network(Estimator estimator) {
            LayerSpec layer = new VariationalDense(units, null, estimator, new Prior.Gaussian(PRIOR_SIGMA), 0.3, null);
            return Network.bind(new ModelSpec(List.of(layer), loss, null, null, null, ensemble), layout.features());
        }

        /** Rows of unequal weight and length, if there are any. */
        float[] rows(int count) {
            Random random = new Random(3);
            float[] packed = new float[count * layout.width()];
            for (int i = 0; i < packed.length; i++) {
                int at = i % layout.width();
                if (at < layout.targetOffset()) {
                    packed[i] = (float) random.nextGaussian();
                } else if (at == layout.weightOffset()) {
                    packed[i] = 0.5f + random.nextInt(3);
                } else if (at == layout.lengthOffset()) {
                    packed[i] = 1 + random.nextInt(layout.features().dimension(0));
                } else {
                    packed[i] = random.nextInt(2);
                }
            }
            return packed;
        }
    }

    private static final double[] CLASS_WEIGHTS = {0.25, 3, 1};

    static final List<Case> CASES = List.of(
            new Case("classes", new CrossEntropy(), layout(Shape.of(2), 1, false, false), 3, 1, (z, t) ->
                    new double[] {surprise(z, 0, 3, (int) t[0]), 1}),
            new Case(
                    "rows and classes of unequal weight",
                    new CrossEntropy(0.0, ClassWeights.of(List.of(0.25, 3.0, 1.0))),
                    layout(Shape.of(2), 1, true, false),
                    3,
                    1,
                    (z, t) -> {
                        double weight = CLASS_WEIGHTS[(int) t[0]];
                        return new double[] {weight * surprise(z, 0, 3, (int) t[0]), weight};
                    }),
            new Case(
                    "text: a class a step", new CrossEntropy(), layout(Shape.of(9, 2), 9, true, true), 3, 1, (z, t) -> {
                        double nll = 0;
                        for (int step = 0; step < z.length / 3; step++) {
                            nll += surprise(z, 3 * step, 3, (int) t[step]);
                        }
                        return new double[] {nll, z.length / 3.0};
                    }),
            new Case(
                    "autoencoder of numbers",
                    new MeanSquaredError(),
                    layout(Shape.of(3), 8, false, false),
                    8,
                    1,
                    (y, t) -> new double[] {squares(y, t), 8}),
            new Case(
                    "autoencoder of bits",
                    new BinaryCrossEntropy(ClassWeights.of(List.of(0.5, 2.0))),
                    layout(Shape.of(3), 8, true, false),
                    8,
                    1,
                    (z, t) -> {
                        double[] sums = {0, 0};
                        for (int j = 0; j < z.length; j++) {
                            double weight = t[j] == 1 ? 2 : 0.5;
                            sums[0] += weight * Math.log1p(Math.exp(t[j] == 1 ? -z[j] : z[j]));
                            sums[1] += weight;
                        }
                        return sums;
                    }),
            new Case(
                    "means and variances at each step",
                    new GaussianNll(),
                    layout(Shape.of(4, 2), 8, true, true),
                    4,
                    1,
                    (y, t) -> {
                        double nll = 0;
                        for (int i = 0; i < y.length / 2; i++) {
                            int at = i / 2 * 4 + i % 2;
                            double variance = Math.log1p(Math.exp(y[at + 2])) + 1e-6;
                            double error = y[at] - t[i];
                            nll += 0.5 * (Math.log(2 * Math.PI * variance) + error * error / variance);
                        }
                        return new double[] {nll, y.length / 2.0};
                    }),
            new Case("an ensemble", new MeanSquaredError(), layout(Shape.of(2), 3, true, false), 3, 2, (y, t) ->
                    new double[] {squares(y, t), 3}));

    private static RowLayout layout(Shape features, int targets, boolean weighted, boolean sequences) {
        return new RowLayout(features, Shape.of(targets), weighted, sequences);
    }

    private static double surprise(double[] logits, int at, int classes, int label) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits[at + k]);
        }
        return Math.log(sum) - logits[at + label];
    }

    private static double squares(double[] y, double[] t) {
        double sum = 0;
        for (int j = 0; j < y.length; j++) {
            sum += (y[j] - t[j]) * (y[j] - t[j]);
        }
        return sum;
    }

    /** {@code KL(N(m, s^2) || N(0, 0.5^2))}, summed over all weights of all members. */
    private static double divergence(Network network, float[] theta) {
        double sum = 0;
        for (Posterior posterior : network.posteriors()) {
            for (int i = 0; i < posterior.length(); i++) {
                double m = theta[posterior.mean() + i];
                double s = Math.log1p(Math.exp(theta[posterior.rho() + i]));
                sum += Math.log(PRIOR_SIGMA / s) + (s * s + m * m) / (2 * PRIOR_SIGMA * PRIOR_SIGMA) - 0.5;
            }
        }
        return sum;
    }

    /** The rows of one step of a longer training. */
    private static final class Step {
        final Case problem;
        final Network network;
        final float[] theta;
        private final Parameters parameters;
        private final Replica replica;

        Step(Case problem, Estimator estimator) {
            this.problem = problem;
            network = problem.network(estimator);
            parameters = network.initialize(SEED);
            theta = parameters.theta();
            replica = new Replica(network, problem.layout(), ROWS, 1);
            Batch batch = replica.batch();
            batch.beginShard();
            float[] packed = problem.rows(ROWS);
            for (int row = 0; row < ROWS; row++) {
                batch.addRow(packed, row * problem.layout().width(), 0);
            }
            batch.endShard();
        }

        private void forward() {
            replica.beginTraining(SEED, STEP, 0);
            replica.forward(parameters);
        }

        /** The sums of all rows, as a step's backward pass leaves them. */
        LossSum sums(float[] gradient) {
            forward();
            LossSum losses = LossSum.ZERO.plusRows(
                    replica.lossAndGradient(), replica.batch().weights(), 0, ROWS);
            replica.backward(
                    parameters, new Gradient(List.of(new Gradient.Node(0, 1, gradient, new double[0]))), first -> {});
            return losses;
        }

        /** The objectives of the members, added: each has parameters of its own. */
        double objective(double beta) {
            forward();
            double nll = 0;
            double units = 0;
            double rowWeight = 0;
            Batch batch = replica.batch();
            int[] lengths = batch.lengths();
            for (int row = 0; row < ROWS; row++) {
                double share = lengths == null
                        ? 1
                        : (double) lengths[row] / problem.layout().features().dimension(0);
                double[] target = doubles(
                        batch.targets().array(), row, batch.targets().shape().size(), share);
                rowWeight += batch.weights()[row];
                for (int member = 0; member < replica.members(); member++) {
                    float[] outputs = replica.output(member).array();
                    double[] output = doubles(outputs, row, network.output().size(), share);
                    double[] sums = problem.likelihood().of(output, target);
                    nll += batch.weights()[row] * sums[0];
                    units += batch.weights()[row] * sums[1] / replica.members();
                }
            }
            return (nll + beta * divergence(network, theta) * rowWeight / ALL_ROWS_WEIGH) / units;
        }

        private static double[] doubles(float[] values, int row, int size, double share) {
            double[] copy = new double[(int) Math.round(size * share)];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = values[row * size + i];
            }
            return copy;
        }

        double slope(int i, double beta) {
            float value = theta[i];
            theta[i] = (float) (value + DIFFERENCE);
            double above = objective(beta);
            theta[i] = (float) (value - DIFFERENCE);
            double below = objective(beta);
            theta[i] = value;
            return (above - below) / (2 * DIFFERENCE);
        }
    }

    private static ParameterUpdate update(Network network, KlWeight klWeight, TrainingPlan plan) {
        return new ParameterUpdate(
                network, new Sgd(RATE, null, null), new Schedule.Constant(), plan, GradientClipping.NONE, klWeight);
    }

    private static void assertFollows(Case problem, KlWeight klWeight, double beta) {
        Step step = new Step(problem, Estimator.FLIPOUT);
        float[] before = step.theta.clone();
        double[] slopes = new double[before.length];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = step.slope(i, beta);
        }
        TrainingPlan plan = new TrainingPlan(SEED, 1, 30, 5, 4).withRowWeight(ALL_ROWS_WEIGH);
        float[] gradient = new float[before.length];
        LossSum losses = step.sums(gradient);
        update(step.network, klWeight, plan)
                .apply(STEP, List.of(), step.theta, GradientVector.whole(gradient), losses, new float[0]);
        for (int i = 0; i < slopes.length; i++) {
            assertThat((before[i] - step.theta[i]) / RATE)
                    .as("parameter %d", i)
                    .isCloseTo(slopes[i], within(2e-4 * (1 + Math.abs(slopes[i]))));
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void aStepFollowsTheNegativeEvidenceLowerBound(Case problem) {
        assertFollows(problem, KlWeight.ONE, 1);
    }

    /** In a training of 6 steps an epoch; step 3 is the fourth. */
    @ParameterizedTest
    @FieldSource("CASES")
    void theDivergenceCanCountForMoreOrLess(Case problem) {
        assertFollows(problem, new KlWeight(3.0, null), 3);
        assertFollows(problem, new KlWeight(0.0, null), 0);
        assertFollows(problem, new KlWeight(2.0, new Schedule.Warmup(2, null)), 2 * 4 / 12.0);
    }

    /** A training over all rows from one state on, and the figures of its only epoch. */
    private static TrainState trained(Case problem, float[] rows, int steps) {
        return trained(problem, rows, steps, false);
    }

    private static TrainState trained(Case problem, float[] rows, int steps, boolean averaging) {
        RowLayout layout = problem.layout();
        int count = rows.length / layout.width();
        List<MemoryShard> shards = CanonicalOrder.shards(layout, rows, count, 3, SEED);
        double rowWeight = 0;
        for (MemoryShard shard : shards) {
            rowWeight += shard.rowWeight();
        }
        TrainingPlan plan = new TrainingPlan(SEED, 3, count, (count + steps - 1) / steps, 1).withRowWeight(rowWeight);
        Network network = problem.network(Estimator.REPARAMETERIZATION);
        TrainingSetup setup = new TrainingSetup(
                new EvaluationSetup(network.spec(), layout, Scaling.NONE, SEED, 0),
                plan,
                update(network, KlWeight.ONE, plan));
        Workers workers = new LocalWorkers(setup, shards, List.of());
        Synchronizer synchronizer = averaging
                ? new Synchronizer.Averaging(plan, 1, new OuterOptimizer.Plain(), workers)
                : new Synchronizer.Gradient(setup, workers);
        return new Trainer(setup, synchronizer, workers, null, new RoundListener() {}).train(setup.initialState(false));
    }

    /** A shard that trains alone weighs the divergence by its own rows. */
    @ParameterizedTest
    @FieldSource("CASES")
    void averagingAfterEachStepIsGradientMode(Case problem) {
        float[] together =
                trained(problem, problem.rows(31), 2, false).parameters().theta();
        float[] alone = trained(problem, problem.rows(31), 2, true).parameters().theta();
        for (int i = 0; i < together.length; i++) {
            assertThat((double) alone[i]).as("parameter %d", i).isCloseTo(together[i], within(2e-6));
        }
    }

    static List<Case> weighted() {
        return CASES.stream().filter(problem -> problem.layout().weighted()).toList();
    }

    /** Weights are drawn once a step, so that equal rows see equal noise. */
    @ParameterizedTest
    @MethodSource("weighted")
    void aRowOfWeightThreeIsThreeRows(Case problem) {
        int width = problem.layout().width();
        float[] heavy = problem.rows(11);
        float[] thrice = new float[3 * heavy.length];
        for (int row = 0; row < 11; row++) {
            heavy[row * width + problem.layout().weightOffset()] = 3;
            for (int copy = 0; copy < 3; copy++) {
                int at = (3 * row + copy) * width;
                System.arraycopy(heavy, row * width, thrice, at, width);
                thrice[at + problem.layout().weightOffset()] = 1;
            }
        }
        TrainState one = trained(problem, heavy, 1);
        TrainState other = trained(problem, thrice, 1);
        float[] start =
                problem.network(Estimator.REPARAMETERIZATION).initialize(SEED).theta();
        assertThat(one.parameters().theta()).isNotEqualTo(start);
        for (int i = 0; i < start.length; i++) {
            assertThat((double) one.parameters().theta()[i])
                    .as("parameter %d", i)
                    .isCloseTo(other.parameters().theta()[i], within(1e-6));
        }
        assertThat(one.history().get(0).divergence())
                .isCloseTo(other.history().get(0).divergence(), within(1e-6));
        assertThat(one.history().get(0).loss()).isCloseTo(other.history().get(0).loss(), within(1e-6));
    }

    /** The steps of an epoch have the whole divergence between them, whatever each of them weighs. */
    @ParameterizedTest
    @FieldSource("CASES")
    void lossAndDivergenceAreReportedInOneUnit(Case problem) {
        TrainState end = trained(problem, problem.rows(31), 4);
        EpochMetrics metrics = end.history().get(0);
        assertThat(metrics.bayesian()).isTrue();
        double units = 0;
        float[] rows = problem.rows(31);
        for (int row = 0; row < 31; row++) {
            units += units(problem, rows, row);
        }
        Network network = problem.network(Estimator.REPARAMETERIZATION);
        double expected = divergence(network, end.parameters().theta()) / problem.ensemble() / units;
        assertThat(metrics.divergence()).isCloseTo(expected, within(1e-6 * expected));
    }

    private static double units(Case problem, float[] rows, int row) {
        RowLayout layout = problem.layout();
        int at = row * layout.width();
        int steps = layout.features().rank() == 2 ? layout.features().dimension(0) : 1;
        int length = layout.sequences() ? (int) rows[at + layout.lengthOffset()] : steps;
        int targets = layout.target().size() * length / steps;
        double[] target = new double[targets];
        for (int i = 0; i < targets; i++) {
            target[i] = rows[at + layout.targetOffset() + i];
        }
        double weight = layout.weighted() ? rows[at + layout.weightOffset()] : 1;
        int outputs = problem.units() * length;
        return weight * problem.likelihood().of(new double[outputs], target)[1];
    }

    @Test
    void aNetworkOfNumbersHasNoDivergence() {
        ModelSpec spec = new ModelSpec(List.of(new Dense(1)), new MeanSquaredError());
        Network network = Network.bind(spec, Shape.of(2));
        ParameterUpdate update = update(network, KlWeight.ONE, new TrainingPlan(SEED, 1, 1, 1, 1));
        assertThat(update.divergence(1, new float[3], new LossSum(1, 1, 1, 1, 1, 1)))
                .isNaN();
    }

    /** Of a prior without a closed form it is an estimate, that of many weights a good one. */
    @Test
    void theDivergenceFromAMixtureIsTheIntegral() {
        Prior.ScaleMixture prior = new Prior.ScaleMixture(0.25, 1.0, 0.1);
        ModelSpec spec = new ModelSpec(
                List.of(new VariationalDense(4000, null, null, prior, 0.2, null)), new MeanSquaredError());
        Network network = Network.bind(spec, Shape.of(5));
        float[] theta = network.initialize(SEED).theta();
        Posterior posterior = network.posteriors().get(0);
        Arrays.fill(theta, posterior.mean(), posterior.mean() + posterior.length(), 0.3f);
        double integral = 0;
        int cells = 4000;
        for (int i = 0; i < cells; i++) {
            double e = -8 + 16 * (i + 0.5) / cells;
            double w = 0.3 + 0.2 * e;
            double p = Stream.of(new double[] {0.25, 1}, new double[] {0.75, 0.1})
                    .mapToDouble(part -> part[0] * density(w / part[1]) / part[1])
                    .sum();
            integral += density(e) * (Math.log(density(e) / 0.2) - Math.log(p)) * 16 / cells;
        }
        assertThat(posterior.divergence(SEED, 9, theta) / posterior.length())
                .isCloseTo(integral, within(0.03 * integral));
    }

    private static double density(double e) {
        return Math.exp(-e * e / 2) / Math.sqrt(2 * Math.PI);
    }
}
