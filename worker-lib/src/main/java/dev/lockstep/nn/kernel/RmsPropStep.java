package dev.lockstep.nn.kernel;

/**
 * The settings of {@link OptimizerKernels#rmsProp} in one step over one tensor.
 *
 * @param update the arguments of all rules
 * @param rho decay of the mean square
 * @param epsilon added to the root
 * @param mu momentum; 0 for none
 */
public record RmsPropStep(UpdateStep update, float rho, float epsilon, float mu) {}
