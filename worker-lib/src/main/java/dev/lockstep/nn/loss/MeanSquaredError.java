package dev.lockstep.nn.loss;

import dev.lockstep.nn.spec.SpecName;

/**
 * Mean squared error, {@code l = 1/d sum_j (y_j - t_j)^2} over the {@code d} outputs of a row: up to scale and constant
 * the negative log-likelihood of a Gaussian with mean {@code y} and fixed variance (Gauss 1809). Gradient {@code 2/d
 * (y_j - t_j)}.
 *
 * <p>Output and target {@code [d]}, or {@code [steps, d]}: each valid step counts like a row.
 */
@SpecName("meanSquaredError")
public record MeanSquaredError() implements ElementLoss {

    @Override
    public String label() {
        return "meanSquaredError";
    }

    @Override
    public Curvature curvature() {
        return Curvatures.each(y -> 2);
    }

    @Override
    public Likelihood likelihood() {
        return new PointEstimate();
    }

    @Override
    public double loss(float output, float target) {
        double error = (double) output - target;
        return error * error;
    }

    @Override
    public double derivative(float output, float target) {
        return 2 * ((double) output - target);
    }
}
