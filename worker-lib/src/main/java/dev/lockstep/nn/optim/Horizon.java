package dev.lockstep.nn.optim;

import java.io.Serializable;

/**
 * How far a training goes, for schedules that are told in epochs.
 *
 * @param stepsPerEpoch steps in an epoch
 * @param totalSteps steps in all
 */
public record Horizon(long stepsPerEpoch, long totalSteps) implements Serializable {}
