package dev.lockstep.nn.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.param.Spread;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Eigenvalues against their definition, and a product of factors against the matrix that it is. */
class FactoredInformationTest {

    /** The lower triangle of a sum of squares of so many vectors. */
    private static double[] triangle(int size, int vectors, Random random) {
        double[] triangle = new double[size * (size + 1) / 2];
        for (int k = 0; k < vectors; k++) {
            double[] x = random.doubles(size).map(value -> 3 * value - 1).toArray();
            int at = 0;
            for (int i = 0; i < size; i++) {
                for (int j = 0; j <= i; j++) {
                    triangle[at++] += x[i] * x[j];
                }
            }
        }
        return triangle;
    }

    private static double element(double[] triangle, int i, int j) {
        int row = Math.max(i, j);
        return triangle[row * (row + 1) / 2 + Math.min(i, j)];
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "3, 1", "17, 40", "40, 12", "65, 0"})
    void eigenvectorsAreOrthonormalAndDoWhatTheyShould(int size, int vectors) {
        double[] a = triangle(size, vectors, new Random(size));
        SymmetricEigen eigen = SymmetricEigen.of(a, 0, size);
        double greatest = 1 + size * 4.0 * vectors;
        for (int j = 0; j < size; j++) {
            for (int i = 0; i < size; i++) {
                double image = 0;
                double product = 0;
                for (int k = 0; k < size; k++) {
                    image += element(a, i, k) * eigen.vector(k, j);
                    product += eigen.vector(k, i) * eigen.vector(k, j);
                }
                assertThat(image).isCloseTo(eigen.values()[j] * eigen.vector(i, j), within(1e-13 * greatest));
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
    }

    /** {@code A (x) G / w} with its weights in the order in which they lie. */
    private static double[] whole(double[] a, int inputs, double[] g, int outputs, double weight) {
        int size = inputs * outputs;
        double[] whole = new double[size * (size + 1) / 2];
        int at = 0;
        for (int r = 0; r < size; r++) {
            for (int c = 0; c <= r; c++) {
                whole[at++] = element(a, r / outputs, c / outputs) * element(g, r % outputs, c % outputs) / weight;
            }
        }
        return whole;
    }

    /** Covariance that values stand for: {@code sum_kl (U_ik V_ul d_kl) (U_jk V_vl d_kl)}. */
    private static double covariance(float[] values, int inputs, int outputs, int r, int c) {
        double sum = 0;
        int d = inputs * inputs;
        int v = d + inputs * outputs;
        for (int k = 0; k < inputs; k++) {
            for (int l = 0; l < outputs; l++) {
                double deviation = values[d + k * outputs + l];
                sum += deviation
                        * deviation
                        * values[r / outputs * inputs + k]
                        * values[v + r % outputs * outputs + l]
                        * values[c / outputs * inputs + k]
                        * values[v + c % outputs * outputs + l];
            }
        }
        return sum;
    }

    @Test
    void aProductOfFactorsIsTheMatrixThatItIs() {
        int inputs = 6;
        int outputs = 4;
        double weight = 17;
        double prior = 0.7;
        Random random = new Random(3);
        double[] a = triangle(inputs, 9, random);
        double[] g = triangle(outputs, 3, random);
        double[] sums = new double[2 + a.length + g.length + 1];
        System.arraycopy(a, 0, sums, 2, a.length);
        System.arraycopy(g, 0, sums, 2 + a.length, g.length);
        sums[sums.length - 1] = weight;
        PrecisionMatrix factored = new FactoredInformation(sums, 2, inputs, outputs).plus(prior);
        int size = inputs * outputs;
        InverseFactor whole = InverseFactor.of(whole(a, inputs, g, outputs, weight), 0, size, prior);
        assertThat(factored.size()).isEqualTo(size);
        assertThat(factored.inverseTrace()).isCloseTo(whole.inverseTrace(), within(1e-10));
        assertThat(factored.block(5)).isEqualTo(Spread.Block.factored(5, inputs, outputs));

        float[] directions = new float[size * size];
        whole.copy(directions, 0);
        float[] values = new float[inputs * inputs + size + outputs * outputs];
        assertThat(factored.copy(values, 0)).isEqualTo(values.length);
        for (int r = 0; r < size; r++) {
            for (int c = 0; c < size; c++) {
                double expected = 0;
                for (int k = 0; k < size; k++) {
                    expected += (double) directions[k * size + r] * directions[k * size + c];
                }
                assertThat(covariance(values, inputs, outputs, r, c)).isCloseTo(expected, within(2e-6));
            }
        }
    }
}
