package dev.lockstep.nn.loss;

import dev.lockstep.nn.layer.Activation;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The curvatures of likelihoods by the outputs, in closed form; see {@link Loss.Curvature}. */
final class Curvatures {
    private Curvatures() {}

    /** Outputs that are independent given the network: a diagonal, each element a function of its output. */
    static Loss.Curvature each(DoubleUnaryOperator information) {
        return (outputs, at, units, matrix) -> {
            Arrays.fill(matrix, 0);
            for (int i = 0; i < units; i++) {
                matrix[i * units + i] = information.applyAsDouble(outputs[at + i]);
            }
        };
    }

    /** One class of several, {@code diag(p) - p p^T}. */
    static void classes(float[] outputs, int at, int units, double[] matrix) {
        double greatest = outputs[at];
        for (int i = 1; i < units; i++) {
            greatest = Math.max(greatest, outputs[at + i]);
        }
        double sum = 0;
        double[] p = new double[units];
        for (int i = 0; i < units; i++) {
            p[i] = StrictMath.exp(outputs[at + i] - greatest);
            sum += p[i];
        }
        for (int i = 0; i < units; i++) {
            for (int j = 0; j < units; j++) {
                matrix[i * units + j] = (i == j ? p[i] / sum : 0) - p[i] / sum * (p[j] / sum);
            }
        }
    }

    /** A Gaussian about the outputs, whose noise stands behind them: {@code 1 / v}. */
    static void noiseBehind(float[] outputs, int at, int units, double[] matrix) {
        Arrays.fill(matrix, 0);
        for (int i = 0; i < units; i++) {
            matrix[i * units + i] = 1 / variance(outputs[at + units + i]);
        }
    }

    /** A Gaussian whose mean and variance are outputs: {@code 1 / v}, and {@code sigmoid(s)^2 / (2 v^2)}. */
    static void noiseAmong(float[] outputs, int at, int units, double[] matrix) {
        Arrays.fill(matrix, 0);
        int targets = units / 2;
        for (int i = 0; i < targets; i++) {
            double s = outputs[at + targets + i];
            double v = variance(s);
            double slope = 1 / (1 + StrictMath.exp(-s)) / v;
            matrix[i * units + i] = 1 / v;
            matrix[(targets + i) * (units + 1)] = slope * slope / 2;
        }
    }

    private static double variance(double s) {
        return Math.max(s, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(s))) + Activation.MeanAndVariance.FLOOR;
    }
}
