/**
 * A job from its description to a model: {@link dev.lockstep.spark.train.TrainingJob} reads the rows, lets
 * {@code JobSetup} bind the network to them and {@code JobSynchronizer} choose how shards agree, folds over rounds, and
 * measures. {@link dev.lockstep.spark.train.ModelEvaluation} measures a saved model;
 * {@link dev.lockstep.spark.train.RunDirectory} is where results go.
 *
 * <p>What a round is belongs to {@link dev.lockstep.spark.sync}, what a job file says to
 * {@link dev.lockstep.spark.config}.
 */
@NullMarked
package dev.lockstep.spark.train;

import org.jspecify.annotations.NullMarked;
