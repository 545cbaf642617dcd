package dev.lockstep.nn.posterior;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic weight averaging, Gaussian (SWAG; Maddox et al. 2019): the weights at regular steps of the last part of
 * the training as samples of a Gaussian. Its mean is that of {@link WeightAverage.Swa}; its covariance is half their
 * variances and half the covariance of the last {@code rank} of them, {@code theta = a + sqrt(v/2) z + 1/sqrt(2 (K-1))
 * sum_k c_k (theta_k - a)}. The paper takes the deviations from the mean so far, Lockstep from the one at the end.
 *
 * @param from after which part of all steps it begins, from 0 to below 1; 0.75 unless given
 * @param everySteps steps from one to the next; an epoch unless given
 * @param rank {@code K}, how many of the last weights are kept, at least 2; 20 unless given
 */
@SpecName("swag")
public record Swag(Double from, @Nullable Integer everySteps, Integer rank) implements WeightPosterior {
    private static final int LEAST_RANK = 2;
    private static final int RANK = 20;

    /** Applies the defaults and checks. */
    public Swag {
        WeightAverage.Swa average = new WeightAverage.Swa(from, everySteps);
        from = average.from();
        rank = rank == null ? RANK : Expect.atLeast("rank", rank, LEAST_RANK);
    }

    @Override
    public WeightTrace trace() {
        return new WeightTrace(new WeightAverage.Swa(from, everySteps), true, rank);
    }

    @Override
    public void check(Network network, Optimizer optimizer, Horizon horizon) {
        WeightPosterior.super.check(network, optimizer, horizon);
        WeightPosterior.checkTaken("swag", trace().average(), horizon);
    }
}
