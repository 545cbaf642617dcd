package dev.lockstep.nn.train;

/**
 * The values of the schedules at one step.
 *
 * @param learningRate the optimiser's rate
 * @param klWeight how much the divergence of distributions over weights counts, see
 *     {@link dev.lockstep.nn.optim.KlWeight}
 */
record StepRates(double learningRate, double klWeight) {}
