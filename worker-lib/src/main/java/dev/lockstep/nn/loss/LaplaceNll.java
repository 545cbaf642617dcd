package dev.lockstep.nn.loss;

import dev.lockstep.nn.loss.GaussianNll.Variance;
import dev.lockstep.nn.spec.SpecName;
import org.jspecify.annotations.Nullable;

/**
 * Negative log-likelihood of Laplace noise (Laplace 1774): {@code l = 1/d sum_j (log(2 b_j) + |m_j - t_j| / b_j)} with
 * the scale {@code b = sqrt(v / 2)} of noise with variance {@code v}. An absolute error whose scale is known: the mean
 * is a median, which single outliers hardly move.
 *
 * <p>For a target {@code [d]} the output is {@code [2 d]}: the means {@code m}, then {@code s} with {@code v =
 * softplus(s) + 1e-6}; see {@link GaussianNll} for variances that are not predicted, and {@link NoiseLoss} for the
 * gradients. The score is that of the mean. Predictions are means, then variances.
 *
 * @param variance where variances come from; predicted for each row unless given
 * @param sigma standard deviation of the noise where it is given; before training where it is learned, 1 unless given;
 *     null where it is predicted
 */
@SpecName("laplaceNll")
public record LaplaceNll(Variance variance, @Nullable Double sigma) implements NoiseLoss {
    /** One for all passes: none allocates another. */
    private static final Likelihood LIKELIHOOD = new NoiseLikelihood(new Noise.Laplace());

    public LaplaceNll {
        variance = variance == null ? Variance.PREDICTED : variance;
        sigma = NoiseLoss.sigma(variance, sigma);
    }

    @Override
    public String label() {
        return "laplaceNll";
    }

    @Override
    public Likelihood likelihood() {
        return LIKELIHOOD;
    }
}
