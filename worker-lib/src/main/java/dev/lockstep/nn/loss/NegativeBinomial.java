package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * Negative log-likelihood of counts from negative binomial distributions (Lawless 1987) with the mean {@code m =
 * exp(z)} and the variance {@code m + a m^2}, {@code a = exp(s)} being the overdispersion: counts that scatter more
 * than Poisson counts of the same mean, which they become as a goes to 0. With {@code l} a mean over the {@code d}
 * counts of
 *
 * <pre>{@code
 * -log p(t) = log(t!) - sum over k < t of log((1 + a k) / (1 + a m)) - t log m + log(1 + a m) / a
 * dz = (m - t) / (1 + a m)
 * ds = a (sum over k < t of (m / (1 + a m) - k / (1 + a k)) - (log(1 + a m) - a m / (1 + a m)) / a^2)
 * }</pre>
 *
 * <p>For counts {@code [d]} the output is {@code [2 d]}: {@code z}, then {@code s}; or {@code [steps, 2 d]}, each valid
 * step counting like a row. The score compares the count with the mean. Predictions are means, then overdispersions.
 * The sums take as many terms as the count is large.
 */
@SpecName("negativeBinomial")
public record NegativeBinomial() implements Loss {
    private static final int MOST = 1_000_000;
    private static final NumberRange COUNTS = new NumberRange(0, MOST, true, "a count from 0 to " + MOST);

    /** Below it differences of logarithms lose what a series keeps. */
    private static final double SMALL = 1e-3;

    @Override
    public void check(Shape output, Shape target, int classes) {
        if (output.size() != 2 * target.size() || output.last() % 2 != 0) {
            throw new IllegalArgumentException("negativeBinomial: the network's output " + output
                    + " has to be twice as large as the target " + target + ", a mean and an overdispersion each");
        }
    }

    @Override
    public NumberRange targets() {
        return COUNTS;
    }

    @Override
    public Likelihood likelihood() {
        return new NegativeBinomialLikelihood();
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / 2;
        for (int row = 0; row < pass.rows(); row++) {
            double share = (double) weights[row] / d;
            double lossSum = 0;
            double scoreSum = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                int j = i / d * 2 * d + i % d;
                float t = target.array()[target.rowOffset(row) + i];
                if (!COUNTS.holds(t)) {
                    throw new IllegalArgumentException(
                            "negativeBinomial: expected " + COUNTS.expected() + ", got " + t);
                }
                double m = StrictMath.exp(output.array()[output.rowOffset(row) + j]);
                double a = StrictMath.exp(output.array()[output.rowOffset(row) + j + d]);
                lossSum -= logProbability(t, m, a);
                scoreSum += (m - t) * (m - t);
                int gradientAt = dOutput.rowOffset(row) + j;
                dOutput.array()[gradientAt] = (float) (share * (m - t) / (1 + a * m));
                dOutput.array()[gradientAt + d] = (float) (share * a * byDispersion(t, m, a));
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = (double) weights[row] * steps.of(row);
            rows.score()[row] = share * scoreSum;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }

    /** {@code log p(t)} of a whole number. */
    static double logProbability(double t, double m, double a) {
        double sum = -none(m, a);
        for (int k = 0; k < t; k++) {
            sum += StrictMath.log((1 + a * k) / (1 + a * m) * (m / (k + 1)));
        }
        return sum;
    }

    /** {@code log(1 + a m) / a}, what it costs that there is nothing. */
    private static double none(double m, double a) {
        double x = a * m;
        return x < SMALL ? m * (1 - x / 2 + x * x / 3 - x * x * x / 4) : StrictMath.log1p(x) / a;
    }

    /** {@code -d log p / d a}. */
    private static double byDispersion(double t, double m, double a) {
        double x = a * m;
        double sum = x < SMALL
                ? -m * m * (0.5 - 2 * x / 3 + 3 * x * x / 4 - 4 * x * x * x / 5)
                : -(StrictMath.log1p(x) - x / (1 + x)) / (a * a);
        for (int k = 0; k < t; k++) {
            sum += m / (1 + x) - k / (1 + a * k);
        }
        return sum;
    }
}
