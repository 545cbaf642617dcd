package dev.lockstep.nn.train;

import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.OptimizerStep;
import dev.lockstep.nn.optim.Schedule;
import java.io.Serializable;

/**
 * Turns a gradient sum into new parameters: divides by the total weight, asks the schedule, steps the optimiser. The only
 * place where that happens, whoever holds the sum.
 *
 * @param optimizer the rule
 * @param schedule the learning rate over time
 * @param horizon the length of the training
 */
public record ParameterUpdate(Optimizer optimizer, Schedule schedule, Horizon horizon) implements Serializable {

    /** The learning rate of a step, counted from 0. */
    public double learningRate(long step) {
        return optimizer.learningRate() * schedule.factor(step, horizon);
    }

    /**
     * Takes one step.
     *
     * @param step steps taken before this one
     * @param theta updated
     * @param gradient read: gradient sum
     * @param weight what the sum is divided by, above 0
     * @param state updated: the optimiser's slots
     */
    public void apply(long step, float[] theta, float[] gradient, double weight, float[] state) {
        float scale = (float) (1 / weight);
        OptimizerStep optimizerStep = new OptimizerStep(step + 1, learningRate(step), scale, 0f);
        optimizer.update(optimizerStep, theta, 0, gradient, 0, state, 0, theta.length, theta.length);
    }
}
