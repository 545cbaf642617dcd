package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.posterior.Laplace;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laplace's approximation for a last layer whose curvature is a product of two factors: it is too wide for one. */
class FactoredLaplaceTest {
    private static final int ROWS = 60;
    private static final int SHARDS = 5;
    private static final double SIGMA = 0.5;

    /** 41 lines, 60 units: 2,460 weights and biases. */
    private static final int INPUTS = 40;

    private static final int UNITS = 60;
    private static final int WEIGHTS = (INPUTS + 1) * UNITS;

    private static RowLayout layout(boolean classes) {
        return new RowLayout(Shape.of(INPUTS), Shape.of(classes ? 1 : UNITS), false, false);
    }

    private static float[] rows(boolean classes) {
        RowLayout layout = layout(classes);
        Random random = new Random(6);
        float[] values = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < layout.width(); i++) {
                values[row * layout.width() + i] =
                        i < INPUTS || !classes ? (float) random.nextGaussian() : random.nextInt(UNITS);
            }
        }
        return values;
    }

    private static TrainingSetup setup(Loss loss, boolean classes, int ensemble, LayerSpec... layers) {
        ModelSpec spec = new ModelSpec(List.of(layers), loss, null, null, null, ensemble);
        TrainingPlan plan = new TrainingPlan(2, SHARDS, ROWS, 12, 1);
        Network network = Network.bind(spec, Shape.of(INPUTS));
        ParameterUpdate update = new ParameterUpdate(
                network, new Adam(0.01, null, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        return new TrainingSetup(new EvaluationSetup(spec, layout(classes), Scaling.NONE, 2, 0), plan, update);
    }

    private static WeightPosterior.Fitted fit(TrainingSetup setup, boolean classes, Double precision, int... starts) {
        List<MemoryShard> shards = CanonicalOrder.shards(layout(classes), rows(classes), ROWS, SHARDS, 2);
        Parameters initial = setup.initialState(false).parameters();
        return new Laplace(precision).fit(setup.network(), new SplitWorkers(setup, shards, starts)::curvature, initial);
    }

    private static float[] values(WeightPosterior.Fitted fitted) {
        assertThat(fitted.parameters().spread()).isNotNull();
        return fitted.parameters().spread().values();
    }

    @Test
    void theBitsAreTheSameInAnyRanks() {
        TrainingSetup setup =
                setup(new CrossEntropy(), true, 2, new Dense(INPUTS, new Activation.Tanh()), new Dense(UNITS));
        WeightPosterior.Fitted one = fit(setup, true, null, 0);
        assertThat(one.parameters().spread().form().blocks())
                .containsExactly(
                        Spread.Block.factored(INPUTS * (INPUTS + 1), INPUTS + 1, UNITS),
                        Spread.Block.factored(2 * INPUTS * (INPUTS + 1) + WEIGHTS, INPUTS + 1, UNITS));
        assertThat(values(fit(setup, true, null, 0, 2, 3))).isEqualTo(values(one));
        assertThat(one.notice()).contains(" of " + WEIGHTS + " weights of the last layer");
    }

    /**
     * Where the noise is known every row has the same curvature by its outputs, so that the product is exact: the
     * weights of each unit have the covariance {@code (X^T X / sigma^2 + p I)^-1}, and those of two units none.
     */
    @Test
    void drawnWeightsHaveTheCovarianceOfALinearModel() {
        double precision = 3;
        TrainingSetup setup = setup(new GaussianNll(GaussianNll.Variance.GIVEN, SIGMA), false, 1, new Dense(UNITS));
        Parameters end = fit(setup, false, precision, 0, 3).parameters();
        int samples = 400;
        int lines = INPUTS + 1;
        double[][] covariance = new double[lines][lines];
        double across = 0;
        double variance = 0;
        for (int sample = 1; sample <= samples; sample++) {
            float[] drawn = end.sample(2, sample).theta();
            for (int i = 0; i < lines; i++) {
                for (int unit = 0; unit < UNITS; unit++) {
                    double off = drawn[i * UNITS + unit] - (double) end.theta()[i * UNITS + unit];
                    double beside = drawn[i * UNITS + (unit + 1) % UNITS]
                            - (double) end.theta()[i * UNITS + (unit + 1) % UNITS];
                    across += off * beside;
                    variance += off * off;
                    for (int j = 0; j < lines; j++) {
                        covariance[i][j] += off
                                * (drawn[j * UNITS + unit] - (double) end.theta()[j * UNITS + unit])
                                / (samples * UNITS);
                    }
                }
            }
        }
        assertThat(across / variance).isCloseTo(0, within(0.01));
        double[][] information = information(precision);
        double trace = 0;
        for (int i = 0; i < lines; i++) {
            for (int j = 0; j < lines; j++) {
                double product = 0;
                for (int k = 0; k < lines; k++) {
                    product += covariance[i][k] * information[k][j];
                }
                assertThat(product).as("%d, %d", i, j).isCloseTo(i == j ? 1 : 0, within(0.3));
                trace += i == j ? product / lines : 0;
            }
        }
        assertThat(trace).isCloseTo(1, within(0.02));
    }

    /** {@code X^T X / sigma^2 + p I} over all rows, the bias last. */
    private static double[][] information(double precision) {
        RowLayout layout = layout(false);
        float[] values = rows(false);
        double[][] sums = new double[INPUTS + 1][INPUTS + 1];
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i <= INPUTS; i++) {
                for (int j = 0; j <= INPUTS; j++) {
                    double left = i < INPUTS ? values[row * layout.width() + i] : 1;
                    double right = j < INPUTS ? values[row * layout.width() + j] : 1;
                    sums[i][j] += left * right / (SIGMA * SIGMA);
                }
            }
        }
        for (int i = 0; i <= INPUTS; i++) {
            sums[i][i] += precision;
        }
        return sums;
    }
}
