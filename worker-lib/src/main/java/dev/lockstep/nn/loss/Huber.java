package dev.lockstep.nn.loss;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;

/**
 * Huber's loss (Huber 1964): with {@code e = y_j - t_j}, {@code l = 1/d sum_j (e^2 / 2 if |e| <= delta, else delta (|e|
 * - delta/2))}. The negative log-likelihood, up to a constant, of Huber's least favourable distribution: a Gaussian of
 * variance 1 in the middle with the tails of a Laplace distribution. Gradient {@code 1/d min(max(e, -delta), delta)}.
 *
 * <p>Output and target {@code [d]}, or {@code [steps, d]}: each valid step counts like a row.
 *
 * @param delta where the square turns into a line, in the unit in which training sees the targets; 1 unless given
 */
@SpecName("huber")
public record Huber(Double delta) implements ElementLoss {
    public Huber {
        delta = delta == null ? 1 : Expect.positive("delta", delta);
    }

    @Override
    public String label() {
        return "huber";
    }

    @Override
    public Likelihood likelihood() {
        return new PointEstimate();
    }

    @Override
    public double loss(float output, float target) {
        return lossInOwnUnits(output, target, 1);
    }

    @Override
    public double lossInOwnUnits(float output, float target, double std) {
        double distance = Math.abs((double) output - target);
        double turn = delta * std;
        return distance <= turn ? distance * distance / 2 : turn * (distance - turn / 2);
    }

    @Override
    public double derivative(float output, float target) {
        return Math.max(-delta, Math.min(delta, (double) output - target));
    }
}
