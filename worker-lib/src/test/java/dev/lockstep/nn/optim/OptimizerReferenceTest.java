package dev.lockstep.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every element-wise optimiser against its formula in double, one parameter at a time, over several steps. */
class OptimizerReferenceTest {
    private static final int STEPS = 6;
    private static final int LENGTH = 37;
    private static final float SCALE = 0.25f;
    private static final float L2 = 0.03f;
    private static final double RATE = 0.02;

    /** The next parameter from the last one, its gradient, the step number from 1 and two numbers of memory. */
    private interface Formula {
        double next(double theta, double g, int t, double[] memory);
    }

    private record Row(ElementwiseOptimizer optimizer, int slots, Formula formula) {}

    private static final List<Row> ROWS = List.of(
            new Row(new Sgd(null, null, null), 0, (theta, g, t, memory) -> theta - RATE * g),
            new Row(new Sgd(null, 0.9, null), 1, OptimizerReferenceTest::momentum),
            new Row(new Momentum(null, null), 1, OptimizerReferenceTest::momentum),
            new Row(new Sgd(null, 0.9, true), 1, OptimizerReferenceTest::nesterov),
            new Row(new Nesterov(null, null), 1, OptimizerReferenceTest::nesterov),
            new Row(new Adagrad(null, null), 1, (theta, g, t, memory) -> {
                memory[0] += g * g;
                return theta - RATE * g / (Math.sqrt(memory[0]) + 1e-10);
            }),
            new Row(new RmsProp(null, null, null, null), 1, (theta, g, t, memory) -> {
                memory[0] = 0.9 * memory[0] + 0.1 * g * g;
                return theta - RATE * g / (Math.sqrt(memory[0]) + 1e-8);
            }),
            new Row(new RmsProp(null, 0.8, 1e-3, 0.7), 2, (theta, g, t, memory) -> {
                memory[0] = 0.8 * memory[0] + 0.2 * g * g;
                memory[1] = 0.7 * memory[1] + g / (Math.sqrt(memory[0]) + 1e-3);
                return theta - RATE * memory[1];
            }),
            new Row(
                    new Adam(null, null, null, null),
                    2,
                    (theta, g, t, memory) -> theta - RATE * adam(g, t, memory, 0.9, 0.999, 1e-8)),
            new Row(
                    new AdamW(null, 0.1, 0.8, 0.9, 1e-4),
                    2,
                    (theta, g, t, memory) -> theta - RATE * (adam(g, t, memory, 0.8, 0.9, 1e-4) + 0.1 * theta)));

    private static double momentum(double theta, double g, int t, double[] memory) {
        memory[0] = 0.9 * memory[0] + g;
        return theta - RATE * memory[0];
    }

    private static double nesterov(double theta, double g, int t, double[] memory) {
        memory[0] = 0.9 * memory[0] + g;
        return theta - RATE * (g + 0.9 * memory[0]);
    }

    private static double adam(double g, int t, double[] memory, double beta1, double beta2, double epsilon) {
        memory[0] = beta1 * memory[0] + (1 - beta1) * g;
        memory[1] = beta2 * memory[1] + (1 - beta2) * g * g;
        double mean = memory[0] / (1 - Math.pow(beta1, t));
        double square = memory[1] / (1 - Math.pow(beta2, t));
        return mean / (Math.sqrt(square) + epsilon);
    }

    @Test
    void everyElementwiseOptimizerHasARow() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(ElementwiseOptimizer.class)) {
            if (ROWS.stream().noneMatch(row -> kind.isInstance(row.optimizer()))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> followsItsFormula() {
        return ROWS.stream().map(row -> DynamicTest.dynamicTest(row.optimizer().toString(), () -> check(row)));
    }

    private static void check(Row row) {
        assertThat(row.optimizer().slots()).isEqualTo(row.slots());
        Random random = new Random(3);
        float[] theta = new float[LENGTH];
        double[] reference = new double[LENGTH];
        double[][] memory = new double[LENGTH][2];
        for (int i = 0; i < LENGTH; i++) {
            theta[i] = (float) random.nextGaussian();
            reference[i] = theta[i];
        }
        float[] gradient = new float[LENGTH];
        float[] state = new float[row.slots() * LENGTH];
        for (int t = 1; t <= STEPS; t++) {
            for (int i = 0; i < LENGTH; i++) {
                gradient[i] = (float) random.nextGaussian();
                double g = gradient[i] * (double) SCALE + L2 * reference[i];
                reference[i] = row.formula().next(reference[i], g, t, memory[i]);
            }
            // Two ranges: the result must not depend on how the tensor is cut.
            OptimizerStep step = new OptimizerStep(t, RATE, SCALE, L2, true);
            int cut = 5 * t;
            update(row.optimizer(), step, theta, gradient, state, 0, cut);
            update(row.optimizer(), step, theta, gradient, state, cut, LENGTH);
        }
        for (int i = 0; i < LENGTH; i++) {
            assertThat((double) theta[i]).as("parameter %d", i).isCloseTo(reference[i], within(2e-6));
        }
    }

    /** Steps the parameters {@code from} to {@code to - 1}. */
    private static void update(
            ElementwiseOptimizer optimizer,
            OptimizerStep step,
            float[] theta,
            float[] gradient,
            float[] state,
            int from,
            int to) {
        optimizer.update(
                step,
                new Vector().at(theta, from, to - from),
                new Vector().at(gradient, from, to - from),
                new Matrix().at(state, from, optimizer.slots(), to - from, theta.length));
    }

    @Test
    void aliasesAreSgd() {
        float[] alias = {1f, -2f, 3f};
        float[] plain = alias.clone();
        float[] gradient = {0.5f, 0.25f, -1f};
        OptimizerStep step = new OptimizerStep(1, 0.1, 1f, 0f, true);
        update(new Nesterov(null, 0.8), step, alias, gradient, new float[3], 0, 3);
        update(new Sgd(null, 0.8, true), step, plain, gradient, new float[3], 0, 3);
        assertThat(alias).isEqualTo(plain);
    }
}
