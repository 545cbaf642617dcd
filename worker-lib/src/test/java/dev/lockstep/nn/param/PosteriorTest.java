package dev.lockstep.nn.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Distributions over weights: their divergence from the prior, and the moments of what they make a layer say. */
class PosteriorTest {
    private static final double STEP = 1e-5;

    private static final Prior[] PRIORS = {
        new Prior.Gaussian(0.1), new Prior.Gaussian(null), new Prior.ScaleMixture(0.25, 0.8, 0.05)
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

    @Test
    void noDivergenceFromItself() {
        assertThat(new Prior.Gaussian(0.3).divergence(0, 0.3, 0)).isCloseTo(0, within(1e-15));
        // One component that takes it all: log q - log p is 0 at every drawn weight.
        Prior mixture = new Prior.ScaleMixture(0.5, 0.3, 0.3);
        assertThat(mixture.divergence(0, 0.3, 1.7)).isCloseTo(0, within(1e-12));
    }

    /** The prior's part of the gradient, through rho, is that of {@link Posterior#divergence} divided by the rows. */
    @Test
    void thePriorCountsOnceForTheWholeTrainingSet() {
        ParameterLayout layout = new ParameterLayout();
        new VariationalDense(3, null, null, new Prior.Gaussian(0.5), 0.2, null).bind(Shape.of(2), layout);
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
     * 500 equal rows through one unit with weights of mean 0.5, 0.25, -1 and deviation 0.2, in one sample after the
     * other.
     */
    private static final class Rows {
        static final int ROWS = 500;
        static final double MEAN = -0.375;
        static final double VARIANCE = 0.04 * (1 + 4 + 0.25);

        private final LayerReplica layer;
        private final Batch batch = new Batch(new RowLayout(Shape.of(3), Shape.of(1), false, false), ROWS, 1);
        private final Parameters parameters;
        private final Pass pass = new Pass();

        Rows(Estimator estimator) {
            Layer bound =
                    new VariationalDense(1, null, estimator, null, 0.2, null).bind(Shape.of(3), new ParameterLayout());
            layer = bound.replica(new Workspace(ROWS));
            batch.beginShard();
            for (int row = 0; row < ROWS; row++) {
                batch.addRow(new float[] {1, -2, 0.5f, 0}, 0, row);
            }
            batch.endShard();
            float rho = (float) Math.log(Math.expm1(0.2));
            parameters = new Parameters(new float[] {0.5f, 0.25f, -1, rho, rho, rho, 0.125f}, new float[0]);
        }

        float[] outputs(int sample) {
            pass.beginSample(9, sample, batch);
            return Arrays.copyOf(
                    layer.forward(pass, parameters, batch.features()).array(), ROWS);
        }

        float outputOfTheMeans() {
            pass.beginInference(batch);
            return layer.forward(pass, parameters, batch.features()).array()[0];
        }
    }

    /**
     * Over many rows and samples the outputs have mean {@code x m + b} and variance {@code x^2 s^2}, whatever the
     * estimator.
     */
    @ParameterizedTest
    @EnumSource
    void everyEstimatorDrawsTheSameDistribution(Estimator estimator) {
        Rows rows = new Rows(estimator);
        int samples = 40;
        double sum = 0;
        double squares = 0;
        for (int sample = 1; sample <= samples; sample++) {
            for (float y : rows.outputs(sample)) {
                sum += y;
                squares += (double) y * y;
            }
        }
        double mean = sum / (Rows.ROWS * samples);
        double variance = squares / (Rows.ROWS * samples) - mean * mean;
        assertThat(rows.outputOfTheMeans()).isEqualTo((float) Rows.MEAN);
        // Weights drawn once a sample are 40 independent draws, not 20,000; signs of each row keep the mean free of
        // that.
        boolean fewWeights = estimator != Estimator.LOCAL_REPARAMETERIZATION;
        boolean fewMeans = estimator == Estimator.REPARAMETERIZATION;
        assertThat(mean).isCloseTo(Rows.MEAN, within(fewMeans ? 0.3 : 0.05));
        assertThat(variance).isCloseTo(Rows.VARIANCE, within(Rows.VARIANCE * (fewWeights ? 0.7 : 0.15)));
    }

    /**
     * The mean over the rows of a sample hardly varies from sample to sample where rows are drawn by themselves or
     * decorrelated by signs, and varies like a single row where all see the same weights.
     */
    @ParameterizedTest
    @EnumSource
    void whatRowsHaveInCommon(Estimator estimator) {
        Rows rows = new Rows(estimator);
        int samples = 40;
        double squares = 0;
        for (int sample = 1; sample <= samples; sample++) {
            double sum = 0;
            for (float y : rows.outputs(sample)) {
                sum += y;
            }
            double distance = sum / Rows.ROWS - Rows.MEAN;
            squares += distance * distance;
        }
        double share = squares / samples / Rows.VARIANCE;
        if (estimator == Estimator.REPARAMETERIZATION) {
            assertThat(share).isBetween(0.3, 1.7);
        } else {
            // One of 500 is expected; a term that all rows share would bring at least a twentieth.
            assertThat(share).isLessThan(0.02);
        }
    }
}
