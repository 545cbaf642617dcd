package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Negative log-likelihood of a Gaussian whose mean and variance are both predicted (Nix and Weigend 1994): {@code l =
 * 1/d sum_j 1/2 (log(2 pi v_j) + (m_j - t_j)^2 / v_j)}, for targets whose noise differs from row to row.
 *
 * <p>For a target {@code [d]} the output is {@code [2 d]}: the means {@code m}, then {@code s}, from which {@code v =
 * softplus(s) + 1e-6} as in deep ensembles (Lakshminarayanan et al. 2017): growth of {@code s} is linear in {@code v},
 * and the floor keeps a perfect fit finite. Gradients {@code dm = 1/d (m - t) / v}, {@code ds = 1/(2d) (1/v - (m - t)^2
 * / v^2) sigmoid(s)}. The score is that of the mean. Predictions are means, then variances.
 *
 * <p>With noise that is the same for all rows the network gives the means alone, {@code [d]}, and {@code s} is a number
 * for each target beside its layers: learned like a bias, or made from {@code sigma}. That is a squared error whose
 * scale is known; the standard deviation is in the unit in which training sees the targets.
 *
 * @param variance where variances come from; predicted for each row unless given
 * @param sigma standard deviation of the noise where it is given; before training where it is learned, 1 unless given;
 *     null where it is predicted
 */
@SpecName("gaussianNll")
public record GaussianNll(Variance variance, @Nullable Double sigma) implements Loss {

    /** The source of variances. */
    public enum Variance {
        /** The network predicts one for each row and target. */
        PREDICTED,
        /** One for each target is learned. */
        LEARNED,
        /** It is known. */
        GIVEN
    }

    public GaussianNll {
        variance = variance == null ? Variance.PREDICTED : variance;
        sigma = NoiseLoss.sigma(variance, sigma);
    }

    /** A variance is predicted for each row. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public GaussianNll() {
        this(null, null);
    }

    private static final double LOG_TWO_PI = StrictMath.log(2 * Math.PI);
    private static final Scaling UNSCALED = Scaling.of(0, 1);

    @Override
    public void check(Shape output, Shape target, int classes) {
        NoiseLoss.check("gaussianNll", sigma, output, target);
    }

    @Override
    public @Nullable NoiseScale noise() {
        return NoiseLoss.noise(variance, sigma);
    }

    @Override
    public Curvature curvature() {
        return variance == Variance.PREDICTED ? Curvatures::noiseAmong : Curvatures::noiseBehind;
    }

    @Override
    public Likelihood likelihood() {
        return new NoiseLikelihood(new Noise.Gaussian());
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        evaluateScaled(pass, output, target, UNSCALED, weights, dOutput, rows);
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
        if (scaling != null) {
            NoiseLoss.toOwnUnits(pass, output, target, scaling, weights, rows);
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
        evaluateScaled(pass, output, target, scaling == null ? UNSCALED : scaling, weights, dOutput, rows);
    }

    /**
     * Outputs are those of scaled targets, losses and scores those of the targets' own units, in which a variance may
     * be below the least one that an output can express.
     */
    private static void evaluateScaled(
            Pass pass, Tensor output, Tensor target, Scaling scaling, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int d = steps.width() / 2;
        for (int row = 0; row < pass.rows(); row++) {
            double share = (double) weights[row] / d;
            double lossSum = 0;
            double scoreSum = 0;
            for (int i = 0; i < steps.of(row) * d; i++) {
                int j = i / d * 2 * d + i % d;
                float s = output.array()[output.rowOffset(row) + j + d];
                int number = i % d % scaling.std().length;
                double std = scaling.std()[number];
                double t = (target.array()[target.rowOffset(row) + i] - scaling.mean()[number]) / std;
                double error = output.array()[output.rowOffset(row) + j] - t;
                double v = variance(s);
                lossSum += 0.5 * (LOG_TWO_PI + StrictMath.log(v) + error * error / v) + StrictMath.log(std);
                scoreSum += error * std * (error * std);
                int gradientAt = dOutput.rowOffset(row) + j;
                dOutput.array()[gradientAt] = (float) (share * error / v);
                dOutput.array()[gradientAt + d] =
                        (float) (share * 0.5 * (1 - error * error / v) / v / (1 + StrictMath.exp(-(double) s)));
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = (double) weights[row] * steps.of(row);
            rows.score()[row] = share * scoreSum;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }

    private static double variance(double s) {
        return Math.max(s, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(s))) + Activation.MeanAndVariance.FLOOR;
    }
}
