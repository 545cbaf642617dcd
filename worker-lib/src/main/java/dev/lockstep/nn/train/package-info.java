/**
 * Everything synchronous that needs no Spark: what a step, a round and a training are.
 *
 * <p>From the outside in: {@link dev.lockstep.nn.train.Trainer} folds a {@link dev.lockstep.nn.train.TrainState} over
 * rounds; a {@link dev.lockstep.nn.train.Synchronizer} says what a round is; {@link dev.lockstep.nn.train.Workers}
 * compute it, in a plain JVM {@link dev.lockstep.nn.train.LocalWorkers}. Both are given a
 * {@link dev.lockstep.nn.train.TrainingSetup}, which holds an {@link dev.lockstep.nn.train.EvaluationSetup}. A
 * {@link dev.lockstep.nn.train.RankGroup} owns the ranks of a process: it builds them, starts their threads and waits
 * for them. A {@link dev.lockstep.nn.train.Rank} owns the arrays of one thread. In all-reduce a rank takes part in an
 * {@link dev.lockstep.nn.train.AllReduceRound}; it meets those of its process in an
 * {@link dev.lockstep.nn.train.Exchange} and others through {@link dev.lockstep.nn.train.Peers}. What goes wrong in one
 * rank of a round reaches the others through {@code RoundFailure}, as a
 * {@link dev.lockstep.nn.train.PeerFailureException}.
 *
 * <p>Neither kinds of layers nor clusters are known here, and no clock or thread decides a bit.
 */
@NullMarked
package dev.lockstep.nn.train;

import org.jspecify.annotations.NullMarked;
