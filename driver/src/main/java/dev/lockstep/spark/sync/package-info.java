/**
 * Synchronous rounds on Spark: where ranks run, and how states reach them and sums come back.
 *
 * <p>{@link dev.lockstep.spark.sync.Cluster} is asked for everything that depends on whether ranks share the driver's
 * process. {@link dev.lockstep.spark.sync.SparkWorkers} and {@link dev.lockstep.spark.sync.SparkEvaluation} run one job
 * a call, {@link dev.lockstep.spark.sync.AllReduce} one barrier stage a round, both over
 * {@link dev.lockstep.spark.sync.RankTasks}: an RDD with the {@link dev.lockstep.nn.train.RankGroup} of a task in each
 * partition.
 *
 * <p>Who decides what when something fails: a rank's failure is its task's ({@code RankGroup}), and a group whose rows
 * are lost is forgotten ({@code RankTasks}); Spark runs tasks of ordinary jobs again; {@code ExecutorProcesses} decides
 * whether a round of all-reduce is repeated, by what {@code NetworkedRound} has heard of the attempt; {@code TaskSlots}
 * waits for executors and {@code ExecutorWatch} gives up. {@code SparkFailure} says what Spark's exceptions mean, and a
 * {@code JobTag} which Spark jobs are ours.
 *
 * <p>Networks, rows and job files are not known here. How ranks talk over the network is
 * {@link dev.lockstep.spark.sync.allreduce}'s.
 */
@NullMarked
package dev.lockstep.spark.sync;

import org.jspecify.annotations.NullMarked;
