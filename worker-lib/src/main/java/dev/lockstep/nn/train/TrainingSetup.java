package dev.lockstep.nn.train;

import dev.lockstep.nn.model.Network;
import java.io.Serializable;

/**
 * All that is needed to train a network, except its rows and the {@link TrainState}. It travels to wherever the rows
 * are.
 *
 * @param evaluation the network, how rows are packed and scaled, and how validation rows are measured
 * @param plan how rows become steps
 * @param update what a step does with a gradient
 */
public record TrainingSetup(EvaluationSetup evaluation, TrainingPlan plan, ParameterUpdate update)
        implements Serializable {
    public TrainingSetup {
        if (evaluation.seed() != plan.seed()) {
            throw new IllegalArgumentException(
                    "expected the plan's seed " + plan.seed() + " for evaluation too, got " + evaluation.seed());
        }
    }

    /** The network bound to the rows' features. */
    public Network network() {
        return evaluation.network();
    }

    /**
     * The state before the first step, with parameters drawn from the seed.
     *
     * @param outerMomentum whether the synchronizer keeps a momentum of its own
     */
    public TrainState initialState(boolean outerMomentum) {
        return TrainState.initial(
                network().initialize(plan.seed()),
                update.optimizer().slots(),
                outerMomentum,
                plan.compression().keepsResiduals() ? plan.shards() : 0);
    }
}
