package dev.lockstep.nn.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
    private static float[] filled(Initializer initializer, Shape shape) {
        float[] values = new float[shape.size() + 2];
        Arrays.fill(values, 77f);
        initializer.fill(12345, shape, values, 1);
        assertThat(values[0]).isEqualTo(77f);
        assertThat(values[values.length - 1]).isEqualTo(77f);
        return Arrays.copyOfRange(values, 1, values.length - 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 5", "3, 8", "8, 3", "1, 7", "64, 64", "30, 120"})
    void orthogonalMatricesAreOrthonormalAlongTheirShorterSide(int rows, int columns) {
        float[] q = filled(Initializer.ORTHOGONAL, Shape.of(rows, columns));
        boolean byRows = rows <= columns;
        int count = Math.min(rows, columns);
        int length = Math.max(rows, columns);
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                double dot = 0;
                for (int l = 0; l < length; l++) {
                    dot += byRows
                            ? (double) q[i * columns + l] * q[j * columns + l]
                            : (double) q[l * columns + i] * q[l * columns + j];
                }
                assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-6));
            }
        }
    }

    @Test
    void anOrthogonalKernelIsOneMatrixOverItsPlacesAndChannels() {
        assertThat(filled(Initializer.ORTHOGONAL, Shape.of(3, 3, 2, 4)))
                .isEqualTo(filled(Initializer.ORTHOGONAL, Shape.of(18, 4)));
    }

    /** The kernel [5, 5, 4, 8] has 100 inputs and 200 outputs. */
    @Test
    void fansOfAKernelCountItsPlaces() {
        Shape kernel = Shape.of(5, 5, 4, 8);
        assertThat(largest(filled(Initializer.GLOROT_UNIFORM, kernel))).isCloseTo(Math.sqrt(6.0 / 300), within(2e-3));
        assertThat(largest(filled(Initializer.HE_UNIFORM, kernel))).isCloseTo(Math.sqrt(6.0 / 100), within(3e-3));
        assertThat(deviation(filled(Initializer.GLOROT_NORMAL, kernel))).isCloseTo(Math.sqrt(2.0 / 300), within(4e-3));
        assertThat(deviation(filled(Initializer.HE_NORMAL, kernel))).isCloseTo(Math.sqrt(2.0 / 100), within(7e-3));
    }

    /** Of a kernel with 180 inputs and 360 outputs: mean, variance, and the fourth moment, which tells the shape. */
    @ParameterizedTest
    @CsvSource({
        "GLOROT_UNIFORM, 540, 1.8",
        "HE_UNIFORM, 180, 1.8",
        "GLOROT_NORMAL, 540, 3",
        "HE_NORMAL, 180, 3",
        "ORTHOGONAL, 720, 3"
    })
    void momentsOfInitialWeights(Initializer initializer, double fans, double kurtosis) {
        Shape kernel = Shape.of(3, 3, 20, 40);
        float[] values = filled(initializer, kernel);
        // An orthogonal matrix [180, 40] has orthonormal columns: each element has variance 1/180 = 4/720.
        double variance = (initializer == Initializer.ORTHOGONAL ? 4 : 2) / fans;
        double sum = 0;
        double fourth = 0;
        for (float value : values) {
            sum += value;
            fourth += Math.pow(value, 4);
        }
        // 7,200 numbers know their variance to 2 %.
        double measured = Math.pow(deviation(values), 2);
        assertThat(sum / values.length).isCloseTo(0, within(4 * Math.sqrt(variance / values.length)));
        assertThat(measured).isCloseTo(variance, within(0.08 * variance));
        assertThat(fourth / values.length / measured / measured).isCloseTo(kurtosis, within(0.1 * kurtosis));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / values.length);
    }
}
