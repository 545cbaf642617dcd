package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.optim.AdamW;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a gradient on its way into the parameters, against the formulas in double. */
class ParameterUpdateTest {
    private static final double RATE = 0.1;
    private static final double WEIGHT = 8;
    private static final Sgd SGD = new Sgd(RATE, null, null);

    /** The losses of rows that weigh this much. */
    private static LossSum weighing(double weight) {
        return new LossSum(0, weight, 1, weight, 0, weight);
    }

    /** A network with tensors of more and of less than a block, and its numbers. */
    private static final class Case {
        final Network network;
        final float[] before;
        final float[] theta;
        final float[] gradient;
        final float[] state;

        Case(Double l1, Double l2, Double maxNorm, Optimizer optimizer, GradientClipping clipping, int steps) {
            ModelSpec spec =
                    new ModelSpec(List.of(new Dense(120), new Dense(3)), new MeanSquaredError(), l1, l2, maxNorm, null);
            network = Network.bind(spec, Shape.of(70));
            Random random = new Random(9);
            theta = new float[network.parameterCount()];
            gradient = new float[theta.length];
            for (int i = 0; i < theta.length; i++) {
                theta[i] = i % 11 == 0 ? 0f : (float) random.nextGaussian();
                gradient[i] = (float) random.nextGaussian();
            }
            before = theta.clone();
            state = new float[optimizer.slots() * theta.length];
            ParameterUpdate update = new ParameterUpdate(
                    network, optimizer, new Schedule.Constant(), new TrainingPlan(1, 1, 1, 1, 1), clipping);
            for (int step = 0; step < steps; step++) {
                update.apply(step, List.of(), theta, GradientVector.whole(gradient.clone()), weighing(WEIGHT), state);
            }
        }

        /** Whether parameter {@code i} belongs to a weight matrix. */
        boolean weight(int i) {
            return range(i).role() == ParameterRole.WEIGHT;
        }

        ParameterRange range(int i) {
            return network.parameters().stream()
                    .filter(range -> range.offset() <= i && i < range.end())
                    .findFirst()
                    .orElseThrow();
        }

        void assertMoved(IntToDoubleFunction gradientOf) {
            for (int i = 0; i < theta.length; i++) {
                double expected = before[i] - RATE * gradientOf.applyAsDouble(i);
                assertThat((double) theta[i]).as("parameter %d", i).isCloseTo(expected, within(1e-6));
            }
        }
    }

    @Test
    void dividesByTheWeight() {
        Case plain = new Case(null, null, null, SGD, GradientClipping.NONE, 1);
        plain.assertMoved(i -> plain.gradient[i] / WEIGHT);
    }

    @Test
    void aStepInWhichNoRowCountsChangesNothing() {
        Case before = new Case(null, 0.1, 1.0, SGD, GradientClipping.NONE, 0);
        ParameterUpdate update = new ParameterUpdate(
                before.network,
                SGD,
                new Schedule.Constant(),
                new TrainingPlan(1, 1, 1, 1, 1),
                new GradientClipping(1.0, null));
        update.apply(
                0,
                List.of(),
                before.theta,
                GradientVector.whole(new float[before.theta.length]),
                LossSum.ZERO,
                before.state);
        assertThat(before.theta).isEqualTo(before.before);
    }

    @Test
    void penaltiesTouchWeightsAlone() {
        Case l2 = new Case(null, 0.3, null, SGD, GradientClipping.NONE, 1);
        l2.assertMoved(i -> l2.gradient[i] / WEIGHT + (l2.weight(i) ? 0.3 * l2.before[i] : 0));
        Case both = new Case(0.2, 0.3, null, SGD, GradientClipping.NONE, 1);
        both.assertMoved(i -> both.gradient[i] / WEIGHT
                + (both.weight(i) ? 0.3 * both.before[i] + 0.2 * Math.signum(both.before[i]) : 0));
    }

    @Test
    void clipsTheWholeNorm() {
        Case clipped = new Case(null, 0.1, null, SGD, new GradientClipping(1.5, null), 1);
        double squares = 0;
        for (float g : clipped.gradient) {
            squares += (double) g * g;
        }
        double factor = 1.5 / (Math.sqrt(squares) / WEIGHT);
        assertThat(factor).isLessThan(1);
        clipped.assertMoved(
                i -> factor * clipped.gradient[i] / WEIGHT + (clipped.weight(i) ? 0.1 * clipped.before[i] : 0));
        Case unclipped = new Case(null, null, null, SGD, new GradientClipping(1e6, null), 1);
        unclipped.assertMoved(i -> unclipped.gradient[i] / WEIGHT);
    }

    @Test
    void clipsEachValue() {
        Case clipped = new Case(0.2, null, null, SGD, new GradientClipping(null, 0.05), 1);
        clipped.assertMoved(i -> Math.max(-0.05, Math.min(0.05, clipped.gradient[i] / WEIGHT))
                + (clipped.weight(i) ? 0.2 * Math.signum(clipped.before[i]) : 0));
        assertThatThrownBy(() -> new GradientClipping(1.0, 2.0))
                .hasMessage("clipValue: expected only one of clipNorm and clipValue, got 1.0 and 2.0");
    }

    /**
     * A bound of 10 some columns keep by themselves, one of 0.5 none does; nor would many biases, which it does not
     * concern.
     */
    @ParameterizedTest
    @CsvSource({"10, 1, 122", "0.5, 123, 123"})
    void boundsTheWeightsIntoEachUnit(double bound, int fewest, int most) {
        Case bounded = new Case(null, null, bound, SGD, GradientClipping.NONE, 1);
        Case free = new Case(null, null, null, SGD, GradientClipping.NONE, 1);
        int longer = 0;
        for (ParameterRange range : bounded.network.parameters()) {
            int columns = range.shape().last();
            for (int column = 0; column < columns; column++) {
                double squares = 0;
                for (int i = range.offset() + column; i < range.end(); i += columns) {
                    squares += (double) free.theta[i] * free.theta[i];
                }
                boolean scaled = range.role() == ParameterRole.WEIGHT && Math.sqrt(squares) > bound;
                longer += scaled ? 1 : 0;
                double factor = scaled ? bound / Math.sqrt(squares) : 1;
                for (int i = range.offset() + column; i < range.end(); i += columns) {
                    assertThat((double) bounded.theta[i]).isCloseTo(factor * free.theta[i], within(1e-6));
                }
            }
        }
        assertThat(longer).as("columns that are scaled, of 123").isBetween(fewest, most);
    }

    @Test
    void decoupledDecayTouchesWeightsAlone() {
        Case decayed = new Case(null, null, null, new AdamW(RATE, 0.5, null, null, null), GradientClipping.NONE, 1);
        decayed.assertMoved(i -> decayed.gradient[i] / (Math.abs(decayed.gradient[i]) + 1e-8 * WEIGHT)
                + (decayed.weight(i) ? 0.5 * decayed.before[i] : 0));
    }

    @Test
    void lambScalesEachTensorToItsParameters() {
        double decay = 0.1;
        int steps = 3;
        Case lamb = new Case(null, null, null, new Lamb(RATE, decay, null, null, null), GradientClipping.NONE, steps);
        double[] theta = new double[lamb.theta.length];
        double[] m = new double[theta.length];
        double[] v = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = lamb.before[i];
        }
        for (int t = 1; t <= steps; t++) {
            for (ParameterRange range : lamb.network.parameters()) {
                boolean weight = range.role() == ParameterRole.WEIGHT;
                double[] d = new double[theta.length];
                double parameterSquares = 0;
                double directionSquares = 0;
                for (int i = range.offset(); i < range.end(); i++) {
                    double g = lamb.gradient[i] / WEIGHT;
                    m[i] = 0.9 * m[i] + 0.1 * g;
                    v[i] = 0.999 * v[i] + 0.001 * g * g;
                    d[i] = m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-6)
                            + (weight ? decay * theta[i] : 0);
                    parameterSquares += theta[i] * theta[i];
                    directionSquares += d[i] * d[i];
                }
                double ratio = weight ? Math.sqrt(parameterSquares / directionSquares) : 1;
                for (int i = range.offset(); i < range.end(); i++) {
                    theta[i] -= RATE * ratio * d[i];
                }
            }
        }
        for (int i = 0; i < theta.length; i++) {
            assertThat((double) lamb.theta[i]).as("parameter %d", i).isCloseTo(theta[i], within(2e-5));
        }
    }

    /** A small network with distributions over weights, and the rows of one step of a longer training. */
    private static final class Bayesian {
        static final long SEED = 7;
        static final long STEP = 3;
        static final int ROWS = 6;
        static final long TRAINING_ROWS = 40;
        private static final double DIFFERENCE = 1 / 256.0;

        final Network network;
        final float[] theta;
        private final Parameters parameters;
        private final Replica replica;

        Bayesian(Estimator estimator, Double l2) {
            LayerSpec hidden = new VariationalDense(
                    3, new Activation.Tanh(), estimator, new Prior.Gaussian(0.5), 0.3, Initializer.HE_NORMAL);
            network = Network.bind(
                    new ModelSpec(List.of(hidden, new Dense(1)), new MeanSquaredError(), null, l2, null, null),
                    Shape.of(2));
            parameters = network.initialize(SEED);
            theta = parameters.theta();
            replica = new Replica(network, new RowLayout(Shape.of(2), Shape.of(1), false, false), ROWS, 1);
            Random random = new Random(3);
            replica.batch().beginShard();
            for (int row = 0; row < ROWS; row++) {
                float x = (float) random.nextGaussian();
                replica.batch().addRow(new float[] {x, (float) random.nextGaussian(), 3 * x}, 0, row);
            }
            replica.batch().endShard();
        }

        /** The sum of the gradients of all rows, as a step's backward pass leaves it. */
        float[] gradientSum() {
            loss();
            float[] sum = new float[theta.length];
            replica.backward(
                    parameters, new Gradient(List.of(new Gradient.Node(0, 1, sum, new double[0]))), first -> {});
            return sum;
        }

        private double loss() {
            replica.beginTraining(SEED, STEP, 0);
            replica.forward(parameters);
            return LossSum.ZERO
                    .plusRows(replica.lossAndGradient(), replica.batch().weights(), 0, ROWS)
                    .meanLoss();
        }

        /** The mean loss, and the divergence as often as the whole training set has it. */
        private double objective() {
            double divergence = network.posteriors().stream()
                    .mapToDouble(posterior -> posterior.divergence(SEED, STEP, theta))
                    .sum();
            return loss() + divergence / TRAINING_ROWS;
        }

        double[] gradientOfTheObjective() {
            double[] gradient = new double[theta.length];
            for (int i = 0; i < theta.length; i++) {
                float value = theta[i];
                theta[i] = (float) (value + DIFFERENCE);
                double above = objective();
                theta[i] = (float) (value - DIFFERENCE);
                double below = objective();
                theta[i] = value;
                gradient[i] = (above - below) / (2 * DIFFERENCE);
            }
            return gradient;
        }
    }

    /** The gradient of loss and divergence together is clipped; penalties touch the weights that are numbers. */
    @ParameterizedTest
    @EnumSource
    void distributionsFollowTheLossAndTheDivergence(Estimator estimator) {
        double bound = 0.5;
        Bayesian bayesian = new Bayesian(estimator, 0.3);
        double[] gradient = bayesian.gradientOfTheObjective();
        double squares = 0;
        for (double g : gradient) {
            squares += g * g;
        }
        double factor = bound / Math.sqrt(squares);
        assertThat(factor).isLessThan(0.9);
        float[] before = bayesian.theta.clone();
        ParameterUpdate update = new ParameterUpdate(
                bayesian.network,
                SGD,
                new Schedule.Constant(),
                new TrainingPlan(Bayesian.SEED, 1, Bayesian.TRAINING_ROWS, Bayesian.ROWS, 1),
                new GradientClipping(bound, null));
        update.apply(
                Bayesian.STEP,
                List.of(),
                bayesian.theta,
                GradientVector.whole(bayesian.gradientSum()),
                weighing(Bayesian.ROWS),
                new float[0]);
        for (ParameterRange range : bayesian.network.parameters()) {
            double l2 = range.role() == ParameterRole.WEIGHT ? 0.3 : 0;
            for (int i = range.offset(); i < range.end(); i++) {
                assertThat((double) bayesian.theta[i])
                        .as("%s %d", range.name(), i - range.offset())
                        .isCloseTo(before[i] - RATE * (factor * gradient[i] + l2 * before[i]), within(2e-5));
            }
        }
    }
}
