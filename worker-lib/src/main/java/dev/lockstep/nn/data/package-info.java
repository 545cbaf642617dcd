/**
 * Rows: packed blocks, their canonical order, batches of a step, scaling and augmentation, and the tree along which
 * everything that is summed over shards is combined ({@link ShardTree}).
 *
 * <p>Where rows come from is not known here.
 */
@NullMarked
package dev.lockstep.nn.data;

import org.jspecify.annotations.NullMarked;
