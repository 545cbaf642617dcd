package dev.lockstep.spark.chaos;

import java.time.Duration;

/**
 * A fault and its moment.
 *
 * @param afterCheckpoint whether it waits until the driver has written a checkpoint since it was started; if not it may
 *     come while Spark starts or rows are read
 * @param delay how long it waits after that
 * @param fault what happens then
 */
record PlannedFault(boolean afterCheckpoint, Duration delay, Fault fault) {}
