package dev.lockstep.nn.posterior;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.param.Parameters;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A distribution over the parameters of a network whose layers have none while they are trained:
 * {@code train.posterior} of a job file. The model that comes out has a {@link dev.lockstep.nn.param.Spread}.
 */
public sealed interface WeightPosterior extends Serializable permits Swag, Laplace, Sgld {

    /** What it needs of the weights of the steps; null: nothing. */
    default @Nullable WeightTrace trace() {
        return null;
    }

    /** Whether steps add the noise that makes their weights samples of the posterior. */
    default boolean addsNoise() {
        return false;
    }

    /**
     * Checks that a training can give it.
     *
     * @param network what is trained
     * @param optimizer how
     * @param horizon how long
     * @throws IllegalArgumentException naming the key of a job file, what was expected and what there is
     */
    default void check(Network network, Optimizer optimizer, Horizon horizon) {
        if (!network.posteriors().isEmpty()) {
            throw new IllegalArgumentException("train.posterior: expected layers without distributions of their own,"
                    + " got " + network.posteriors().get(0).name()
                    + ", whose weights are one already; leave out one of both");
        }
        if (network.unshared() != network) {
            throw new IllegalArgumentException("train.posterior: expected networks with weights of their own, got"
                    + " model.ensemble.shared, which is a mixture already; leave out one of both");
        }
    }

    /** Gives the sum of a network's {@link Curvature} over all training rows. */
    @FunctionalInterface
    interface Rows {
        /** The sum; null without rows. */
        @Nullable
        CurvatureSum curvature(Parameters parameters);
    }

    /**
     * What a training has learned, and what there is to say about it.
     *
     * @param parameters distributed
     * @param notice a line; empty: nothing
     */
    record Fitted(Parameters parameters, String notice) {}

    /**
     * Fits what can be fitted once training is over.
     *
     * @param rows the training rows
     * @param learned what the network has learned; read
     */
    default Fitted fit(Network network, Rows rows, Parameters learned) {
        return new Fitted(learned, "");
    }

    /** Checks that a training is long enough for two of the weights that it keeps. */
    static void checkTaken(String key, WeightAverage average, Horizon horizon) {
        long taken = Math.max(0, average.taken(horizon.totalSteps() - 1, horizon));
        if (taken < 2) {
            throw new IllegalArgumentException("train.posterior." + key + ": expected to keep the weights of at least"
                    + " two steps, got " + taken + " in " + horizon.totalSteps()
                    + " steps; a smaller from or everySteps, or more epochs, give more");
        }
    }
}
