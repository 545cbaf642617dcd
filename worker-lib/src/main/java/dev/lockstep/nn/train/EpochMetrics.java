package dev.lockstep.nn.train;

import dev.lockstep.nn.optim.EpochOutcome;
import java.io.Serializable;

/**
 * The figures of one epoch that depend on nothing but rows, job and seed.
 *
 * @param epoch number of the epoch, from 1
 * @param step steps taken by its end
 * @param loss mean training loss over the epoch's steps, each measured before its update
 * @param score the training score (accuracy or rmse), measured likewise
 * @param validationLoss mean loss over the validation rows at the epoch's end; NaN without validation rows, never with
 *     them
 * @param validationScore score over the validation rows; NaN without validation rows
 * @param divergence {@code KL(q || p)} of the weights at the epoch's end in the unit of the loss, see
 *     {@link ParameterUpdate#divergence}; NaN where no weights are distributions
 * @param learningRate rate of the epoch's last step
 */
public record EpochMetrics(
        int epoch,
        long step,
        double loss,
        double score,
        double validationLoss,
        double validationScore,
        double divergence,
        double learningRate)
        implements EpochOutcome, Serializable {

    /** Whether weights are distributions. */
    public boolean bayesian() {
        return !Double.isNaN(divergence);
    }

    /** The evidence lower bound at the epoch's end in the unit of the loss; NaN where no weights are distributions. */
    public double elbo() {
        return -(loss + divergence);
    }

    /** Whether there were validation rows. */
    public boolean validated() {
        return !Double.isNaN(validationLoss);
    }
}
