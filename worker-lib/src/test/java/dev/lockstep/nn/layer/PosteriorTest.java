package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
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
            double above = posterior.divergence(theta);
            theta[i] = value - 1 / 1024f;
            double below = posterior.divergence(theta);
            theta[i] = value;
            assertThat((double) gradient[i]).as("parameter %d", i).isCloseTo((above - below) * 512 / 50, within(1e-4));
        }
    }

    /** Over many rows and samples the outputs have mean {@code x m + b} and variance {@code x^2 s^2}, whatever the estimator. */
    @ParameterizedTest
    @EnumSource
    void everyEstimatorDrawsTheSameDistribution(Estimator estimator) {
        int rows = 500;
        int samples = 40;
        Layer bound =
                new VariationalDense(1, null, estimator, null, 0.2, null).bind(Shape.of(3), new ParameterLayout());
        LayerReplica layer = bound.replica(new Workspace(rows));
        Batch batch = new Batch(new RowLayout(Shape.of(3), Shape.of(1), false, false), rows, 1);
        batch.beginShard();
        for (int row = 0; row < rows; row++) {
            batch.addRow(new float[] {1, -2, 0.5f, 0}, 0, row);
        }
        batch.endShard();
        float rho = (float) Math.log(Math.expm1(0.2));
        Parameters parameters = new Parameters(new float[] {0.5f, 0.25f, -1, rho, rho, rho, 0.125f}, new float[0]);
        Pass pass = new Pass();
        double sum = 0;
        double squares = 0;
        for (int sample = 1; sample <= samples; sample++) {
            pass.beginSample(9, sample, batch);
            Tensor y = layer.forward(pass, parameters, batch.features());
            for (int row = 0; row < rows; row++) {
                sum += y.array()[row];
                squares += (double) y.array()[row] * y.array()[row];
            }
        }
        double mean = sum / (rows * samples);
        double variance = squares / (rows * samples) - mean * mean;
        pass.beginInference(batch);
        assertThat(layer.forward(pass, parameters, batch.features()).array()[0]).isEqualTo(-0.375f);
        // Weights drawn once a sample are 40 independent draws, not 20,000; signs of each row keep the mean free of
        // that.
        boolean fewWeights = estimator != Estimator.LOCAL_REPARAMETERIZATION;
        boolean fewMeans = estimator == Estimator.REPARAMETERIZATION;
        double expected = 0.04 * (1 + 4 + 0.25);
        assertThat(mean).isCloseTo(-0.375, within(fewMeans ? 0.3 : 0.05));
        assertThat(variance).isCloseTo(expected, within(expected * (fewWeights ? 0.7 : 0.15)));
    }
}
