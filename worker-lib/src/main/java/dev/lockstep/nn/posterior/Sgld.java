package dev.lockstep.nn.posterior;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.spec.SpecName;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient Langevin dynamics (Welling and Teh 2011): steps of gradient descent with so much noise that their
 * weights are samples of the posterior. With {@code L} the mean loss and its penalties, and {@code U = u L} the
 * negative log-posterior of the training set, {@code u} how many units of the mean loss it has,
 *
 * <pre>{@code
 * theta = theta - lr dL/dtheta + sqrt(2 lr / u) z
 * }</pre>
 *
 * <p>which is the paper's step of size {@code 2 lr / u}. {@code model.l2} is a Gaussian prior of precision {@code l2
 * u}. The noise of a parameter follows from the seed, the step and its place. After a first part of the steps (burn-in)
 * weights are kept at regular steps (thinning): predictive samples are the last ones of them in turn, and theta is the
 * mean of all.
 *
 * @param from after which part of all steps weights are kept, from 0 to below 1; 0.5 unless given
 * @param everySteps steps from one to the next; an epoch unless given
 * @param samples how many of the last weights are kept, at least 2; 20 unless given
 */
@SpecName("sgld")
public record Sgld(Double from, @Nullable Integer everySteps, Integer samples) implements WeightPosterior {
    private static final int LEAST_SAMPLES = 2;
    private static final int SAMPLES = 20;

    /** Applies the defaults and checks. */
    public Sgld {
        from = from == null ? 0.5 : from;
        WeightAverage.Swa average = new WeightAverage.Swa(from, everySteps);
        from = average.from();
        samples = samples == null ? SAMPLES : Expect.atLeast("samples", samples, LEAST_SAMPLES);
    }

    @Override
    public WeightTrace trace() {
        return new WeightTrace(new WeightAverage.Swa(from, everySteps), false, samples);
    }

    @Override
    public boolean addsNoise() {
        return true;
    }

    @Override
    public void check(Network network, Optimizer optimizer, Horizon horizon) {
        WeightPosterior.super.check(network, optimizer, horizon);
        if (optimizer.adaptive() || optimizer.slots() > 0) {
            throw new IllegalArgumentException("train.posterior.sgld: expected the optimizer sgd without momentum,"
                    + " whose steps become samples of the posterior by noise of one size, got "
                    + SpecMapper.tree(optimizer));
        }
        WeightPosterior.checkTaken("sgld", trace().average(), horizon);
    }
}
