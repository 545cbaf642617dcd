package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Negative log-likelihood of a mixture of {@code K} Gaussians for each target (mixture density networks; Bishop 1994):
 * {@code l = -1/d sum_j log sum_k p_kj N(t_j; m_kj, v_kj)}, for targets that have several likely values in one place.
 * {@code p_j = softmax over k of a_kj} and {@code v = softplus(s) + 1e-6}; the sum over {@code k} is taken by its
 * greatest term, so that none overflows.
 *
 * <p>For a target {@code [d]} the output is {@code [3 K d]}: the logits {@code a}, then the means {@code m}, then
 * {@code s}, each all targets' first component, then their second, and so on; or {@code [steps, 3 K d]}, each valid
 * step counting like a row. With {@code g_kj} the share of component {@code k} in the density at the target, gradients
 * are {@code da = 1/d (p - g)}, {@code dm = 1/d g (m - t) / v} and {@code ds = 1/(2d) g (1/v - (m - t)^2 / v^2)
 * sigmoid(s)}. The score is that of the mixture's mean. Predictions are means, then variances.
 *
 * @param components {@code K}; 3 unless given
 */
@SpecName("mixtureDensity")
public record MixtureDensity(Integer components) implements Loss {
    private static final int MOST = 1000;

    public MixtureDensity {
        components = components == null ? 3 : Expect.atLeast("components", components, 1);
        if (components > MOST) {
            throw Expect.failure("components", "at most " + MOST, components);
        }
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        int each = 3 * components;
        if (output.size() != each * target.size() || output.last() % each != 0) {
            throw new IllegalArgumentException("mixtureDensity: the network's output " + output + " has to be " + each
                    + " times as large as the target " + target + ", a weight, a mean and a variance for each of "
                    + components + " components");
        }
    }

    @Override
    public Likelihood likelihood() {
        return new MixtureDensityLikelihood(components);
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        evaluateInOwnUnits(pass, output, target, null, weights, dOutput, rows);
    }

    @Override
    public void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluate(pass, output, target, weights, dOutput, rows);
        if (scaling == null) {
            return;
        }
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / (3 * components);
        for (int row = 0; row < pass.rows(); row++) {
            double logs = 0;
            double squares = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                double std = scaling.std()[i % d % scaling.std().length];
                double error = mean(output.array(), output.rowOffset(row) + i / d * steps.width() + i % d, d)
                        - target.array()[target.rowOffset(row) + i];
                logs += StrictMath.log(std);
                squares += error * std * (error * std);
            }
            rows.loss()[row] += weights[row] * logs / d;
            rows.score()[row] = weights[row] * squares / d;
        }
    }

    @Override
    public void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        Scaling units = scaling == null ? NoiseLoss.UNSCALED : scaling;
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / (3 * components);
        for (int row = 0; row < pass.rows(); row++) {
            double share = (double) weights[row] / d;
            double lossSum = 0;
            double scoreSum = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                int j = i / d * steps.width() + i % d;
                int number = i % d % units.std().length;
                double std = units.std()[number];
                double t = (target.array()[target.rowOffset(row) + i] - units.mean()[number]) / std;
                int at = output.rowOffset(row) + j;
                double error = (mean(output.array(), at, d) - t) * std;
                lossSum += StrictMath.log(std)
                        - logDensity(output.array(), at, d, t, dOutput.array(), dOutput.rowOffset(row) + j, share);
                scoreSum += error * error;
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = (double) weights[row] * steps.of(row);
            rows.score()[row] = share * scoreSum;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }

    /** {@code m = sum_k p_k m_k} of the target whose first logit is at a place. */
    private double mean(float[] y, int at, int d) {
        double logSum = logSum(y, at, d, components);
        double mean = 0;
        for (int k = 0; k < components; k++) {
            mean += StrictMath.exp(y[at + k * d] - logSum) * y[at + (components + k) * d];
        }
        return mean;
    }

    /** {@code log sum_k exp(a_k)}. */
    static double logSum(float[] y, int at, int d, int components) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < components; k++) {
            greatest = Math.max(greatest, y[at + k * d]);
        }
        double sum = 0;
        for (int k = 0; k < components; k++) {
            sum += StrictMath.exp(y[at + k * d] - greatest);
        }
        return greatest + StrictMath.log(sum);
    }

    /** {@code v = softplus(s) + 1e-6}. */
    static double variance(double s) {
        return Math.max(s, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(s))) + Activation.MeanAndVariance.FLOOR;
    }

    /** {@code log sum_k p_k N(t; m_k, v_k)}, and the gradient of minus it, times the share. */
    private double logDensity(float[] y, int at, int d, double t, float[] gradient, int gradientAt, double share) {
        double logSum = logSum(y, at, d, components);
        double log = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < components; k++) {
            double term = y[at + k * d] - logSum + normal(y, at + k * d, d, t);
            double greater = Math.max(log, term);
            log = greater + StrictMath.log1p(StrictMath.exp(Math.min(log, term) - greater));
        }
        for (int k = 0; k < components; k++) {
            int place = k * d;
            double logWeight = y[at + place] - logSum;
            double own = StrictMath.exp(logWeight + normal(y, at + place, d, t) - log);
            double s = y[at + place + 2 * components * d];
            double v = variance(s);
            double error = y[at + place + components * d] - t;
            gradient[gradientAt + place] = (float) (share * (StrictMath.exp(logWeight) - own));
            gradient[gradientAt + place + components * d] = (float) (share * own * error / v);
            gradient[gradientAt + place + 2 * components * d] =
                    (float) (share * own * 0.5 * (1 - error * error / v) / v / (1 + StrictMath.exp(-s)));
        }
        return log;
    }

    /** {@code log N(t; m_k, v_k)} of the component whose logit is at a place. */
    private double normal(float[] y, int at, int d, double t) {
        double v = variance(y[at + 2 * components * d]);
        return GAUSSIAN.logDensity(y[at + components * d] - t, v);
    }

    private static final Noise.Gaussian GAUSSIAN = new Noise.Gaussian();
}
