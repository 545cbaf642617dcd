package dev.lockstep.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Densities of noise, and those of mixtures, by quadrature. */
class NoiseDensitiesTest {
    /** With 5 degrees of freedom and more the variance is an integral that ends. */
    static final List<Noise> NOISES =
            List.of(new Noise.Gaussian(), new Noise.Laplace(), new Noise.StudentT(5), new Noise.StudentT(8));

    private static final double VARIANCE = 1.7;
    private static final int CELLS = 40_000;

    /** Midpoints of a rule whose cells grow towards infinity: {@code x = u / (1 - u^2)}. */
    private static double x(int cell) {
        double u = u(cell);
        return u / (1 - u * u);
    }

    private static double width(int cell) {
        double u = u(cell);
        return (1 + u * u) / ((1 - u * u) * (1 - u * u)) * 2 / CELLS;
    }

    private static double u(int cell) {
        return -1 + 2 * (cell + 0.5) / CELLS;
    }

    @ParameterizedTest
    @FieldSource("NOISES")
    void momentsAndCumulative(Noise noise) {
        double[] moments = new double[3];
        for (int cell = 0; cell < CELLS; cell++) {
            double share = Math.exp(noise.logDensity(x(cell), VARIANCE)) * width(cell);
            if (cell % 1000 == 500) {
                assertThat(noise.cumulative(x(cell), VARIANCE)).isCloseTo(moments[0] + share / 2, within(1e-6));
            }
            for (int k = 0; k < 3; k++) {
                moments[k] += share * Math.pow(x(cell), k);
            }
        }
        assertThat(moments[0]).isCloseTo(1, within(1e-6));
        assertThat(moments[1]).isCloseTo(0, within(1e-9));
        assertThat(moments[2]).isCloseTo(VARIANCE, within(1e-3));
    }

    @ParameterizedTest
    @FieldSource("NOISES")
    void derivatives(Noise noise) {
        double h = 1e-6;
        for (double error : new double[] {-40, -2.5, -0.3, 0.01, 1, 7}) {
            for (double variance : new double[] {0.01, 0.8, 30}) {
                double byError =
                        (noise.logDensity(error - h, variance) - noise.logDensity(error + h, variance)) / (2 * h);
                double byVariance =
                        (noise.logDensity(error, variance - h) - noise.logDensity(error, variance + h)) / (2 * h);
                assertThat(noise.byError(error, variance)).isCloseTo(byError, within(1e-5 * (1 + Math.abs(byError))));
                assertThat(noise.byVariance(error, variance))
                        .isCloseTo(byVariance, within(1e-5 * (1 + Math.abs(byVariance))));
            }
        }
    }

    /**
     * Three components of one number, seen scaled: density, distribution, ranked score and interval of their mixture.
     */
    @ParameterizedTest
    @FieldSource("NOISES")
    void mixtures(Noise noise) {
        float[][] parts = {{0.5f, 0.25f}, {-0.25f, 1}, {1.5f, 0.0625f}};
        PredictiveDistribution mixture = new NoiseLikelihood(noise).distribution(Shape.of(2), 1, Scaling.of(3, 2));
        mixture.begin(1);
        for (float[] part : parts) {
            Tensor component = new Tensor(part, 0, Shape.of(2));
            mixture.add(component, component);
        }
        mixture.mix(same -> same);
        double target = 2.5;
        double total = 0;
        double score = 0;
        double below = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            double x = 3 + x(cell);
            double density = 0;
            for (float[] part : parts) {
                density += Math.exp(noise.logDensity(x - (3 + 2 * part[0]), 4 * part[1])) / 3;
            }
            assertThat(Math.exp(mixture.densities().logDensity(0, 0, x))).isCloseTo(density, within(1e-12));
            double cumulative = total + density * width(cell) / 2;
            total += density * width(cell);
            double step = x >= target ? 1 : 0;
            score += (cumulative - step) * (cumulative - step) * width(cell);
            below += x <= target ? density * width(cell) : 0;
        }
        assertThat(total).isCloseTo(1, within(1e-6));
        assertThat(mixture.densities().cumulative(0, 0, target)).isCloseTo(below, within(1e-3));
        assertThat(mixture.densities().rankedScore(0, 0, target)).isCloseTo(score, within(2e-3 * score));
        assertThat(mixture.densities().cumulative(0, 0, mixture.lower95(0, 0))).isCloseTo(0.025, within(1e-6));
        assertThat(mixture.densities().cumulative(0, 0, mixture.upper95(0, 0))).isCloseTo(0.975, within(1e-6));
    }

    /** Counts' probabilities add up to 1, with the mean and the variance that the outputs mean; a mixture's too. */
    @Test
    void counts() {
        float[][] parts = {{2, 0.5f}, {5, 0.125f}};
        PredictiveDistribution mixture = new NegativeBinomialLikelihood().distribution(Shape.of(2), 1, null);
        mixture.begin(1);
        for (float[] part : parts) {
            Tensor component = new Tensor(part, 0, Shape.of(2));
            mixture.add(component, component);
        }
        mixture.mix(same -> same);
        double[] moments = new double[3];
        double score = 0;
        for (int k = 0; k < 300; k++) {
            double p = Math.exp(mixture.densities().logDensity(0, 0, k));
            for (int i = 0; i < 3; i++) {
                moments[i] += p * Math.pow(k, i);
            }
            assertThat(mixture.densities().cumulative(0, 0, k)).isCloseTo(moments[0], within(1e-9));
            score += Math.pow(moments[0] - (k >= 4 ? 1 : 0), 2);
        }
        // (2 + 0.5 4 + 5 + 0.125 25) / 2 within, 1.5^2 between.
        assertThat(moments[0]).isCloseTo(1, within(1e-9));
        assertThat(moments[1]).isCloseTo(3.5, within(1e-7));
        assertThat(moments[2] - 3.5 * 3.5).isCloseTo(6.0625 + 2.25, within(1e-5));
        assertThat(mixture.variance(0, 0)).isCloseTo(6.0625 + 2.25, within(1e-6));
        assertThat(mixture.densities().rankedScore(0, 0, 4)).isCloseTo(score, within(1e-6));
        double[] ends = {mixture.lower95(0, 0), mixture.upper95(0, 0)};
        for (int i = 0; i < 2; i++) {
            double level = i == 0 ? 0.025 : 0.975;
            assertThat(mixture.densities().cumulative(0, 0, ends[i])).isGreaterThanOrEqualTo(level);
            assertThat(ends[i] == 0 ? 0 : mixture.densities().cumulative(0, 0, ends[i] - 1))
                    .isLessThan(level);
        }
        // With no overdispersion to speak of they are Poisson counts.
        assertThat(NegativeBinomial.logProbability(3, 2, 1e-9))
                .isCloseTo(3 * Math.log(2) - 2 - Math.log(6), within(1e-7));
    }
}
