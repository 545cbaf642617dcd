package dev.lockstep.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The curvatures of losses against what they are: expected products of gradients, over targets that the outputs expect.
 */
class LossCurvatureTest {

    /** Targets with the probabilities that the outputs give them; moments up to the third decide where they are few. */
    private interface Targets {
        void each(Visitor visitor);
    }

    private interface Visitor {
        void target(double probability, float... target);
    }

    private static final float[] OUTPUTS = {0.4f, -1.2f, 0.9f};

    /** {@code d^2} times: a loss is a mean over its targets, a curvature a sum. */
    private static void check(Loss loss, float[] outputs, int units, int targets, Targets expected) {
        double[][] sums = new double[units][units];
        LossCase one = new LossCase(Shape.of(outputs.length), Shape.of(targets), 1);
        System.arraycopy(outputs, 0, one.outputs(), 0, outputs.length);
        expected.each((probability, target) -> {
            System.arraycopy(target, 0, one.targets(), 0, targets);
            one.evaluate(loss);
            for (int i = 0; i < units; i++) {
                for (int j = 0; j < units; j++) {
                    sums[i][j] += probability * one.gradient()[i] * one.gradient()[j];
                }
            }
        });
        double[] matrix = new double[units * units];
        Objects.requireNonNull(loss.curvature()).compute(outputs, 0, units, matrix);
        int d = loss.likelihood().targets(Shape.of(outputs.length));
        for (int i = 0; i < units; i++) {
            for (int j = 0; j < units; j++) {
                assertThat(matrix[i * units + j])
                        .as("%s: %d, %d", loss, i, j)
                        .isCloseTo(sums[i][j] * d * d, within(1e-5 * (1 + Math.abs(matrix[i * units + j]))));
            }
        }
    }

    @Test
    void classes() {
        double sum = 0;
        for (float z : OUTPUTS) {
            sum += Math.exp(z);
        }
        double total = sum;
        for (Loss loss : List.of(new CrossEntropy(), new SoftCrossEntropy())) {
            boolean soft = loss instanceof SoftCrossEntropy;
            check(loss, OUTPUTS, 3, soft ? 3 : 1, visitor -> {
                for (int k = 0; k < 3; k++) {
                    float[] target = soft ? new float[3] : new float[] {k};
                    if (soft) {
                        target[k] = 1;
                    }
                    visitor.target(Math.exp(OUTPUTS[k]) / total, target);
                }
            });
        }
    }

    @Test
    void answers() {
        check(new BinaryCrossEntropy(null), OUTPUTS, 3, 3, visitor -> {
            for (int bits = 0; bits < 8; bits++) {
                double probability = 1;
                float[] target = new float[3];
                for (int i = 0; i < 3; i++) {
                    double p = 1 / (1 + Math.exp(-OUTPUTS[i]));
                    target[i] = bits >> i & 1;
                    probability *= target[i] == 1 ? p : 1 - p;
                }
                visitor.target(probability, target);
            }
        });
    }

    @Test
    void counts() {
        check(new Poisson(), new float[] {0.7f}, 1, 1, visitor -> {
            double rate = Math.exp(0.7f);
            double probability = Math.exp(-rate);
            for (int t = 0; t < 40; t++) {
                visitor.target(probability, t);
                probability *= rate / (t + 1);
            }
        });
    }

    /** Three points have the moments of a Gaussian up to the fifth, which is all that squared gradients need. */
    private static void normal(double[] means, double[] variances, Visitor visitor) {
        double[] places = {-Math.sqrt(3), 0, Math.sqrt(3)};
        double[] shares = {1 / 6.0, 2 / 3.0, 1 / 6.0};
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
                float[] target = {
                    (float) (means[0] + places[a] * Math.sqrt(variances[0])),
                    (float) (means[1] + places[b] * Math.sqrt(variances[1]))
                };
                visitor.target(shares[a] * shares[b], target);
            }
        }
    }

    @Test
    void numbers() {
        double[] means = {0.4f, -1.2f};
        check(
                new MeanSquaredError(),
                new float[] {0.4f, -1.2f},
                2,
                2,
                visitor -> normal(means, new double[] {0.5, 0.5}, visitor));
        float[] outputs = {0.4f, -1.2f, 0.9f, -0.3f};
        double[] variances = {variance(0.9f), variance(-0.3f)};
        check(new GaussianNll(), outputs, 4, 2, visitor -> normal(means, variances, visitor));
        Loss learned = new GaussianNll(GaussianNll.Variance.LEARNED, null);
        check(learned, outputs, 2, 2, visitor -> normal(means, variances, visitor));
    }

    private static double variance(double s) {
        return Math.log1p(Math.exp(s)) + Activation.MeanAndVariance.FLOOR;
    }
}
