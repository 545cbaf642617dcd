package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.spec.SpecName;

/**
 * Poisson loss from the logarithm of the rate, {@code l = 1/d sum_j (exp(z_j) - t_j z_j)}: the negative log-likelihood
 * of counts {@code t_j} from Poisson distributions with rates {@code exp(z_j)}, without {@code log(t_j!)}, which does
 * not depend on the network (McCullagh and Nelder 1989). Gradient {@code 1/d (exp(z_j) - t_j)}. The score compares the
 * count with the rate.
 *
 * <p>Output and target {@code [d]}, or {@code [steps, d]}: each valid step counts like a row.
 */
@SpecName("poisson")
public record Poisson() implements ElementLoss {
    private static final NumberRange COUNTS = new NumberRange(0, Double.MAX_VALUE, false, "a count of at least 0");

    @Override
    public String label() {
        return "poisson";
    }

    @Override
    public NumberRange targets() {
        return COUNTS;
    }

    @Override
    public Curvature curvature() {
        return Curvatures.each(StrictMath::exp);
    }

    @Override
    public Likelihood likelihood() {
        return new PoissonLikelihood();
    }

    @Override
    public double loss(float output, float target) {
        if (!COUNTS.holds(target)) {
            throw new IllegalArgumentException("poisson: expected " + COUNTS.expected() + ", got " + target);
        }
        return StrictMath.exp(output) - (double) target * output;
    }

    @Override
    public double derivative(float output, float target) {
        return StrictMath.exp(output) - target;
    }

    @Override
    public double score(float output, float target) {
        double error = StrictMath.exp(output) - target;
        return error * error;
    }
}
