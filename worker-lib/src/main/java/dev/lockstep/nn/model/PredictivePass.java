package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Predictions outside training, in the targets' own units: what each network of an ensemble says in each of a number of
 * samples is a component of the {@link PredictiveDistribution}. A network that draws nothing predicts once.
 */
public final class PredictivePass {
    private final Replica replica;
    private final @Nullable Scaling targets;
    private final long seed;
    private final int samples;
    private final boolean mixes;
    private final PredictiveDistribution distribution;

    /**
     * Passes over a replica's batch.
     *
     * @param replica computes
     * @param targets the scaling of the targets; null: none
     * @param seed the job's seed
     * @param samples predictive samples; 0: nothing is random, weights are their means
     * @param maxRows the most rows of a pass
     */
    public PredictivePass(
            Network network, Replica replica, @Nullable Scaling targets, long seed, int samples, int maxRows) {
        this.replica = replica;
        this.targets = targets;
        this.seed = seed;
        this.samples = samples;
        Likelihood likelihood = network.likelihood();
        if (targets != null && !likelihood.allowsScaledTargets()) {
            throw new IllegalArgumentException(
                    "scaled targets: expected a loss of numbers with a mean, got " + network.loss());
        }
        mixes = samples > 0 || network.members().size() > 1 || targets != null;
        distribution = likelihood.distribution(network.output(), mixes ? maxRows : 0, targets);
    }

    /** Predicts the rows of the replica's batch. */
    public void run(Parameters parameters) {
        if (!mixes) {
            replica.beginInference();
            replica.forward(parameters);
            distribution.single(replica.output(0), replica.predictions(0));
            return;
        }
        distribution.begin(replica.batch().rows());
        for (int sample = 1; sample <= Math.max(1, samples); sample++) {
            if (samples == 0) {
                replica.beginInference();
            } else {
                replica.beginSample(seed, sample);
            }
            replica.forward(parameters);
            for (int member = 0; member < replica.members(); member++) {
                distribution.add(replica.output(member), replica.predictions(member));
            }
        }
        distribution.mix(replica::linked);
    }

    /** The losses of the rows, in the targets' own units. */
    public RowLosses losses() {
        return replica.losses(distribution.outputs(), targets);
    }

    /** What is predicted for the rows, and how sure it is; of the last pass. */
    public PredictiveDistribution distribution() {
        return distribution;
    }
}
