package dev.lockstep.nn.train;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import java.io.Serializable;
import java.util.function.Consumer;

/**
 * Everything that is needed to train a network, except its rows and the {@link TrainState}. It travels to wherever the
 * rows are.
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
        return initialState(outerMomentum, drawn -> {});
    }

    /**
     * The same with some parameters that are not drawn.
     *
     * @param others is given the parameters that were drawn, and writes into them
     */
    public TrainState initialState(boolean outerMomentum, Consumer<Parameters> others) {
        Parameters parameters = network().initialize(plan.seed());
        others.accept(parameters);
        return state(parameters, update.initialState(parameters.theta()), outerMomentum);
    }

    /** The state in which the steps begin with some parameters, and nothing has been kept back. */
    TrainState state(Parameters parameters, float[] slots, boolean outerMomentum) {
        int residuals = plan.compression().keepsResiduals() ? plan.shards() : 0;
        return TrainState.initial(parameters, 0, outerMomentum, residuals).withSlots(slots);
    }
}
