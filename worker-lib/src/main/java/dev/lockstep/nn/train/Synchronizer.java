package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;

/** The way from the shards' results to new parameters: one round. */
public interface Synchronizer {

    /**
     * Trains one round, which ends within the state's epoch.
     *
     * @param state consumed
     * @return the state after the round
     */
    TrainState round(TrainState state);

    /** Whether the rule keeps a momentum of its own between rounds. */
    default boolean outerMomentum() {
        return false;
    }

    /**
     * Gradient mode: in each step the shards' gradient sums add up along the tree to one gradient, with which the
     * optimiser takes one step. A round is one step. Equal to one process that sees all rows of the step.
     *
     * @param setup of the training
     * @param workers who computes the sums
     */
    record Gradient(TrainingSetup setup, Workers workers) implements Synchronizer {
        @Override
        public TrainState round(TrainState state) {
            ParameterUpdate update = setup.update();
            StepSum total = ShardTree.combine(setup.plan().shards(), workers.gradients(state), StepSum::merge);
            if (total == null) {
                return state.advanced(1, LossSum.ZERO);
            }
            total.checkRange(StepPosition.of(state));
            update.apply(
                    state.step(),
                    state.history(),
                    state.parameters().theta(),
                    total.gradient(),
                    total.losses(),
                    state.optimizerState());
            update.updateStatistics(total.moments(), state.parameters().buffers());
            return state.advanced(1, total.losses());
        }
    }

    /**
     * Parameter averaging (local SGD): each shard takes {@code localSteps} steps alone from the round's start, then
     * parameters, buffers and optimiser states are averaged along the tree, weighted by the rows' weights, and the
     * outer rule turns the mean into the next parameters.
     *
     * @param plan the plan
     * @param localSteps {@code H}, steps between two averages; fewer at the end of an epoch
     * @param outer the outer rule; what it derives from the number of shards is filled in
     * @param workers who trains the shards
     */
    record Averaging(TrainingPlan plan, int localSteps, OuterOptimizer outer, Workers workers) implements Synchronizer {
        public Averaging {
            outer = outer.over(plan.shards());
        }

        @Override
        public boolean outerMomentum() {
            return outer.keepsVelocity();
        }

        @Override
        public TrainState round(TrainState state) {
            int steps = (int) Math.min(localSteps, plan.stepsPerEpoch() - state.stepInEpoch());
            LocalMean mean = ShardTree.combine(plan.shards(), workers.localSteps(state, steps), LocalMean::merge);
            if (mean == null) {
                return state.advanced(steps, LossSum.ZERO);
            }
            outer.update(state.parameters().theta(), mean.parameters().theta(), state.outerMomentum());
            System.arraycopy(
                    mean.parameters().buffers(),
                    0,
                    state.parameters().buffers(),
                    0,
                    state.parameters().buffers().length);
            System.arraycopy(mean.optimizerState(), 0, state.optimizerState(), 0, state.optimizerState().length);
            return state.advanced(steps, mean.losses());
        }
    }
}
