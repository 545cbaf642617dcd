package dev.lockstep.nn.optim;

/**
 * What an optimiser is told about one step.
 *
 * @param number number of this step, from 1 (Adam's {@code t})
 * @param learningRate the rate after the schedule
 * @param gradientScale factor that turns the gradient sum into the gradient: one over the total weight, times the
 *     clipping factor
 * @param l2 L2 penalty of this range, added as {@code l2 * theta} to the gradient; 0 for none
 */
public record OptimizerStep(long number, double learningRate, float gradientScale, float l2) {}
