/**
 * Lockstep in spark.ml: {@link dev.lockstep.spark.ml.NeuralNetworkClassifier},
 * {@link dev.lockstep.spark.ml.NeuralNetworkRegressor} and their models, for pipelines, cross-validation and Spark's
 * evaluators.
 *
 * <p>An estimator writes its Params as a job ({@code FitJob}) and hands that to
 * {@link dev.lockstep.spark.train.TrainingJob}, so {@code fit} gives the bits that {@code train} gives. A model holds a
 * {@link dev.lockstep.nn.io.SavedModel}. What a Param means beyond that belongs to the packages below; nothing here
 * trains or reads rows.
 */
@NullMarked
package dev.lockstep.spark.ml;

import org.jspecify.annotations.NullMarked;
