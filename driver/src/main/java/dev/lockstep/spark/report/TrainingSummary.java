package dev.lockstep.spark.report;

/**
 * The result of a training.
 *
 * @param epochs epochs trained
 * @param steps optimiser steps taken in all
 * @param seconds wall-clock time of training and validation
 * @param reason why it ended, in words: {@code all epochs trained}, {@code validationLoss has not improved for 5
 *     epochs}
 * @param modelEpoch the epoch whose model is kept
 * @param time where the time of this run went
 */
public record TrainingSummary(int epochs, long steps, double seconds, String reason, int modelEpoch, TimeSpent time) {}
