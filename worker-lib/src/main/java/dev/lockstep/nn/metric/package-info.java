/**
 * Figures that say how good predictions are, as sums over rows that merge along the shard tree.
 *
 * <p>No metric decides what a network's outputs mean; it is handed the numbers that it needs.
 */
@NullMarked
package dev.lockstep.nn.metric;

import org.jspecify.annotations.NullMarked;
