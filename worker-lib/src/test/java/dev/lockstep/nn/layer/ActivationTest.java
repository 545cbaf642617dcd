package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Kinds;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every element-wise activation against its formula in double. {@link GradientCheckTest} holds its derivative, but
 * would accept a wrong function with the derivative that belongs to it.
 */
class ActivationTest {
    /** More than a vector of any width. */
    private static final float[] INPUTS = {
        -80f, -30f, -7f, -3.5f, -2f, -1f, -0.75f, -0.25f, -1e-3f, 0f, 1e-3f, 0.25f, 0.75f, 1f, 2f, 3.5f, 7f, 30f, 80f
    };

    private static final Map<Activation, DoubleUnaryOperator> FORMULAS = Map.ofEntries(
            Map.entry(new Activation.Linear(), x -> x),
            Map.entry(new Activation.Relu(), x -> Math.max(x, 0)),
            Map.entry(new Activation.Sigmoid(), x -> 1 / (1 + StrictMath.exp(-x))),
            Map.entry(new Activation.Tanh(), StrictMath::tanh),
            Map.entry(new Activation.LeakyRelu(null), x -> x > 0 ? x : 0.01 * x),
            Map.entry(new Activation.LeakyRelu(0.2), x -> x > 0 ? x : 0.2 * x),
            Map.entry(new Activation.Elu(null), x -> x > 0 ? x : StrictMath.expm1(x)),
            Map.entry(new Activation.Elu(0.7), x -> x > 0 ? x : 0.7 * StrictMath.expm1(x)),
            Map.entry(new Activation.Gelu(), x -> x * normalDistribution(x)),
            Map.entry(new Activation.Silu(), x -> x / (1 + StrictMath.exp(-x))),
            Map.entry(new Activation.Softplus(), x -> StrictMath.log1p(StrictMath.exp(x))),
            Map.entry(new Activation.Softsign(), x -> x / (1 + Math.abs(x))),
            Map.entry(new Activation.Exponential(), StrictMath::exp));

    /** The density, integrated from 0 by Simpson's rule. */
    private static double normalDistribution(double x) {
        int intervals = 20_000;
        double width = x / intervals;
        double sum = 0;
        for (int i = 0; i <= intervals; i++) {
            double z = i * width;
            int weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * StrictMath.exp(-z * z / 2);
        }
        return 0.5 + sum * width / 3 / Math.sqrt(2 * StrictMath.PI);
    }

    @Test
    void everyElementwiseActivationHasAFormula() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(Activation.class)) {
            boolean byRow = kind == Activation.Softmax.class || kind == Activation.MeanAndVariance.class;
            if (!byRow && FORMULAS.keySet().stream().noneMatch(kind::isInstance)) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).as("activations without a formula").isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> values() {
        return FORMULAS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey().toString(), () -> check(entry.getKey(), entry.getValue())));
    }

    private static void check(Activation activation, DoubleUnaryOperator formula) {
        float[] outputs = new float[INPUTS.length];
        activation.forward(INPUTS, 0, outputs, 0, 1, INPUTS.length);
        for (int i = 0; i < INPUTS.length; i++) {
            double expected = formula.applyAsDouble(INPUTS[i]);
            double error = Math.abs(outputs[i] - expected);
            assertThat(error)
                    .as("%s of %s: got %s, expected %s", activation, INPUTS[i], outputs[i], expected)
                    .isLessThanOrEqualTo(1e-6 * Math.abs(expected) + 1e-7);
        }
    }
}
