/**
 * Trained models over the rows of tables: each row with all its columns and its predictions behind them.
 *
 * <p>{@link dev.lockstep.spark.predict.PredictionInput} opens rows, {@link dev.lockstep.spark.predict.TablePrediction}
 * predicts them, {@code Readout} turns a network's outputs into columns. A prediction depends on the row's features
 * alone: shards, ranks and training do not belong here, nor does how rows are read, which {@code ingest} knows.
 */
@NullMarked
package dev.lockstep.spark.predict;

import org.jspecify.annotations.NullMarked;
