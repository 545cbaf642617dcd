package dev.lockstep.nn.loss;

import dev.lockstep.nn.loss.GaussianNll.Variance;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Negative log-likelihood of noise from Student's t distribution (Lange, Little and Taylor 1989): Gaussian in the
 * middle, with tails so heavy that an outlier pulls the less the further away it is. With {@code n} degrees of freedom
 * and {@code c = v (n - 2)}, where {@code v} is the variance, {@code l = 1/d sum_j (1/2 log(pi c_j) + (n + 1)/2 log(1 +
 * (m_j - t_j)^2 / c_j) - log(G((n + 1)/2) / G(n/2)))}, G being the gamma function.
 *
 * <p>For a target {@code [d]} the output is {@code [2 d]}: the means {@code m}, then {@code s} with {@code v =
 * softplus(s) + 1e-6}; see {@link GaussianNll} for variances that are not predicted, and {@link NoiseLoss} for the
 * gradients. The score is that of the mean. Predictions are means, then variances.
 *
 * @param degrees {@code n}, at least 3; 4 unless given. The more, the closer to a Gaussian
 * @param variance where variances come from; predicted for each row unless given
 * @param sigma standard deviation of the noise where it is given; before training where it is learned, 1 unless given;
 *     null where it is predicted
 */
@SpecName("studentTNll")
public record StudentTNll(
        Integer degrees, Variance variance, @Nullable Double sigma) implements NoiseLoss {
    private static final int DEGREES = 4;
    private static final int LEAST = 3;
    private static final int MOST = 1000;

    /** One of each for all passes: none allocates another. */
    private static final List<NoiseLikelihood> LIKELIHOODS = IntStream.rangeClosed(0, MOST)
            .mapToObj(degrees -> new NoiseLikelihood(new Noise.StudentT(degrees)))
            .toList();

    public StudentTNll {
        degrees = degrees == null ? DEGREES : Expect.between("degrees", degrees, LEAST, MOST);
        variance = variance == null ? Variance.PREDICTED : variance;
        sigma = NoiseLoss.sigma(variance, sigma);
    }

    @Override
    public String label() {
        return "studentTNll";
    }

    @Override
    public Likelihood likelihood() {
        return LIKELIHOODS.get(degrees);
    }
}
