package dev.lockstep.nn.optim;

import java.io.Serializable;

/**
 * The length of a training, for schedules in epochs.
 *
 * @param stepsPerEpoch steps in an epoch
 * @param totalSteps steps in all
 */
public record Horizon(long stepsPerEpoch, long totalSteps) implements Serializable {}
