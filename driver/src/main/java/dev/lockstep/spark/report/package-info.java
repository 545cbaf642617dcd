/**
 * What a person sees of a training: progress on the console, figures in {@code metrics.jsonl}, a summary.
 *
 * <p>Reporters listen; nothing here changes a training.
 */
@NullMarked
package dev.lockstep.spark.report;

import org.jspecify.annotations.NullMarked;
