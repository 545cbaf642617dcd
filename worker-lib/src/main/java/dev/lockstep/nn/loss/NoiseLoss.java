package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.loss.GaussianNll.Variance;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Negative log-likelihood of noise of some shape around a mean, the variance being predicted for each row, learned or
 * given as for {@link GaussianNll}: {@code l = -1/d sum_j log p(m_j - t_j; v_j)}, {@code v = softplus(s) + 1e-6}, from
 * outputs {@code [m, s]}. Gradients {@code dm = 1/d (-d log p/d e)}, {@code ds = 1/d (-d log p/d v) sigmoid(s)}.
 */
public sealed interface NoiseLoss extends Loss permits LaplaceNll, StudentTNll {
    /** Targets that are not scaled. */
    Scaling UNSCALED = Scaling.of(0, 1);

    /** The source of variances. */
    Variance variance();

    /** Standard deviation of the noise, or null where it is predicted. */
    @Nullable
    Double sigma();

    /** The name in messages. */
    String label();

    @Override
    default void check(Shape output, Shape target, int classes) {
        check(label(), sigma(), output, target);
    }

    @Override
    default @Nullable NoiseScale noise() {
        return noise(variance(), sigma());
    }

    @Override
    default void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        evaluateInOwnUnits(pass, output, target, null, weights, dOutput, rows);
    }

    @Override
    default void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluate(pass, output, target, weights, dOutput, rows);
        if (scaling != null) {
            toOwnUnits(pass, output, target, scaling, weights, rows);
        }
    }

    @Override
    default void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        Noise noise = ((NoiseLikelihood) likelihood()).noise();
        Scaling units = scaling == null ? UNSCALED : scaling;
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / 2;
        for (int row = 0; row < pass.rows(); row++) {
            double share = (double) weights[row] / d;
            double lossSum = 0;
            double scoreSum = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                int j = i / d * 2 * d + i % d;
                double s = output.array()[output.rowOffset(row) + j + d];
                int number = i % d % units.std().length;
                double std = units.std()[number];
                double t = (target.array()[target.rowOffset(row) + i] - units.mean()[number]) / std;
                double error = output.array()[output.rowOffset(row) + j] - t;
                double v = Math.max(s, 0)
                        + StrictMath.log1p(StrictMath.exp(-Math.abs(s)))
                        + Activation.MeanAndVariance.FLOOR;
                lossSum += StrictMath.log(std) - noise.logDensity(error, v);
                scoreSum += error * std * (error * std);
                int gradientAt = dOutput.rowOffset(row) + j;
                dOutput.array()[gradientAt] = (float) (share * noise.byError(error, v));
                dOutput.array()[gradientAt + d] =
                        (float) (share * noise.byVariance(error, v) / (1 + StrictMath.exp(-s)));
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = (double) weights[row] * steps.of(row);
            rows.score()[row] = share * scoreSum;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }

    /** Losses and scores of scaled targets in these targets' own units: {@code log std} more, and times its square. */
    static void toOwnUnits(Pass pass, Tensor output, Tensor target, Scaling scaling, float[] weights, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / 2;
        for (int row = 0; row < pass.rows(); row++) {
            double logs = 0;
            double squares = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                double std = scaling.std()[i % d % scaling.std().length];
                double mean = output.array()[output.rowOffset(row) + i / d * 2 * d + i % d];
                double error = (mean - target.array()[target.rowOffset(row) + i]) * std;
                logs += StrictMath.log(std);
                squares += error * error;
            }
            rows.loss()[row] += weights[row] * logs / d;
            rows.score()[row] = weights[row] * squares / d;
        }
    }

    /** The standard deviation that such settings mean, null where it is predicted. */
    static @Nullable Double sigma(Variance variance, @Nullable Double sigma) {
        if (variance == Variance.PREDICTED && sigma != null) {
            throw new IllegalArgumentException(
                    "sigma: expected none where variances are predicted, got " + sigma + "; variance: given takes it");
        }
        if (variance == Variance.GIVEN && sigma == null) {
            throw new IllegalArgumentException("sigma: missing, which variance: given needs");
        }
        if (sigma == null) {
            return variance == Variance.LEARNED ? 1.0 : null;
        }
        return Expect.positive("sigma", sigma);
    }

    /** Checks that outputs are a mean and a variance for each target. */
    static void check(String label, @Nullable Double sigma, Shape output, Shape target) {
        if (output.size() != 2 * target.size() || output.last() % 2 != 0) {
            throw new IllegalArgumentException(
                    sigma == null
                            ? label + ": the network's output " + output + " has to be twice as large as the target "
                                    + target + ", a mean and a variance each"
                            : label + ": the last layer's output has to be as large as the target " + target
                                    + ", with the noise beside it the network gives " + output);
        }
    }

    /** The number that stands behind the outputs of the layers; null where they predict variances. */
    static @Nullable NoiseScale noise(Variance variance, @Nullable Double sigma) {
        if (sigma == null) {
            return null;
        }
        double softplus = Math.max(sigma * sigma - Activation.MeanAndVariance.FLOOR, Float.MIN_NORMAL);
        double before = softplus > 30 ? softplus : StrictMath.log(StrictMath.expm1(softplus));
        return new NoiseScale((float) before, variance == Variance.LEARNED);
    }
}
