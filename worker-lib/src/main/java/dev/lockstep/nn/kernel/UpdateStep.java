package dev.lockstep.nn.kernel;

/**
 * The arguments of every update rule for one step over one tensor. The gradient that it uses is {@code g = grad *
 * gradientScale}, or, if {@code l2} is not 0, {@code g = fma(l2, theta, grad * gradientScale)}.
 *
 * @param gradientScale 1 / (total weight) times the clipping factor, rounded once to float
 * @param l2 L2 penalty; 0 for none
 * @param learningRate the rate after the schedule
 */
public record UpdateStep(float gradientScale, float l2, float learningRate) {}
