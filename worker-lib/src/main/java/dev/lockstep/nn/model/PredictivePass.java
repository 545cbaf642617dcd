package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
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
     * @param decision how outputs become probabilities and classes
     */
    public PredictivePass(
            Network network,
            Replica replica,
            @Nullable Scaling targets,
            long seed,
            int samples,
            int maxRows,
            Decision decision) {
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
        int mixedRows = mixes || decision.tempers() ? maxRows : 0;
        distribution = likelihood.distribution(network.output(), mixedRows, targets);
        distribution.decide(decision);
    }

    /** Predicts the rows of the replica's batch. */
    public void run(Parameters parameters) {
        if (!mixes) {
            replica.beginInference();
            replica.forward(parameters);
            distribution.endAt(replica.lengths());
            distribution.single(replica.batch().rows(), replica.output(0), replica::linked);
            return;
        }
        distribution.begin(replica.batch().rows());
        for (int sample = 1; sample <= Math.max(1, samples); sample++) {
            if (samples == 0) {
                replica.beginInference();
            } else {
                replica.beginSample(seed, sample);
            }
            replica.forward(samples == 0 ? parameters : parameters.sample(seed, sample));
            for (int member = 0; member < replica.members(); member++) {
                distribution.add(replica.output(member), replica.predictions(member));
            }
        }
        distribution.endAt(replica.lengths());
        distribution.mix(replica::linked);
    }

    /** The losses of the rows, in the targets' own units. */
    public RowLosses losses() {
        RowLosses losses = replica.losses(distribution.outputs(), targets);
        if (distribution.decision().decides()) {
            countRight(losses);
        }
        return losses;
    }

    /** A loss takes the more probable class for the predicted one. */
    private void countRight(RowLosses losses) {
        Shape output = distribution.outputs().shape();
        int width = output.last();
        int[] lengths = replica.lengths();
        Batch batch = replica.batch();
        for (int row = 0; row < batch.rows(); row++) {
            int steps = output.rank() == 2 && lengths != null ? lengths[row] : output.size() / width;
            int right = 0;
            for (int step = 0; step < steps; step++) {
                float label = batch.targets().array()[batch.targets().rowOffset(row) + step];
                right += distribution.decided(row, step * width, width) == (int) label ? 1 : 0;
            }
            losses.score()[row] = (double) batch.weights()[row] * right;
        }
    }

    /** What is predicted for the rows, and how sure it is; of the last pass. */
    public PredictiveDistribution distribution() {
        return distribution;
    }
}
