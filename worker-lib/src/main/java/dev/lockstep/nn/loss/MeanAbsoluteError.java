package dev.lockstep.nn.loss;

import dev.lockstep.nn.spec.SpecName;

/**
 * Mean absolute error, {@code l = 1/d sum_j |y_j - t_j|}: up to scale and constant the negative log-likelihood of a
 * Laplace distribution with location {@code y} and fixed scale (Laplace 1774), so it estimates the median. Gradient
 * {@code 1/d sign(y_j - t_j)}, 0 at equality.
 *
 * <p>Output and target {@code [d]}, or {@code [steps, d]}: each valid step counts like a row.
 */
@SpecName("meanAbsoluteError")
public record MeanAbsoluteError() implements ElementLoss {

    @Override
    public String label() {
        return "meanAbsoluteError";
    }

    @Override
    public Likelihood likelihood() {
        return new PointEstimate();
    }

    @Override
    public double loss(float output, float target) {
        return Math.abs((double) output - target);
    }

    @Override
    public double derivative(float output, float target) {
        return Math.signum((double) output - target);
    }
}
