package dev.lockstep.nn.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.LayerSpec.LayerWithWeights;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.layer.VariationalConv2d;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Distributions over weights: their divergence from the prior, and the moments of what they make a layer say. */
class PosteriorTest {
    private static final double STEP = 1e-5;

    private static final Prior[] PRIORS = {
        new Prior.Gaussian(0.1), new Prior.Gaussian(null), new Prior.Learned(), new Prior.ScaleMixture(0.25, 0.8, 0.05)
    };

    @Test
    void gradientsOfTheDivergenceByCentralDifferences() {
        for (Prior prior : PRIORS) {
            for (double mean : new double[] {-0.7, 0, 0.03, 1.2}) {
                for (double sigma : new double[] {0.01, 0.2, 1.5}) {
                    for (double noise : new double[] {-1.3, 0, 0.4}) {
                        double byMean = (prior.divergence(mean + STEP, sigma, noise)
                                        - prior.divergence(mean - STEP, sigma, noise))
                                / (2 * STEP);
                        double bySigma = (prior.divergence(mean, sigma + STEP, noise)
                                        - prior.divergence(mean, sigma - STEP, noise))
                                / (2 * STEP);
                        assertThat(prior.byMean(mean, sigma, noise))
                                .as("%s at %s, %s, %s by the mean", prior, mean, sigma, noise)
                                .isCloseTo(byMean, within(1e-3 * (1 + Math.abs(byMean))));
                        assertThat(prior.bySigma(mean, sigma, noise))
                                .as("%s at %s, %s, %s by sigma", prior, mean, sigma, noise)
                                .isCloseTo(bySigma, within(1e-3 * (1 + Math.abs(bySigma))));
                    }
                }
            }
        }
    }

    /** {@code integral q log(q/p)} by the trapezoidal rule; of a mixture the mean over the noise is. */
    @Test
    void theDivergenceIsTheIntegral() {
        int cells = 4000;
        for (Prior prior : PRIORS) {
            for (double mean : new double[] {-0.7, 0.03, 1.2}) {
                for (double sigma : new double[] {0.05, 0.4, 1.5}) {
                    Prior fitted = prior.fitted(mean * mean + sigma * sigma);
                    double integral = 0;
                    double expected = 0;
                    for (int i = 0; i < cells; i++) {
                        double e = -9 + 18 * (i + 0.5) / cells;
                        double q = Math.exp(-e * e / 2) / Math.sqrt(2 * Math.PI) * 18 / cells;
                        double log = -e * e / 2 - Math.log(sigma * Math.sqrt(2 * Math.PI));
                        integral += q * (log - logDensity(fitted, mean + sigma * e));
                        expected += q * prior.divergence(mean, sigma, e);
                    }
                    assertThat(expected)
                            .as("%s from N(%s, %s)", prior, mean, sigma)
                            .isCloseTo(integral, within(1e-6 * (1 + integral)));
                }
            }
        }
    }

    private static double logDensity(Prior prior, double w) {
        if (prior instanceof Prior.Gaussian gaussian) {
            return Math.log(density(w, gaussian.sigma()));
        }
        Prior.ScaleMixture mixture = (Prior.ScaleMixture) prior;
        return Math.log(
                mixture.pi() * density(w, mixture.sigma1()) + (1 - mixture.pi()) * density(w, mixture.sigma2()));
    }

    private static double density(double w, double sigma) {
        return Math.exp(-w * w / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
    }

    @Test
    void noDivergenceFromItself() {
        assertThat(new Prior.Gaussian(0.3).divergence(0, 0.3, 0)).isCloseTo(0, within(1e-15));
        // One component that takes it all: log q - log p is 0 at every drawn weight.
        Prior mixture = new Prior.ScaleMixture(0.5, 0.3, 0.3);
        assertThat(mixture.divergence(0, 0.3, 1.7)).isCloseTo(0, within(1e-12));
    }

    /** The prior's part of the gradient, through rho, is that of {@link Posterior#divergence} divided by the rows. */
    @ParameterizedTest
    @MethodSource("closedForms")
    void thePriorCountsOnceForTheWholeTrainingSet(Prior prior) {
        ParameterLayout layout = new ParameterLayout();
        new VariationalDense(3, null, null, prior, 0.2, null).bind(Shape.of(2), layout);
        Posterior posterior = layout.posteriors().get(0);
        float[] theta = {0.3f, -0.2f, 0.1f, 0.7f, 0, -1, -1, -2, 0.5f, 0, 1, -0.3f, 0, 0, 0};
        float[] gradient = new float[theta.length];
        posterior.addPrior(1, 2, 50, theta, GradientSlice.whole(gradient));
        for (int i = 0; i < theta.length; i++) {
            float value = theta[i];
            theta[i] = value + 1 / 1024f;
            double above = posterior.divergence(1, 2, theta);
            theta[i] = value - 1 / 1024f;
            double below = posterior.divergence(1, 2, theta);
            theta[i] = value;
            assertThat((double) gradient[i]).as("parameter %d", i).isCloseTo((above - below) * 512 / 50, within(1e-4));
        }
    }

    static Stream<Prior> closedForms() {
        return Stream.of(
                new Prior.Gaussian(0.5), new Prior.Gaussian(0.5, Prior.Gaussian.Scale.FAN_IN), new Prior.Learned());
    }

    /** A weight of n that add up in a unit has the n-th part of the variance that is given. */
    @Test
    void aScaleByFanIn() {
        Prior prior = new Prior.Gaussian(3.0, Prior.Gaussian.Scale.FAN_IN);
        assertThat(deviations(new Dense(5), prior, Shape.of(4, 9))).containsExactly(1.0);
        // A window of 3 steps with half of 8 features.
        Conv1d conv = new Conv1d(6, 3, null, null, null, 2, null, null, null);
        assertThat(deviations(conv, prior, Shape.of(7, 8))).containsExactly(3 / Math.sqrt(12));
        assertThat(deviations(new Embedding(50, 4, null, null), prior, Shape.of(7)))
                .containsExactly(3.0);
        assertThat(deviations(new Lstm(16, false), prior, Shape.of(7, 4))).containsExactly(1.5, 0.75);
        assertThat(deviations(new Lstm(16, false), new Prior.Gaussian(3.0), Shape.of(7, 4)))
                .containsExactly(3.0, 3.0);
    }

    private static List<Double> deviations(LayerWithWeights layer, Prior prior, Shape input) {
        ParameterLayout layout = new ParameterLayout();
        new Variational(layer, null, prior, null).bind(input, layout);
        return layout.posteriors().stream()
                .map(posterior -> ((Prior.Gaussian) posterior.prior()).sigma())
                .toList();
    }

    /** No Gaussian prior is nearer to the weights of a tensor than the learned one, which has their mean square. */
    @Test
    void aLearnedScaleIsTheBest() {
        float[] theta = {0.3f, -0.2f, 0.1f, 0.7f, 0, -1, -1, -2, 0.5f, 0, 1, -0.3f, 0, 0, 0};
        double squares = 0;
        for (int i = 0; i < 6; i++) {
            squares += theta[i] * theta[i] + Math.pow(Math.log1p(Math.exp(theta[6 + i])), 2);
        }
        double best = Math.sqrt(squares / 6);
        double learned = divergence(new Prior.Learned(), theta);
        assertThat(learned).isCloseTo(divergence(new Prior.Gaussian(best), theta), within(1e-6));
        for (double factor : new double[] {0.5, 0.95, 1.05, 2}) {
            assertThat(divergence(new Prior.Gaussian(factor * best), theta)).isGreaterThan(learned + 0.01);
        }
        theta[3] = Float.NaN;
        assertThat(divergence(new Prior.Learned(), theta)).isNaN();
    }

    private static double divergence(Prior prior, float[] theta) {
        ParameterLayout layout = new ParameterLayout();
        new VariationalDense(3, null, null, prior, 0.2, null).bind(Shape.of(2), layout);
        return layout.posteriors().get(0).divergence(1, 2, theta);
    }

    @Test
    void aPriorThatDrawsDrawsAnewInEachStep() {
        ParameterLayout layout = new ParameterLayout();
        Prior mixture = new Prior.ScaleMixture(null, null, null);
        new VariationalDense(3, null, null, mixture, 0.2, null).bind(Shape.of(2), layout);
        Posterior posterior = layout.posteriors().get(0);
        float[] theta = new float[layout.parameterCount()];
        float[][] gradients = new float[3][theta.length];
        int[] steps = {4, 5, 4};
        for (int i = 0; i < steps.length; i++) {
            posterior.addPrior(1, steps[i], 50, theta, GradientSlice.whole(gradients[i]));
        }
        assertThat(gradients[1]).isNotEqualTo(gradients[0]);
        assertThat(gradients[2]).isEqualTo(gradients[0]);
    }

    @Test
    void weightsBeginAsWideAsAsked() {
        ParameterLayout layout = new ParameterLayout();
        new VariationalDense(3, null, null, null, 0.07, null).bind(Shape.of(2), layout);
        float[] theta = new float[layout.parameterCount()];
        layout.parameters().get(1).initialize(5, 1, theta);
        for (int i = 6; i < 12; i++) {
            assertThat(Math.log1p(Math.exp(theta[i]))).isCloseTo(0.07, within(1e-7));
        }
    }

    /**
     * 500 equal rows through one unit with weights of mean 0.5, 0.25, -1 and deviation 0.2, in one step or sample after
     * the other; in a sequence or an image at several places alike.
     */
    private static final class Rows {
        static final int ROWS = 500;
        static final double MEAN = -0.375;
        static final double VARIANCE = 0.04 * (1 + 4 + 0.25);
        private static final float[] X = {1, -2, 0.5f};

        private final LayerReplica layer;
        private final Batch batch;
        private final Parameters parameters;
        private final Pass pass = new Pass();
        private final int places;

        Rows(Estimator estimator) {
            this(new VariationalDense(1, null, estimator, null, 0.2, null), Shape.of(3));
        }

        Rows(LayerSpec spec, Shape input) {
            Layer bound = spec.bind(input, new ParameterLayout());
            layer = bound.replica(new Workspace(ROWS));
            places = bound.output().size();
            batch = new Batch(new RowLayout(input, Shape.of(1), false, false), ROWS, 1);
            batch.beginShard();
            float[] row = new float[input.size() + 1];
            for (int i = 0; i < input.size(); i++) {
                row[i] = X[i % X.length];
            }
            for (int i = 0; i < ROWS; i++) {
                batch.addRow(row, 0, i);
            }
            batch.endShard();
            float rho = (float) Math.log(Math.expm1(0.2));
            parameters = new Parameters(new float[] {0.5f, 0.25f, -1, rho, rho, rho, 0.125f}, new float[0]);
        }

        float[] step(int step) {
            pass.beginTraining(9, step, 0, batch);
            return outputs();
        }

        float[] sample(int sample) {
            pass.beginSample(9, sample, batch);
            return outputs();
        }

        float outputOfTheMeans() {
            pass.beginInference(batch);
            return outputs()[0];
        }

        private float[] outputs() {
            return Arrays.copyOf(
                    layer.forward(pass, parameters, batch.features()).array(), ROWS * places);
        }

        /** The mean over a row's places. */
        double pooled(float[] outputs, int row) {
            double sum = 0;
            for (int place = 0; place < places; place++) {
                sum += outputs[row * places + place];
            }
            return sum / places;
        }
    }

    /** Mean and variance of numbers. */
    private static final class Spread {
        private long count;
        private double sum;
        private double squares;

        void add(double value) {
            count++;
            sum += value;
            squares += value * value;
        }

        double mean() {
            return sum / count;
        }

        double variance() {
            return squares / count - mean() * mean();
        }
    }

    /**
     * Over many rows and steps the outputs have mean {@code x m + b} and variance {@code x^2 s^2}, whatever the
     * estimator.
     */
    @ParameterizedTest
    @EnumSource
    void everyEstimatorDrawsTheSameDistribution(Estimator estimator) {
        Rows rows = new Rows(estimator);
        Spread spread = new Spread();
        for (int step = 0; step < 1000; step++) {
            for (float y : rows.step(step)) {
                spread.add(y);
            }
        }
        assertThat(rows.outputOfTheMeans()).isEqualTo((float) Rows.MEAN);
        // Weights drawn once a step are 1,000 independent draws, not 500,000.
        assertThat(spread.mean()).isCloseTo(Rows.MEAN, within(0.05));
        assertThat(spread.variance()).isCloseTo(Rows.VARIANCE, within(Rows.VARIANCE * 0.15));
    }

    /**
     * The mean over the rows of a step hardly varies from step to step where rows are drawn by themselves or
     * decorrelated by signs, and varies like a single row where all see the same weights.
     */
    @ParameterizedTest
    @EnumSource
    void whatRowsHaveInCommon(Estimator estimator) {
        Rows rows = new Rows(estimator);
        int steps = 40;
        double squares = 0;
        for (int step = 0; step < steps; step++) {
            double sum = 0;
            for (float y : rows.step(step)) {
                sum += y;
            }
            double distance = sum / Rows.ROWS - Rows.MEAN;
            squares += distance * distance;
        }
        double share = squares / steps / Rows.VARIANCE;
        if (estimator == Estimator.REPARAMETERIZATION) {
            assertThat(share).isBetween(0.3, 1.7);
        } else {
            // One of 500 is expected; a term that all rows share would bring at least a twentieth.
            assertThat(share).isLessThan(0.02);
        }
    }

    /** Layers whose places share weights, as they are by default and with the other estimator; equal places. */
    private static List<Rows> placesThatShareWeights() {
        Shape sequence = Shape.of(16, 3);
        Shape image = Shape.of(4, 4, 3);
        List<Rows> all = new ArrayList<>();
        for (Estimator estimator : new Estimator[] {null, Estimator.FLIPOUT, Estimator.REPARAMETERIZATION}) {
            all.add(new Rows(new VariationalDense(1, null, estimator, null, 0.2, null), sequence));
            all.add(new Rows(
                    new VariationalConv2d(1, Extent.of(1), null, null, null, estimator, null, 0.2, null), image));
        }
        all.add(new Rows(new Variational(new Conv1d(1, 1, Padding.VALID, null), null, null, 0.2), sequence));
        return all;
    }

    /** The mean over places that see the same and share their weights is as uncertain as each of them. */
    @Test
    void poolingKeepsTheUncertaintyOfSharedWeights() {
        for (Rows rows : placesThatShareWeights()) {
            Spread steps = new Spread();
            Spread samples = new Spread();
            for (int i = 0; i < 1000; i++) {
                float[] step = rows.step(i);
                for (int row = 0; row < Rows.ROWS; row += 50) {
                    steps.add(rows.pooled(step, row));
                }
                samples.add(rows.pooled(rows.sample(i + 1), 0));
            }
            assertThat(steps.variance()).isCloseTo(Rows.VARIANCE, within(Rows.VARIANCE * 0.2));
            assertThat(samples.variance()).isCloseTo(Rows.VARIANCE, within(Rows.VARIANCE * 0.2));
            assertThat(samples.mean()).isCloseTo(Rows.MEAN, within(0.05));
        }
    }

    @Test
    void noiseOfEachPlacesOwnIsRefused() {
        ParameterLayout layout = new ParameterLayout();
        Estimator local = Estimator.LOCAL_REPARAMETERIZATION;
        assertThatThrownBy(() -> new VariationalDense(2, null, local).bind(Shape.of(5, 3), layout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variationalDense_1: expected estimator flipout or reparameterization, got"
                        + " localReparameterization; it draws noise of their own for the 5 places of the output [5, 2],"
                        + " which share their weights: the uncertainty would vanish in their mean");
        assertThatThrownBy(() -> new VariationalConv2d(2, 3, Padding.SAME, null, local).bind(Shape.of(4, 4), layout))
                .hasMessageStartingWith("variationalConv2d_1: expected estimator flipout or reparameterization, got");
        new VariationalDense(2, null, local).bind(Shape.of(1, 3), layout);
        new VariationalConv2d(2, 4, Padding.VALID, null, local).bind(Shape.of(4, 4), layout);
        assertThat(layout.posteriors()).hasSize(2).allMatch(posterior -> posterior.estimator() == local);
    }

    /** One draw of the weights for all rows, whatever draws in training; and not that of the step of its number. */
    @ParameterizedTest
    @EnumSource
    void aPredictiveSampleIsOneNetwork(Estimator estimator) {
        Rows rows = new Rows(estimator);
        Rows others = new Rows(Estimator.REPARAMETERIZATION);
        Spread spread = new Spread();
        for (int sample = 1; sample <= 1000; sample++) {
            float[] outputs = rows.sample(sample);
            assertThat(outputs).containsOnly(outputs[0]);
            assertThat(others.sample(sample)).isEqualTo(outputs);
            assertThat(outputs[0]).isNotEqualTo(rows.step(sample)[0]);
            spread.add(outputs[0]);
        }
        assertThat(spread.mean()).isCloseTo(Rows.MEAN, within(0.05));
        assertThat(spread.variance()).isCloseTo(Rows.VARIANCE, within(Rows.VARIANCE * 0.2));
    }
}
