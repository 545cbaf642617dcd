package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ScalarMathTest {
    /** Visits every 1009th bit pattern: all exponents, 4.2 million floats. */
    private static final long STRIDE = 1009;

    private interface FloatFunction {
        float apply(float x);
    }

    /**
     * Fails at the first float in [low, high] whose result is not within {@code bound} ulp of the exact one; NaN never
     * is.
     */
    private static void assertWithin(
            double bound, FloatFunction function, DoubleUnaryOperator exact, float low, float high) {
        for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
            float x = Float.intBitsToFloat((int) bits);
            if (!(x >= low && x <= high)) {
                continue;
            }
            double expected = exact.applyAsDouble(x);
            float actual = function.apply(x);
            // Beyond the floats the exact value rounds to infinity or to the greatest float.
            boolean near = Math.abs(expected) > Float.MAX_VALUE
                    ? Math.abs(actual) >= Float.MAX_VALUE
                    : Math.abs(actual - expected) < bound * Math.ulp((float) expected);
            if (!near) {
                throw new AssertionError(
                        String.format("f(%s) = %s, expected %s within %s ulp", x, actual, expected, bound));
            }
        }
    }

    @Test
    void exponentialsStayWithinTheirErrors() {
        assertWithin(1.0, ScalarMath::exp, StrictMath::exp, -120f, 100f);
        assertWithin(1.5, ScalarMath::expm1, StrictMath::expm1, -120f, 100f);
    }

    @Test
    void logarithmsStayWithinTheirErrors() {
        assertWithin(1.0, ScalarMath::log, StrictMath::log, Float.MIN_VALUE, Float.MAX_VALUE);
        assertWithin(1.5, ScalarMath::log1p, StrictMath::log1p, -0x1.fffffep-1f, Float.MAX_VALUE);
    }

    @Test
    void sigmoidsStayWithinTheirErrors() {
        assertWithin(2.5, ScalarMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -120f, 120f);
        assertWithin(2.5, ScalarMath::tanh, StrictMath::tanh, -Float.MAX_VALUE, Float.MAX_VALUE);
        assertWithin(
                2.5,
                ScalarMath::softplus,
                x -> x > 40 ? x : StrictMath.log1p(StrictMath.exp(x)),
                -120f,
                Float.MAX_VALUE);
    }

    @Test
    void errorFunctionStaysWithinItsError() {
        assertWithin(1.5, ScalarMath::erf, ScalarMathTest::erf, -6f, 6f);
    }

    /** Series for small arguments, continued fraction (Lentz) for large ones. */
    private static double erf(double x) {
        double a = Math.abs(x);
        if (a < 2.5) {
            double term = x;
            double sum = x;
            for (int n = 1; n < 100; n++) {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.sqrt(StrictMath.PI) * sum;
        }
        double fraction = a;
        for (int n = 120; n > 0; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        double complement = StrictMath.exp(-a * a) / (Math.sqrt(StrictMath.PI) * fraction);
        return Math.copySign(1 - complement, x);
    }

    @Test
    void circleFunctionsStayWithinTheirErrors() {
        double sine = 0;
        double cosine = 0;
        for (int i = 0; i < 1 << 24; i += 3) {
            float u = i * 0x1p-24f;
            // Reduced exactly to an eighth of the circle, where StrictMath's own argument is exact enough.
            double expectedSine = exactSine(u);
            double expectedCosine = exactSine(u + 0.25);
            sine = Math.max(
                    sine,
                    Math.abs(ScalarMath.sinTwoPi(u) - expectedSine)
                            / Math.max(Math.ulp((float) expectedSine), Float.MIN_VALUE));
            cosine = Math.max(
                    cosine,
                    Math.abs(ScalarMath.cosTwoPi(u) - expectedCosine)
                            / Math.max(Math.ulp((float) expectedCosine), Float.MIN_VALUE));
        }
        assertThat(sine).isLessThan(1.5);
        assertThat(cosine).isLessThan(1.5);
    }

    private static double exactSine(double u) {
        double quarters = Math.rint(u * 4);
        double r = 2 * StrictMath.PI * (u - quarters / 4);
        return switch ((int) quarters & 3) {
            case 0 -> StrictMath.sin(r);
            case 1 -> StrictMath.cos(r);
            case 2 -> -StrictMath.sin(r);
            default -> -StrictMath.cos(r);
        };
    }

    @Test
    void specialValuesAreExact() {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        check(ScalarMath::exp, 0f, 1f, -0f, 1f, inf, inf, -inf, 0f, nan, nan, 89f, inf, -104f, 0f);
        check(ScalarMath::expm1, 0f, 0f, -0f, -0f, inf, inf, -inf, -1f, nan, nan);
        check(ScalarMath::log, 0f, -inf, -0f, -inf, inf, inf, -inf, nan, nan, nan, 1f, 0f, -Float.MIN_VALUE, nan);
        check(ScalarMath::log1p, 0f, 0f, -0f, 0f, inf, inf, -1f, -inf, -inf, nan, nan, nan);
        check(ScalarMath::sigmoid, 0f, 0.5f, inf, 1f, -inf, 0f, nan, nan);
        check(ScalarMath::tanh, 0f, 0f, -0f, -0f, inf, 1f, -inf, -1f, nan, nan, Float.MIN_VALUE, Float.MIN_VALUE);
        check(ScalarMath::softplus, inf, inf, -inf, 0f, nan, nan);
        check(ScalarMath::erf, 0f, 0f, -0f, -0f, inf, 1f, -inf, -1f, nan, nan);
        check(ScalarMath::sinTwoPi, 0f, 0f, 0.25f, 1f, 0.5f, -0f, 0.75f, -1f);
        check(ScalarMath::cosTwoPi, 0f, 1f, 0.5f, -1f);
    }

    private static void check(FloatFunction function, float... argumentsAndValues) {
        for (int i = 0; i < argumentsAndValues.length; i += 2) {
            float actual = function.apply(argumentsAndValues[i]);
            assertThat(Float.floatToIntBits(actual))
                    .as("f(%s) = %s, expected %s", argumentsAndValues[i], actual, argumentsAndValues[i + 1])
                    .isEqualTo(Float.floatToIntBits(argumentsAndValues[i + 1]));
        }
    }
}
