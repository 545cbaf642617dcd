package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import java.util.List;

/**
 * What comes of a round of all-reduce.
 *
 * @param state where it ended
 * @param times where the time of each rank's steps went, in the order of the ranks
 */
record ReducedRound(TrainState state, List<StepTimes> times) {}
