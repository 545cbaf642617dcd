/**
 * A job as mathematics: the formula of each layer with its shapes, the loss as a likelihood, the rule of an update and
 * the schedule. The formulas themselves lie in {@code formulas.yaml}.
 */
@NullMarked
package dev.lockstep.spark.explain;

import org.jspecify.annotations.NullMarked;
