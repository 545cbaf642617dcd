package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanAbsoluteError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.posterior.Laplace;
import dev.lockstep.nn.posterior.Sgld;
import dev.lockstep.nn.posterior.Swag;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Distributions over the parameters of a trained network: against their definitions, where those are known in closed
 * form against them, and to the same bits in any ranks and after a stop.
 */
class WeightPosteriorTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(3), Shape.of(1), false, false);
    private static final int ROWS = 40;
    private static final int SHARDS = 5;
    private static final double SIGMA = 0.5;
    private static final Loss GIVEN = new GaussianNll(GaussianNll.Variance.GIVEN, SIGMA);
    private static final WeightPosterior SWAG = new Swag(0.4, 2, 3);
    private static final WeightPosterior SGLD = new Sgld(0.4, 2, 3);
    private static final Optimizer ADAM = new Adam(0.03, null, null, null);
    private static final Optimizer PLAIN = new Sgd(0.05, null, null);

    private static float[] rows() {
        Random random = new Random(6);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            float sum = 0.3f;
            for (int i = 0; i < 3; i++) {
                float x = (float) random.nextGaussian();
                values[row * LAYOUT.width() + i] = x;
                sum += (i - 0.7f) * x;
            }
            values[row * LAYOUT.width() + LAYOUT.targetOffset()] = (float) (sum + SIGMA * random.nextGaussian());
        }
        return values;
    }

    private static final List<MemoryShard> SHARDED = CanonicalOrder.shards(LAYOUT, rows(), ROWS, SHARDS, 2);

    private static List<LayerSpec> layers(LayerSpec... layers) {
        return List.of(layers);
    }

    private static final List<LayerSpec> HIDDEN = layers(new Dense(4, new Activation.Tanh()), new Dense(1));

    /** A training and the distribution that it ends with. */
    private record Job(TrainingSetup setup, WeightPosterior posterior) {
        static Job of(ModelSpec spec, WeightPosterior posterior, Optimizer optimizer, int batch, int epochs) {
            TrainingPlan plan = new TrainingPlan(2, SHARDS, ROWS, batch, epochs);
            Network network = Network.bind(spec, LAYOUT.features());
            ParameterUpdate update = new ParameterUpdate(
                            network, optimizer, new Schedule.Constant(), plan, GradientClipping.NONE)
                    .towards(posterior);
            return new Job(
                    new TrainingSetup(new EvaluationSetup(spec, LAYOUT, Scaling.NONE, 2, 0), plan, update), posterior);
        }

        /** Four epochs of five steps. */
        static Job small(WeightPosterior posterior) {
            return of(new ModelSpec(HIDDEN, GIVEN), posterior, posterior == SGLD ? PLAIN : ADAM, 8, 4);
        }

        Synchronizer averaging(Workers workers) {
            return new Synchronizer.Averaging(setup.plan(), 3, new OuterOptimizer.Plain(), workers);
        }

        Parameters train(
                Function<SplitWorkers, Synchronizer> mode, TrainState begin, RoundListener listener, int... starts) {
            SplitWorkers workers = new SplitWorkers(setup, SHARDED, starts);
            TrainState end = new Trainer(setup, mode.apply(workers), workers, null, listener).train(begin);
            return posterior
                    .fit(setup.network(), workers::curvature, end.learned())
                    .parameters();
        }

        Parameters train(Function<SplitWorkers, Synchronizer> mode, int... starts) {
            return train(mode, setup.initialState(false), new RoundListener() {}, starts);
        }

        Parameters train(int... starts) {
            return train(workers -> new Synchronizer.Gradient(setup, workers), starts);
        }
    }

    private static float[] values(Parameters parameters) {
        assertThat(parameters.spread()).isNotNull();
        return parameters.spread().values();
    }

    private static void assertSame(Parameters actual, Parameters expected) {
        assertThat(actual.theta()).isEqualTo(expected.theta());
        assertThat(values(actual)).isEqualTo(values(expected));
        assertThat(actual.spread().form()).isEqualTo(expected.spread().form());
    }

    @Test
    void theBitsAreTheSameInAnyRanks() {
        for (WeightPosterior posterior : List.of(SWAG, SGLD, new Laplace(null))) {
            Job job = Job.small(posterior);
            Parameters one = job.train(0);
            assertSame(job.train(0, 2, 3), one);
            assertSame(job.train(workers -> new ThreadedAllReduce(job.setup(), workers.ranks()), 0, 2), one);
            Parameters averaged = job.train(job::averaging, 0);
            assertSame(job.train(job::averaging, 0, 1, 4), averaged);
            assertThat(values(averaged)).isNotEqualTo(values(one));
        }
    }

    @Test
    void aStopOnTheWayChangesNothing() {
        for (WeightPosterior posterior : List.of(SWAG, SGLD, new Laplace(2.0))) {
            Job job = Job.small(posterior);
            List<TrainState> states = new ArrayList<>();
            RoundListener listener = new RoundListener() {
                @Override
                public void settled(TrainState state) {
                    states.add(state.copy());
                }
            };
            Function<SplitWorkers, Synchronizer> mode = workers -> new Synchronizer.Gradient(job.setup(), workers);
            Parameters whole = job.train(mode, job.setup().initialState(false), listener, 0);
            for (int from : new int[] {3, 12, states.size() - 1}) {
                assertSame(job.train(mode, states.get(from).copy(), new RoundListener() {}, 0), whole);
            }
        }
    }

    /** Of 20 steps the even ones after 8 are taken, the last three of them kept: 16, 18 and 20. */
    @Test
    void whatIsKeptAreTheWeightsOfTheSteps() {
        for (WeightPosterior posterior : List.of(SWAG, SGLD)) {
            Job job = Job.small(posterior);
            List<float[]> thetas = new ArrayList<>();
            RoundListener listener = new RoundListener() {
                @Override
                public void round(TrainState state) {
                    thetas.add(state.parameters().theta().clone());
                }
            };
            Parameters end = job.train(
                    workers -> new Synchronizer.Gradient(job.setup(), workers),
                    job.setup().initialState(false),
                    listener,
                    0);
            assertThat(thetas).hasSize(20);
            int n = end.theta().length;
            int[] kept = {16, 18, 20};
            for (int i = 0; i < n; i++) {
                double mean = 0;
                double squares = 0;
                for (int t = 10; t <= 20; t += 2) {
                    double value = thetas.get(t - 1)[i];
                    mean += value / 6;
                    squares += value * value / 6;
                }
                assertThat((double) end.theta()[i]).isCloseTo(mean, within(2e-6));
                boolean swag = posterior == SWAG;
                if (swag) {
                    double deviation = Math.sqrt((squares - mean * mean) / 2);
                    assertThat((double) values(end)[i]).isCloseTo(deviation, within(1e-4 * deviation + 1e-5));
                }
                for (int k = 0; k < 3; k++) {
                    double direction = (thetas.get(kept[k] - 1)[i] - mean) / (swag ? 2 : 1);
                    // The fourth of six takes the place of the first.
                    assertThat((double) values(end)[n * (k + (swag ? 1 : 0)) + i])
                            .isCloseTo(direction, within(2e-6));
                }
            }
        }
    }

    /** Samples are those that were kept, in turn. */
    @Test
    void samplesOfAChainAreItsWeights() {
        Parameters end = Job.small(SGLD).train(0);
        Parameters first = end.sample(2, 1);
        assertThat(first.theta())
                .isNotEqualTo(end.theta())
                .isNotEqualTo(end.sample(2, 2).theta());
        assertThat(first.theta())
                .isEqualTo(end.sample(2, 4).theta())
                .isEqualTo(end.sample(77, 1).theta());
        for (int i = 0; i < first.theta().length; i++) {
            assertThat(first.theta()[i]).isEqualTo(Math.fma(1f, values(end)[i], end.theta()[i]));
        }
    }

    /** Mean and covariance of drawn parameters against those that the values stand for. */
    @Test
    void samplesHaveTheMoments() {
        Parameters end = Job.small(SWAG).train(0);
        int n = end.theta().length;
        int samples = 4000;
        double[] mean = new double[n];
        double[][] products = new double[n][n];
        for (int sample = 1; sample <= samples; sample++) {
            float[] drawn = end.sample(2, sample).theta();
            for (int i = 0; i < n; i++) {
                double off = drawn[i] - (double) end.theta()[i];
                mean[i] += off / samples;
                for (int j = 0; j < n; j++) {
                    products[i][j] += off * (drawn[j] - (double) end.theta()[j]) / samples;
                }
            }
        }
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(mean[i])).isLessThan(5 * Math.sqrt(covariance(end, i, i) / samples));
            for (int j = 0; j < n; j++) {
                double scale = Math.sqrt(covariance(end, i, i) * covariance(end, j, j));
                assertThat(products[i][j]).isCloseTo(covariance(end, i, j), within(0.11 * scale));
            }
        }
    }

    private static double covariance(Parameters parameters, int i, int j) {
        Spread.Block block = parameters.spread().form().blocks().get(0);
        int n = block.length();
        double sum = 0;
        int at = 0;
        if (block.deviations()) {
            sum += i == j ? (double) values(parameters)[i] * values(parameters)[i] : 0;
            at = n;
        }
        for (int k = 0; k < block.rank(); k++) {
            sum += (double) values(parameters)[at + k * n + i] * values(parameters)[at + k * n + j];
        }
        return sum;
    }

    /** {@code X^T X / sigma^2} over all rows, the bias last. */
    private static double[][] information() {
        double[][] sums = new double[4][4];
        float[] values = rows();
        for (int row = 0; row < ROWS; row++) {
            double[] x = {1, 1, 1, 1};
            for (int i = 0; i < 3; i++) {
                x[i] = values[row * LAYOUT.width() + i];
            }
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    sums[i][j] += x[i] * x[j] / (SIGMA * SIGMA);
                }
            }
        }
        return sums;
    }

    /** A linear model with known noise has this very posterior: its covariance times its precision is 1. */
    @Test
    void laplaceIsExactForALinearModel() {
        double precision = 3;
        Job job = Job.of(new ModelSpec(layers(new Dense(1)), GIVEN), new Laplace(precision), ADAM, 8, 2);
        Parameters end = job.train(0, 3);
        double[][] information = information();
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                double product = 0;
                for (int k = 0; k < 4; k++) {
                    double element = information[k][j] + (k == j ? precision : 0);
                    product += covariance(end, i, k) * element;
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-4));
            }
        }
    }

    /** {@code log p(D | p)} of a linear model up to what does not depend on p. */
    private static double evidence(double[][] information, float[] theta, double p) {
        double[][] a = new double[4][4];
        double value = 0;
        for (int i = 0; i < 4; i++) {
            a[i] = information[i].clone();
            a[i][i] += p;
            value += 0.5 * Math.log(p) - 0.5 * p * theta[i] * theta[i];
        }
        for (int i = 0; i < 4; i++) {
            for (int row = i + 1; row < 4; row++) {
                double factor = a[row][i] / a[i][i];
                for (int j = i; j < 4; j++) {
                    a[row][j] -= factor * a[i][j];
                }
            }
            value -= 0.5 * Math.log(a[i][i]);
        }
        return value;
    }

    @Test
    void thePrecisionHasTheGreatestMarginalLikelihood() {
        Job job = Job.of(new ModelSpec(layers(new Dense(1)), GIVEN), new Laplace(null), ADAM, 8, 10);
        Parameters end = job.train(0);
        double[][] information = information();
        // The first element of the covariance tells the precision that was found.
        double found = 0;
        for (double p = 1e-2; p < 1e3; p *= 1.0005) {
            Parameters given = new Laplace(p)
                    .fit(job.setup().network(), new SplitWorkers(job.setup(), SHARDED, 0)::curvature, end.with(null))
                    .parameters();
            if (covariance(given, 0, 0) <= covariance(end, 0, 0)) {
                found = p;
                break;
            }
        }
        double best = evidence(information, end.theta(), found);
        assertThat(best).isGreaterThan(evidence(information, end.theta(), found * 1.02));
        assertThat(best).isGreaterThan(evidence(information, end.theta(), found / 1.02));
    }

    /** Each network of an ensemble has the posterior that it would have alone. */
    @Test
    void laplaceOfAnEnsemble() {
        ModelSpec spec = new ModelSpec(HIDDEN, GIVEN, null, null, null, 2);
        Parameters end = Job.of(spec, new Laplace(1.0), ADAM, 8, 2).train(0);
        List<Spread.Block> blocks = end.spread().form().blocks();
        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(0)).isEqualTo(new Spread.Block(16, 5, 5, false));
        assertThat(blocks.get(1)).isEqualTo(new Spread.Block(37, 5, 5, false));
        float[] drawn = end.sample(2, 1).theta();
        for (int i = 0; i < drawn.length; i++) {
            boolean last = i >= 16 && i < 21 || i >= 37;
            assertThat(drawn[i] != end.theta()[i]).as("parameter %d", i).isEqualTo(last);
        }
    }

    /** Of a linear model with a Gaussian prior the mean and the covariance are known: noise by a factor 1.3 fails. */
    @Test
    void langevinStepsDrawFromThePosterior() {
        double l2 = 0.1;
        ModelSpec spec = new ModelSpec(layers(new Dense(1, null, false, null)), GIVEN, null, l2, null, null);
        double rate = 0.03;
        int kept = 1200;
        Job job = Job.of(spec, new Sgld(0.15, 4, kept), new Sgd(rate, null, null), ROWS, 6000);
        Parameters end = job.train(0);
        double[][] precision = new double[3][];
        for (int i = 0; i < 3; i++) {
            precision[i] = information()[i].clone();
            precision[i][i] += l2 * ROWS;
        }
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double product = 0;
                for (int k = 0; k < 3; k++) {
                    // Steps of some size: 1 / (1 - rate lambda / 2) of the covariance that smaller ones have.
                    double square = 0;
                    for (int m = 0; m < 3; m++) {
                        square += precision[k][m] * precision[m][j];
                    }
                    product += covariance(end, i, k) / kept * (precision[k][j] - rate / (2 * ROWS) * square);
                }
                assertThat(product).as("%d, %d", i, j).isCloseTo(i == j ? 1 : 0, within(0.18));
            }
        }
    }

    /** What a linear model predicts is distributed as its weights say. */
    @Test
    void predictionsAreDrawn() {
        Job job = Job.of(new ModelSpec(layers(new Dense(1)), GIVEN), new Laplace(1.0), ADAM, 8, 2);
        Parameters end = job.train(0);
        Predictor predictor = new Predictor(job.setup().network(), end, Scaling.NONE, 2, 4000, 4, false);
        float[] x = {1, -2, 0.5f};
        predictor.predict(List.of(x));
        double expected = 0;
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                expected += covariance(end, i, j) * (i < 3 ? x[i] : 1) * (j < 3 ? x[j] : 1);
            }
        }
        assertThat((double) predictor.uncertainty().epistemicVariance(0, 0))
                .isCloseTo(expected, within(0.1 * expected));
        assertThat((double) predictor.uncertainty().aleatoricVariance(0, 0)).isCloseTo(0.25, within(1e-4));
    }

    @Test
    void whatCannotBeIsRefused() {
        Horizon horizon = new Horizon(5, 20);
        Network plain = Network.bind(new ModelSpec(HIDDEN, GIVEN), LAYOUT.features());
        assertThatThrownBy(() -> new Sgld(0.9, null, null).check(plain, PLAIN, horizon))
                .hasMessage("train.posterior.sgld: expected to keep the weights of at least two steps, got 1 in 20"
                        + " steps; a smaller from or everySteps, or more epochs, give more");
        assertThatThrownBy(() -> SGLD.check(plain, ADAM, horizon))
                .hasMessageContaining("expected the optimizer sgd without momentum")
                .hasMessageContaining("adam");
        assertThatThrownBy(() -> new Laplace(-1.0)).hasMessageStartingWith("priorPrecision: expected a number above 0");
        Network wide = Network.bind(
                new ModelSpec(layers(new Dense(2), new Dense(2049)), new CrossEntropy()), LAYOUT.features());
        assertThatThrownBy(() -> new Laplace(null).check(wide, ADAM, horizon))
                .hasMessageContaining("at most 2048 inputs, the bias among them, and as many units, got 3 and 2049");
        Network absolute = Network.bind(new ModelSpec(HIDDEN, new MeanAbsoluteError()), LAYOUT.features());
        assertThatThrownBy(() -> new Laplace(null).check(absolute, ADAM, horizon))
                .hasMessageContaining("expected a loss with a known curvature");
        Network bent = Network.bind(
                new ModelSpec(
                        layers(
                                new Dense(1),
                                new Activation.Tanh(),
                                new Dense(2, new Activation.Linear()),
                                new Dropout(0.1)),
                        new GaussianNll()),
                LAYOUT.features());
        assertThatThrownBy(() -> new Laplace(null).check(bent, ADAM, horizon))
                .hasMessage("train.posterior.laplace: expected a dense layer without an activation of its own as"
                        + " the last one, got dropout_1");
        Network variational = Network.bind(
                new ModelSpec(layers(new VariationalDense(1, null, null, null, null, null)), GIVEN), LAYOUT.features());
        assertThatThrownBy(() -> SWAG.check(variational, ADAM, horizon))
                .hasMessageContaining("got variationalDense_1, whose weights are one already");
    }
}
